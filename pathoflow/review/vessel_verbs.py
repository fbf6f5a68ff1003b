"""What a reader says about vessels, as methods; each writes one line of the journal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import numpy as np

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Location, MuscularWall, Status
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.review.core import ReviewCore
from pathoflow.review.entry import Entry
from pathoflow.review.reading import Line
from pathoflow.review.reading_actions import (
    CountCells,
    EditNuclei,
    Link,
    Measure,
    Note,
    Relabel,
    RemoveLine,
    Unlink,
    Verdict,
)
from pathoflow.review.words import Named, NoteOn, Place, Reason
from pathoflow.space import Mpp

Vessels = str | Sequence[str]


class VesselVerbs(ReviewCore):
    """Verdicts, kinds, counts, links, notes and lines; errors are those of `act`."""

    def accept(self, vessels: Vessels, by: str = "") -> Entry:
        """One vessel, or several at once, is invaded."""
        return self.act(Verdict(_names(vessels), Status.ACCEPTED), by)

    def reject(self, vessels: Vessels, reason: Reason | str = Reason.OTHER, by: str = "") -> Entry:
        """It is not, with the reason."""
        return self.act(Verdict(_names(vessels), Status.REJECTED, Reason(reason)), by)

    def uncertain(self, vessels: Vessels, by: str = "") -> Entry:
        """It may be."""
        return self.act(Verdict(_names(vessels), Status.UNCERTAIN), by)

    def clear(self, vessels: Vessels, by: str = "") -> Entry:
        """Take the verdict back; the vessel is unread again."""
        return self.act(Verdict(_names(vessels), None), by)

    def relabel(
        self,
        vessel: str,
        named: Named | str | None = None,
        location: Location | str | None = None,
        muscular_wall: MuscularWall | str | None = None,
        by: str = "",
    ) -> Entry:
        """Name kind, place or wall of a vessel; as ``"duct"`` it leaves the count."""
        action = Relabel(
            vessel,
            None if named is None else Named(named),
            None if location is None else Location(location),
            None if muscular_wall is None else MuscularWall(muscular_wall),
        )
        return self.act(action, by)

    def count_cells(self, vessel: str, n_cells: int | None, by: str = "") -> Entry:
        """State the number of tumour cells; None goes back to the machine's count.

        Raises
        ------
        ReviewRefused
            The number is negative.
        """
        if n_cells is not None and n_cells < 0:
            raise ReviewRefused(f"a number of cells cannot be negative, got {n_cells}")
        return self.act(CountCells(vessel, n_cells), by)

    def box_cells(self, vessel: str, is_over_50: bool, by: str = "") -> Entry:
        """State only whether there are more than 50 cells."""
        box = CellBox.OVER_50 if is_over_50 else CellBox.UP_TO_50
        return self.act(CountCells(vessel, None, box), by)

    def edit_nuclei(
        self,
        vessel: str,
        added: Sequence[Place] = (),
        removed: Sequence[Place] = (),
        by: str = "",
    ) -> Entry:
        """Mark nuclei that were missed, strike out detected ones; places are level-0 (y, x), all of them each time.

        The count becomes the machine's with what was added and without what was struck out.

        Raises
        ------
        ReviewRefused
            More were struck out than the machine counted.
        """
        seen = next((v.seen for v in self.case.vessels if v.id == vessel), None)
        n_cells = (seen.n_cells or 0 if seen else 0) + len(added) - len(removed)
        if n_cells < 0:
            raise ReviewRefused(f"{len(removed)} nuclei are struck out, but fewer were counted")
        plain = [tuple((float(y), float(x)) for y, x in some) for some in (added, removed)]
        return self.act(EditNuclei(vessel, plain[0], plain[1], n_cells), by)

    def link(self, first: str, second: str, by: str = "") -> Entry:
        """Two profiles are one vessel.

        Raises
        ------
        ReviewRefused
            They are one and the same profile.
        """
        if first == second:
            raise ReviewRefused(f"vessel {first} cannot be linked to itself")
        return self.act(Link(first, second), by)

    def unlink(self, first: str, second: str, by: str = "") -> Entry:
        """Two profiles are two vessels after all."""
        return self.act(Unlink(first, second), by)

    def note(self, text: str, vessel: str = "", slide: str = "", by: str = "") -> Entry:
        """Write a note on a vessel, a slide, or without either on the case; it replaces an earlier one there."""
        on = NoteOn.VESSEL if vessel else NoteOn.SLIDE if slide else NoteOn.CASE
        return self.act(Note(on, vessel or slide, text.strip()), by)

    def measure(
        self, slide: str, start: Place, end: Place, vessel: str = "", by: str = ""
    ) -> Entry:
        """Keep a line between two level-0 places (y, x); with a vessel it becomes its distance, measured by hand."""
        um = length_um(start, end, self.records[slide].mpp)
        places = [(float(y), float(x)) for y, x in (start, end)]
        line = Line(slide, places[0], places[1], um, vessel)
        return self.act(Measure(str(uuid.uuid4()), line), by)

    def remove_line(self, line: str, by: str = "") -> Entry:
        """Take a line away, and the distance that rests on it."""
        return self.act(RemoveLine(line), by)


def length_um(start: Place, end: Place, mpp: Mpp) -> float:
    """Length of a line between two level-0 places (y, x), µm."""
    return float(np.hypot((end[0] - start[0]) * mpp.y, (end[1] - start[1]) * mpp.x))


def _names(vessels: Vessels) -> tuple[str, ...]:
    names = (vessels,) if isinstance(vessels, str) else tuple(vessels)
    if not names:
        raise ReviewRefused("no vessel is named")
    return names
