"""Made-up cases for tests of a review: slides of `pathoflow.testing.results`, with label maps where outlines matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.mvi import Case, CaseRow, MviCriteria, Site
from pathoflow.mvi.case_json import case_as_json
from pathoflow.review import OpenCase, open_case
from pathoflow.review.slides import slide_of
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.space.geojson import polygon_of
from pathoflow.space.raster import paint_outlines
from pathoflow.store import (
    CaseFolder,
    Label,
    PyramidSpec,
    Result,
    ResultFolder,
    create_pyramid,
    write_case_file,
)
from pathoflow.testing.results import MadeVessel, save_made_result

#: The label maps: 2 µm per pixel, four level-0 pixels; they end at (4000, 6000) of level 0.
MAP_SIZE, MAP_FRAME = Size(1000, 1500), Frame(4.0, 4.0)
_SHARD_PX = 512


@dataclass
class MadeCase:
    """A results folder with the slides of the case C-17."""

    out: Path
    rows: list[tuple[CaseRow, Result]] = field(default_factory=list)

    @property
    def folder(self) -> CaseFolder:
        """The folder of the case."""
        return CaseFolder(self.out / "cases" / "C-17")

    def slide(
        self, name: str, vessels: Sequence[MadeVessel] = (), site: str = "interface", **more: Any
    ) -> Result:
        """Write a slide's result; ``more`` goes to `made_result`. Its vessels are 120 x 90 px, 200 px apart."""
        result = save_made_result(self.out, name, vessels, **more)
        self.rows.append((CaseRow(name, "C-17", name, Site(site)), result))
        return result

    def write(self, reader: str = "Li") -> OpenCase:
        """Write the case of all slides so far, and open it."""
        self.folder.prepare()
        slides = tuple(slide_of(row, result) for row, result in self.rows)
        case = Case("C-17", slides, MviCriteria())
        write_case_file(self.folder, case_as_json(case, {"pathoflow": "0.1.0"}))
        return self.open(reader)

    def open(self, reader: str = "Li") -> OpenCase:
        """Open the case as it is on disk."""
        return open_case(self.folder.path, reader)

    def maps(self, name: str, tumour: Box, pieces: Sequence[Box] = ()) -> None:
        """Give a slide label maps of its vessels, a tumour and pieces of tissue; boxes are level-0 pixels."""
        result = next(result for row, result in self.rows if row.slide == name)
        vessels = np.zeros(MAP_SIZE.shape, np.uint32)
        for number, row in enumerate(result.vessels, start=1):
            shape = polygon_of(row["outline"])
            vessels[paint_outlines([shape], MAP_SIZE.box(), MAP_FRAME)] = number
        known = [
            Label(number, (0, 114, 178, 255), {"uuid": row["id"]})
            for number, row in enumerate(result.vessels, start=1)
        ]
        self._labels(name, "vessels", vessels, known)
        self._labels(name, "tumour", _boxed([tumour]))
        self._labels(name, "tissue", _boxed(pieces))

    def _labels(
        self, slide: str, name: str, plane: NDArray[np.uint32], known: Sequence[Label] = ()
    ) -> None:
        slide_mpp = Mpp(0.5, 0.5)
        at = PyramidSpec.on_slide("uint32", MAP_FRAME.mpp(slide_mpp), slide_mpp)
        spec = PyramidSpec(at.dtype, at.mpp, at.translation_um, 3, chunk_px=128, shard_px=_SHARD_PX)
        root = ResultFolder(self.out / slide).analysis
        labels = create_pyramid(root, f"labels/{name}", MAP_SIZE, spec)
        for shard in MAP_SIZE.box().pieces(Size(_SHARD_PX, _SHARD_PX)):
            labels.write(shard, plane[shard.slices])
        labels.build_levels()
        labels.describe_labels(known)


def _boxed(boxes: Sequence[Box]) -> NDArray[np.uint32]:
    plane = np.zeros(MAP_SIZE.shape, np.uint32)
    for number, box in enumerate(boxes, start=1):
        plane[MAP_FRAME.box_from_level0(box).slices] = number
    return plane
