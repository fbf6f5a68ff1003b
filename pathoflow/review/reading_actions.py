"""What a reader can say about vessels: actions on one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pathoflow.mvi import Location, MuscularWall, Status
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.review.actions import ReadingAction
from pathoflow.review.reading import Line, Outline, Reading
from pathoflow.review.words import Named, NoteOn, Place, Reason, VesselWord


class WordAction(ReadingAction):
    """Changes the word on one vessel."""

    __slots__ = ()
    vessel: str

    def say(self, word: VesselWord) -> VesselWord:
        """The word as it becomes."""
        raise NotImplementedError

    def change(self, reading: Reading) -> None:
        """Do it."""
        reading.words[self.vessel] = self.say(reading.on(self.vessel))

    def look(self, reading: Reading) -> Any:
        """The whole word on the vessel."""
        return reading.on(self.vessel)


@dataclass(frozen=True, slots=True)
class Verdict(ReadingAction):
    """Accept, reject, leave uncertain, or clear (None), one vessel or several alike."""

    what = "verdict"
    vessels: tuple[str, ...]
    verdict: Status | None
    reason: Reason | None = None

    def change(self, reading: Reading) -> None:
        """Do it."""
        for vessel in self.vessels:
            word = reading.on(vessel)
            reading.words[vessel] = replace(word, verdict=self.verdict, reason=self.reason)

    def look(self, reading: Reading) -> Any:
        """The verdicts of these vessels."""
        words = {vessel: reading.on(vessel) for vessel in self.vessels}
        return {vessel: [word.verdict, word.reason] for vessel, word in words.items()}


@dataclass(frozen=True, slots=True)
class Relabel(WordAction):
    """Name a vessel's kind, place or wall; what is None stays. As a duct it leaves the count."""

    what = "relabel"
    vessel: str
    named: Named | None = None
    location: Location | None = None
    muscular_wall: MuscularWall | None = None

    def say(self, word: VesselWord) -> VesselWord:
        """The word with what was named."""
        return replace(
            word,
            named=self.named or word.named,
            location=self.location or word.location,
            muscular_wall=self.muscular_wall or word.muscular_wall,
        )


@dataclass(frozen=True, slots=True)
class CountCells(WordAction):
    """State the number of tumour cells, or only the box; both None goes back to the machine's count."""

    what = "cells"
    vessel: str
    n_cells: int | None = None
    cell_box: CellBox | None = None

    def say(self, word: VesselWord) -> VesselWord:
        """The word with this count, in place of an earlier one."""
        return replace(word, n_cells=self.n_cells, cell_box=self.cell_box)


@dataclass(frozen=True, slots=True)
class EditNuclei(WordAction):
    """Mark nuclei, or strike out detected ones; ``n_cells`` is the count that results."""

    what = "nuclei"
    vessel: str
    added: tuple[Place, ...]
    removed: tuple[Place, ...]
    n_cells: int

    def say(self, word: VesselWord) -> VesselWord:
        """The word with these marks in place of earlier ones."""
        return replace(
            word,
            added_nuclei=self.added,
            removed_nuclei=self.removed,
            n_cells=self.n_cells,
            cell_box=None,
        )


@dataclass(frozen=True, slots=True)
class Link(ReadingAction):
    """Two profiles are one vessel and count once."""

    what = "link"
    first: str
    second: str

    def change(self, reading: Reading) -> None:
        """Do it."""
        if not _has_link(reading, self.first, self.second):
            reading.links = (*reading.links, (self.first, self.second))

    def look(self, reading: Reading) -> Any:
        """Whether they are linked."""
        return _has_link(reading, self.first, self.second)


@dataclass(frozen=True, slots=True)
class Unlink(ReadingAction):
    """Two profiles are two vessels after all."""

    what = "unlink"
    first: str
    second: str

    def change(self, reading: Reading) -> None:
        """Do it."""
        gone = {self.first, self.second}
        reading.links = tuple(pair for pair in reading.links if set(pair) != gone)

    def look(self, reading: Reading) -> Any:
        """Whether they are linked."""
        return _has_link(reading, self.first, self.second)


@dataclass(frozen=True, slots=True)
class Note(ReadingAction):
    """Write a note, in place of an earlier one on the same; an empty one takes it away."""

    what = "note"
    on: NoteOn
    id: str
    text: str

    def change(self, reading: Reading) -> None:
        """Do it."""
        reading.notes[self.on, self.id] = self.text
        if not self.text:
            del reading.notes[self.on, self.id]

    def look(self, reading: Reading) -> Any:
        """The note that stands there."""
        return reading.notes.get((self.on, self.id), "")


@dataclass(frozen=True, slots=True)
class Measure(ReadingAction):
    """Keep a line that was measured; with a vessel it is that vessel's distance to the tumour."""

    what = "measure"
    id: str
    line: Line

    def change(self, reading: Reading) -> None:
        """Do it."""
        reading.lines[self.id] = self.line
        if self.line.vessel:
            word = reading.on(self.line.vessel)
            reading.words[self.line.vessel] = replace(word, dist_edge_um=self.line.um)

    def look(self, reading: Reading) -> Any:
        """The line of this id, and the vessel's distance."""
        return [reading.lines.get(self.id), reading.on(self.line.vessel).dist_edge_um]


@dataclass(frozen=True, slots=True)
class RemoveLine(ReadingAction):
    """Take a line away; a distance that rests on it goes with it."""

    what = "remove_line"
    id: str

    def change(self, reading: Reading) -> None:
        """Do it."""
        line = reading.lines.pop(self.id, None)
        if line is not None and line.vessel:
            word = reading.on(line.vessel)
            reading.words[line.vessel] = replace(word, dist_edge_um=None)

    def look(self, reading: Reading) -> Any:
        """The line of this id."""
        return reading.lines.get(self.id)


@dataclass(frozen=True, slots=True)
class Draw(ReadingAction):
    """Set outlines of a slide and take others away: brush, erase, polygon, merge, split, new vessel."""

    what = "draw"
    slide: str
    #: By vessel, known or new; None takes it away.
    outlines: Mapping[str, Outline | None]
    #: The vessels that new outlines were made of, by merging or splitting.
    parents: Mapping[str, tuple[str, ...]]

    def change(self, reading: Reading) -> None:
        """Do it."""
        reading.outlines[self.slide] = reading.outlines.get(self.slide, {}) | dict(self.outlines)
        reading.parents.update(self.parents)

    def look(self, reading: Reading) -> Any:
        """The outlines that stand there."""
        drawn = reading.outlines.get(self.slide, {})
        return {vessel: drawn.get(vessel, "machine") for vessel in self.outlines}


@dataclass(frozen=True, slots=True)
class Complete(ReadingAction):
    """All candidates are seen, and the slides were searched without aid; or not yet, after all."""

    what = "complete"
    is_complete: bool = True

    def change(self, reading: Reading) -> None:
        """Do it."""
        reading.is_complete = self.is_complete

    def look(self, reading: Reading) -> Any:
        """Whether the reading is complete."""
        return reading.is_complete


def _has_link(reading: Reading, first: str, second: str) -> bool:
    return any({*pair} == {first, second} for pair in reading.links)
