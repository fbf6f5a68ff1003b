"""What a reader can do, one small frozen value per action; each knows what it changes.

    reading_actions     Verdict Relabel CountCells EditNuclei Link Unlink Note Measure RemoveLine Draw Complete
    material_actions    StateSite DrawTumour ConfirmTumour ExcludePiece Excuse Overrule StateBurden
    here, the path      SeeSlides AcceptChange AskSecond FinishSecond Sign Amend Undo

An action of the first two says in `change` what it does to a state, and in `look` which part of the state it touches:
what stands there before and after goes into the journal. Undoing one means to replay all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pathoflow.review.reading import Material, Reading


@dataclass(frozen=True, slots=True)
class Action:
    """Anything that stands in a journal."""

    #: Its name in the journal; never changed.
    what: ClassVar[str] = ""
    is_undoable: ClassVar[bool] = False


class ReadingAction(Action):
    """Changes one reader's words."""

    __slots__ = ()
    is_undoable = True

    def change(self, reading: Reading) -> None:
        """Do it."""
        raise NotImplementedError

    def look(self, reading: Reading) -> Any:
        """What it touches, as it stands now."""
        raise NotImplementedError


class MaterialAction(Action):
    """Changes the facts of the material."""

    __slots__ = ()
    is_undoable = True

    def change(self, material: Material) -> None:
        """Do it."""
        raise NotImplementedError

    def look(self, material: Material) -> Any:
        """What it touches, as it stands now."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SlidePrint:
    """By what a slide and its result are known again."""

    #: SHA-256 of the slide's file; None where the result does not say.
    file: str | None
    #: SHA-256 of what the machine found.
    result: str


@dataclass(frozen=True, slots=True)
class SeeSlides(Action):
    """A journal begins with the slides as they are; later ones follow when their results are there."""

    what = "slides"
    case: str
    slides: Mapping[str, SlidePrint]


@dataclass(frozen=True, slots=True)
class AcceptChange(Action):
    """Go on although a slide or its result has changed, with a reason."""

    what = "accept_change"
    slide: str
    found: SlidePrint
    reason: str


@dataclass(frozen=True, slots=True)
class AskSecond(Action):
    """End the first reading and name the second reader, who sees none of it."""

    what = "ask_second"
    reader: str


@dataclass(frozen=True, slots=True)
class FinishSecond(Action):
    """End the second reading; from here on both are compared."""

    what = "finish_second"


@dataclass(frozen=True, slots=True)
class Sign(Action):
    """Sign the case as it stands, and lock it."""

    what = "sign"
    version: int
    #: Grades by system as signed.
    grades: Mapping[str, str]
    #: SHA-256 of each file of the version that was kept, by name.
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Amend(Action):
    """Open a signed case again, with a reason; what was signed is kept."""

    what = "amend"
    reason: str


@dataclass(frozen=True, slots=True)
class Undo(Action):
    """Take back one earlier action, named by its number; undoing an undo does it again."""

    what = "undo"
    is_undoable = True
    seq: int
