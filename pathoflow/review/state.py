"""The state of a review: what all entries of its journal come to, and nothing that does not follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pathoflow.review.actions import (
    AcceptChange,
    Action,
    Amend,
    AskSecond,
    FinishSecond,
    MaterialAction,
    ReadingAction,
    SeeSlides,
    Sign,
    SlidePrint,
    Undo,
)
from pathoflow.review.conflicts import consensus_of
from pathoflow.review.entry import Entry
from pathoflow.review.reading import Material, Reading
from pathoflow.review.reading_actions import Draw
from pathoflow.review.words import ReviewStage

#: Entries that nobody undoes, and behind which nothing is undone.
BORDERS = (AskSecond, FinishSecond, Sign, Amend)


@dataclass(frozen=True, slots=True)
class Signature:
    """A version of the case that was signed."""

    version: int
    who: str
    utc: str
    sign: Sign
    #: Number of its entry.
    seq: int


@dataclass
class ReviewState:
    """Where a review stands."""

    stage: ReviewStage = ReviewStage.READY
    case: str = ""
    prints: dict[str, SlidePrint] = field(default_factory=dict)
    #: Changed slides that a reader goes on with: reasons by slide.
    accepted_changes: dict[str, str] = field(default_factory=dict)
    material: Material = field(default_factory=Material)
    first: Reading = field(default_factory=Reading)
    second: Reading | None = None
    agreed: Reading | None = None
    #: Everybody who acted in the first reading.
    first_readers: tuple[str, ...] = ()
    second_reader: str = ""
    signatures: tuple[Signature, ...] = ()
    #: Why the case was opened again, last.
    amendment: str = ""
    #: Every id that was ever drawn, in that order, undone ones too: label numbers never move.
    drawn: dict[str, None] = field(default_factory=dict)

    @property
    def current(self) -> Reading:
        """The reading that is being written, or was last."""
        if self.stage is ReviewStage.SECOND_REVIEW and self.second is not None:
            return self.second
        return self.first if self.agreed is None else self.agreed

    @property
    def is_begun(self) -> bool:
        """Whether anybody has decided anything."""
        return self.stage is not ReviewStage.READY

    def look(self, action: Action) -> Any:
        """What an action touches, as it stands."""
        if isinstance(action, ReadingAction):
            return action.look(self.current)
        if isinstance(action, MaterialAction):
            return action.look(self.material)
        return self.stage

    def take(self, action: Action, who: str) -> None:
        """Let an action come true; `Undo` is dealt with by `replay`."""
        match action:
            case ReadingAction() | MaterialAction():
                self._work(action, who)
            case SeeSlides():
                self.case = action.case
                self.prints |= action.slides
            case AcceptChange():
                self.prints[action.slide] = action.found
                self.accepted_changes[action.slide] = action.reason
            case AskSecond():
                self.stage, self.second_reader = ReviewStage.SECOND_REVIEW, action.reader
                self.second = Reading()
            case FinishSecond():
                self.stage = ReviewStage.CONSENSUS
                self.agreed = consensus_of(self.first, self.second or Reading())
            case Amend():
                self.stage, self.amendment = ReviewStage.AMENDED, action.reason

    def _work(self, action: ReadingAction | MaterialAction, who: str) -> None:
        if isinstance(action, ReadingAction):
            action.change(self.current)
            if isinstance(action, Draw):
                self.drawn |= dict.fromkeys(action.outlines)
        else:
            action.change(self.material)
        self.begin(who)

    def begin(self, who: str) -> None:
        """Somebody acts, be it that they take it back later: from here on the machine proposes nothing."""
        if self.stage is ReviewStage.READY:
            self.stage = ReviewStage.IN_REVIEW
        if self.stage is ReviewStage.IN_REVIEW and who not in self.first_readers:
            self.first_readers = (*self.first_readers, who)

    def sign(self, entry: Entry) -> None:
        """Note a signature, which needs the whole entry."""
        assert isinstance(entry.action, Sign)
        made = Signature(entry.action.version, entry.who, entry.utc, entry.action, entry.seq)
        self.signatures = (*self.signatures, made)
        self.stage = ReviewStage.SIGNED


def replay(entries: Sequence[Entry]) -> ReviewState:
    """The state after these entries."""
    state = ReviewState()
    dead = undone(entries)
    for entry in entries:
        if isinstance(entry.action, Draw):
            state.drawn |= dict.fromkeys(entry.action.outlines)
        if entry.seq not in dead:
            if isinstance(entry.action, Sign):
                state.sign(entry)
            else:
                state.take(entry.action, entry.who)
        elif isinstance(entry.action, ReadingAction | MaterialAction):
            state.begin(entry.who)
    return state


def undone(entries: Sequence[Entry]) -> set[int]:
    """Numbers of entries that were taken back; an undo that was itself undone takes nothing back."""
    dead: set[int] = set()
    for entry in reversed(entries):
        if isinstance(entry.action, Undo) and entry.seq not in dead:
            dead.add(entry.action.seq)
    return dead


def last_to_undo(entries: Sequence[Entry]) -> Entry | None:
    """The last action that can be taken back; None where nothing can."""
    dead = undone(entries)
    for entry in reversed(entries):
        if isinstance(entry.action, BORDERS):
            return None
        if (
            entry.action.is_undoable
            and not isinstance(entry.action, Undo)
            and entry.seq not in dead
        ):
            return entry
    return None


def last_to_redo(entries: Sequence[Entry]) -> Entry | None:
    """The last undo that can be taken back; None where another action came after it."""
    dead = undone(entries)
    by_seq = {entry.seq: entry for entry in entries}
    for entry in reversed(entries):
        if not isinstance(entry.action, Undo):
            return None
        is_plain = not isinstance(by_seq[entry.action.seq].action, Undo)
        if is_plain and entry.seq not in dead:
            return entry
    return None


def is_behind_border(entries: Sequence[Entry], seq: int) -> bool:
    """Whether a signature or another step of the path came after an entry."""
    return any(isinstance(e.action, BORDERS) for e in entries[seq:])


def signed_state(entries: Sequence[Entry], version: int) -> ReviewState | None:
    """The state as one version was signed; None where there is no such version."""
    for signature in replay(entries).signatures:
        if signature.version == version:
            return replay(entries[: signature.seq])
    return None
