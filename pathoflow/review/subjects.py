"""Whether an action names what its case has."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Case
from pathoflow.review.actions import Action
from pathoflow.review.edits import SlideEdits
from pathoflow.review.reading_actions import Link, Measure, Note, Verdict, WordAction
from pathoflow.review.words import NoteOn


@dataclass(frozen=True)
class Subjects:
    """What a case has; settling ten thousand vessels to learn their names would be felt at every key."""

    case: str
    vessels: Set[str]
    slides: Set[str]

    @classmethod
    def of(cls, case: Case, edits: Iterable[SlideEdits]) -> Subjects:
        """The slides of a case and the vessels on its list, with what a reader drew and took away."""
        edits = list(edits)
        listed = {vessel.id for slide in case.slides for vessel in slide.vessels}
        added = {one.vessel.id for slide in edits for one in slide.added}
        removed = {name for slide in edits for name in slide.removed}
        return cls(case.id, (listed | added) - removed, {slide.id for slide in case.slides})


def require_known(action: Action, subjects: Subjects) -> None:
    """Do nothing where the case has all vessels and slides of an action.

    Raises
    ------
    ReviewRefused
        Naming what it has not.
    """
    vessels, slides = _named(action)
    for name in vessels:
        if name not in subjects.vessels:
            raise ReviewRefused(
                f"{subjects.case} has no vessel {name} on its list; a vessel that the machine did not list is added first"
            )
    for name in slides:
        if name not in subjects.slides:
            raise ReviewRefused(f"{subjects.case} has no slide {name}")


def _named(action: Action) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The vessels and the slides that an action names."""
    match action:
        case Verdict(vessels=vessels):
            return vessels, ()
        case WordAction():
            return (action.vessel,), ()
        case Link(first=first, second=second):
            return (first, second), ()
        case Note(on=NoteOn.VESSEL, id=name):
            return (name,), ()
        case Note(on=NoteOn.SLIDE, id=name):
            return (), (name,)
        case Measure(line=line):
            return ((line.vessel,) if line.vessel else ()), (line.slide,)
    slide = getattr(action, "slide", "")
    return (), ((slide,) if slide else ())
