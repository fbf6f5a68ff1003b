"""Whether an action names what its case has."""

from __future__ import annotations

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Case
from pathoflow.review.actions import Action
from pathoflow.review.reading_actions import Link, Measure, Note, Verdict, WordAction
from pathoflow.review.words import NoteOn


def require_known(action: Action, case: Case) -> None:
    """Do nothing where all vessels and slides of an action are in ``case``.

    Raises
    ------
    ReviewRefused
        Naming what is not.
    """
    vessels, slides = _named(action)
    if vessels:
        known = {vessel.id for vessel in case.vessels}
        missing = [name for name in vessels if name not in known]
        if missing:
            raise ReviewRefused(
                f"{case.id} has no vessel {missing[0]} on its list; a vessel that the machine did not list is added first"
            )
    known_slides = {slide.id for slide in case.slides}
    for name in slides:
        if name not in known_slides:
            raise ReviewRefused(f"{case.id} has no slide {name}")


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
