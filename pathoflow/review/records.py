"""What the machine left of each slide of a case: its result, its outlines, its tumours and pieces of tissue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage
from shapely import Polygon

from pathoflow.errors import UsageError
from pathoflow.review.actions import SlidePrint
from pathoflow.review.plain import canonical
from pathoflow.space import Box, Frame, Mpp
from pathoflow.space.geojson import polygon_of
from pathoflow.store import Pyramid, Result, ResultFolder, list_pyramids, load_result, open_pyramid
from pathoflow.vessels import LumenPatch, box_around
from pathoflow.vessels.trace import trace_mask

#: Regions are traced on the finest level that has no more pixels than this.
_MOST_PX = 16_000_000
#: What of a vessel a reader's decisions rest on.
_RESTS_ON = ("id", "outline", "p_mvi", "n_tumour_cells", "dist_edge_um", "kind", "location")


class SlideRecord:
    """One slide's result folder, read as far as it is asked for; nothing here is ever written."""

    def __init__(self, folder: ResultFolder) -> None:
        self.folder = folder

    @cached_property
    def result(self) -> Result | None:
        """The result; None where there is none, or not a valid one."""
        try:
            return load_result(self.folder)
        except UsageError:
            return None

    @property
    def mpp(self) -> Mpp:
        """Micrometres per level-0 pixel.

        Raises
        ------
        UsageError
            There is no result.
        MppUnknown
            The slide has none.
        """
        return self.required.slide_mpp

    @property
    def required(self) -> Result:
        """The result.

        Raises
        ------
        UsageError
            There is none.
        """
        return self.result or load_result(self.folder)

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """All vessels of the machine by id, in stored order."""
        return {row["id"]: row for row in self.result.vessels} if self.result else {}

    def outline(self, vessel: str) -> Polygon | None:
        """The machine's outline, level-0 (x, y); None where it has no such vessel."""
        row = self.rows.get(vessel)
        return None if row is None else polygon_of(row["outline"])

    @cached_property
    def fingerprint(self) -> SlidePrint | None:
        """By what the slide and its result are known again; None without a result."""
        if self.result is None:
            return None
        data = self.result.data
        found = {
            "status": data["status"],
            "mpp": data["slide"]["mpp"],
            "tumour": data["tumour"],
            "vessels": [[row.get(key) for key in _RESTS_ON] for row in data["vessels"]],
        }
        digest = hashlib.sha256(canonical(found).encode()).hexdigest()
        return SlidePrint(data["slide"]["file_sha256"], digest)

    @cached_property
    def tumours(self) -> tuple[Polygon, ...]:
        """The machine's tumour outlines, level-0 (x, y)."""
        return tuple(self._regions("labels/tumour").values())

    @cached_property
    def pieces(self) -> Mapping[int, Polygon]:
        """Outlines of the pieces of tissue by number; empty where they were not kept."""
        return self._regions("labels/tissue")

    @cached_property
    def pyramids(self) -> tuple[str, ...]:
        """Names of all maps and labels of the slide."""
        return list_pyramids(self.folder.analysis)

    def lumen_under(self, outline: Polygon) -> LumenPatch | None:
        """The map of lumens under an outline; None where there is none."""
        if "probability/lumen" not in self.pyramids:
            return None
        lumen = open_pyramid(self.folder.analysis, "probability/lumen")
        frame = frame_of(lumen, 0, self.mpp)
        box = box_around(outline, frame).grow(2)
        return LumenPatch(lumen.read(box), box, frame)

    def _regions(self, name: str) -> dict[int, Polygon]:
        if name not in self.pyramids:
            return {}
        labels = open_pyramid(self.folder.analysis, name)
        level = next(
            (k for k, one in enumerate(labels.levels) if one.size.area <= _MOST_PX),
            len(labels.levels) - 1,
        )
        plane = labels.read(labels.levels[level].size.box(), level)
        frame = frame_of(labels, level, self.mpp)
        found = {}
        for value, where in enumerate(ndimage.find_objects(plane.astype(np.int32)), start=1):
            if where is None:
                continue
            rows, columns = where
            box = Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
            outline = trace_mask(plane[where] == value, box, frame)
            if outline is not None:
                found[value] = outline
        return found


class Records:
    """The slides of a results folder, each read once."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._known: dict[str, SlideRecord] = {}

    def __getitem__(self, slide: str) -> SlideRecord:
        return self._known.setdefault(slide, SlideRecord(ResultFolder(self._out / slide)))

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._known.clear()


def frame_of(pyramid: Pyramid, level: int, slide_mpp: Mpp) -> Frame:
    """Where a level of a stored map lies on its slide."""
    mpp = pyramid.levels[level].mpp
    return Frame(mpp.y / slide_mpp.y, mpp.x / slide_mpp.x)
