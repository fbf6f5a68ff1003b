"""What a reader decides, passed on to `pathoflow.review` at once. Neither Qt nor napari.

Each method writes one line of the journal or refuses in one sentence; what is shown is read back from the review.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from napari_pathoflow.open_case import OpenCase
from pathoflow.errors import UsageError
from pathoflow.mvi import EdgeDistance, Site, Status
from pathoflow.review import Named, Reason
from pathoflow.space.raster import polygons_in

#: Reasons in the order of their keys.
REASONS = tuple(Reason)


class Session(OpenCase):
    """The open case, and every decision about it; errors are those of `pathoflow.review`."""

    # --- the selected vessel ---

    def decide(self, verdict: Status, reason: str = "") -> None:
        """Give the selected vessel a verdict; a rejection without a reason is kept as "other"."""
        vessel = self.selected_id
        if verdict is Status.ACCEPTED:
            self._review.accept(vessel)
        elif verdict is Status.UNCERTAIN:
            self._review.uncertain(vessel)
        else:
            self._review.reject(vessel, Reason(reason) if reason else Reason.OTHER)
        self._refresh()

    def set_kind(self, named: Named) -> None:
        """Say what kind of vessel the selected one is; a duct leaves the count."""
        self._review.relabel(self.selected_id, named)
        self._refresh()

    def set_cells(self, n_cells: int) -> None:
        """State the number of tumour cells in the selected vessel."""
        self._review.count_cells(self.selected_id, n_cells)
        self._refresh()

    def set_cell_box(self, *, over_50: bool) -> None:
        """State only whether there are more than 50."""
        self._review.box_cells(self.selected_id, over_50)
        self._refresh()

    def add_note(self, text: str) -> None:
        """Write a note on the selected vessel; without one on the case. It takes the place of an earlier one."""
        self._review.note(text, vessel=self.vessel_id or "")
        self._refresh()

    def link(self, first: str, second: str) -> None:
        """Two profiles are one vessel, which counts once."""
        self._review.link(first, second)
        self._refresh()

    def undo(self) -> str | None:
        """Take the last action back; gives the vessel it was about, where it was about one."""
        before = dict(self._shown)
        self._review.undo()
        self._refresh()
        changed = [name for name, one in self._shown.items() if before.get(name) != one]
        return changed[0] if len(changed) == 1 else None

    # --- outlines ---

    def redraw(self, vessel_id: str, outline: Polygon) -> None:
        """Replace the outline of a vessel; area, distance and grade follow."""
        slide = self._shown[vessel_id].slide
        self._review.draw(slide, outline, vessel_id)
        self._refresh()

    def add_vessel(self, slide_id: str, outline: Polygon) -> str:
        """Add a vessel that the machine missed, and select it; its verdict is still to be given."""
        name = self._review.draw(slide_id, outline)
        self._refresh()
        self.select(name)
        return name

    def merge(self, first: str, second: str) -> None:
        """Make one vessel of two that touch, and select it."""
        name = self._review.merge(first, second)
        self._refresh()
        self.select(name)

    def split(self, vessel_id: str, line: NDArray[np.float64]) -> None:
        """Part a vessel along a line of level-0 (y, x), and select the larger part."""
        names = self._review.split(vessel_id, [(float(y), float(x)) for y, x in line])
        self._refresh()
        self.select(names[0])

    def remove(self) -> None:
        """Take the selected outline away: there is nothing."""
        there = self.neighbour(1) or self.neighbour(-1)
        self._review.delete(self.selected_id)
        self._refresh()
        self.select(there)

    def redraw_tumour(self, slide_id: str, shape: BaseGeometry) -> None:
        """Replace the tumour of a slide; every distance on it follows, and the outline counts as confirmed."""
        self._review.draw_tumour(slide_id, list(polygons_in(shape)))
        self._refresh()

    # --- lengths ---

    def keep_line(self, slide_id: str, line: NDArray[np.float64], *, as_distance: bool) -> None:
        """Keep a line of level-0 (y, x); as the distance of the selected vessel where it is that."""
        start, end = ((float(y), float(x)) for y, x in (line[0], line[-1]))
        self._review.measure(slide_id, start, end, self.selected_id if as_distance else "")
        self._refresh()

    def distance_to_tumour(self) -> EdgeDistance:
        """The shortest way from the selected vessel to the tumour, as outlines are now.

        Raises
        ------
        UsageError
            There is no tumour on the vessel's piece of tissue.
        """
        found = self._review.distance(self.selected_id)
        if found.dist_edge_um is None:
            raise UsageError(
                f"this vessel has no distance: {found.why_unknown}; state the site of the block"
            )
        return found

    # --- the case ---

    def set_site(self, slide_id: str, site: Site) -> None:
        """Say where a block was cut."""
        self._review.state_site(slide_id, site)
        self._refresh()

    def confirm_tumour(self, slide_id: str, is_right: bool) -> None:
        """Say that the tumour's outline is right, or not yet."""
        self._review.confirm_tumour(slide_id, is_right)
        self._refresh()

    def set_complete(self, is_complete: bool) -> None:
        """Say that all is seen, also without aid; or not yet."""
        self._review.complete(is_complete)
        self._refresh()

    def excuse(self, slide_id: str, reason: str) -> None:
        """Go on without a slide."""
        self._review.excuse(slide_id, reason)
        self._refresh()

    def sign(self) -> None:
        """Sign and lock the case."""
        self._review.sign()
        self._refresh()
        self.state_changed.emit()

    def amend(self, reason: str) -> None:
        """Open a signed case again, as a new version."""
        self._review.amend(reason)
        self._refresh()
        self.state_changed.emit()

    def ask_second_reader(self, reader: str) -> None:
        """Have somebody else read the case, who does not see these verdicts."""
        self._review.ask_second(reader)
        self._refresh()
        self.state_changed.emit()

    def finish_second_reading(self) -> Sequence[str]:
        """End a second reading; what the readers see differently is now to be agreed on."""
        self._review.finish_second()
        self._refresh()
        self.state_changed.emit()
        return [conflict.vessel for conflict in self._review.open_conflicts()]
