"""What a case allows at which stage: the one place that says no."""

from __future__ import annotations

from collections.abc import Sequence

from pathoflow.errors import ReviewCode, ReviewRefused
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
    Undo,
)
from pathoflow.review.entry import Entry
from pathoflow.review.state import ReviewState, is_behind_border, undone
from pathoflow.review.words import ReviewStage

_OPEN = (ReviewStage.READY, ReviewStage.IN_REVIEW, ReviewStage.CONSENSUS, ReviewStage.AMENDED)


def require_allowed(action: Action, who: str, state: ReviewState, entries: Sequence[Entry]) -> None:
    """Do nothing where ``who`` may do this now.

    Raises
    ------
    ReviewRefused
        With the reason, and a code of its own where the case is signed or the reader must not see something.
    """
    if not who.strip():
        raise ReviewRefused("an action needs the name of its reader; give by=")
    if state.stage is ReviewStage.SIGNED:
        _when_signed(action, state)
    elif isinstance(action, Amend):
        raise ReviewRefused(f"{state.case} is not signed, so there is nothing to amend; just go on")
    elif state.stage is ReviewStage.SECOND_REVIEW:
        _when_second(action, who, state)
    match action:
        case Undo():
            _undo(action, entries)
        case AskSecond():
            _ask(action, state)
        case FinishSecond() if state.stage is not ReviewStage.SECOND_REVIEW:
            raise ReviewRefused(f"nobody is reading {state.case} a second time")
        case Sign() if state.stage not in _OPEN:
            raise ReviewRefused(f"{state.case} is {state.stage} and cannot be signed now")


def _when_signed(action: Action, state: ReviewState) -> None:
    last = state.signatures[-1]
    if not isinstance(action, Amend):
        raise ReviewRefused(
            f"{state.case} was signed by {last.who} on {last.utc} as version {last.version} and is locked; amend "
            "it with a reason to go on",
            ReviewCode.CASE_SIGNED,
        )
    if not action.reason.strip():
        raise ReviewRefused(f"{state.case} is signed; it can be amended only with a written reason")


def _when_second(action: Action, who: str, state: ReviewState) -> None:
    if who != state.second_reader:
        raise ReviewRefused(
            f"{state.case} is being read by {state.second_reader} as second reader; {who} can go on when that is done",
            ReviewCode.READER_BLINDED,
        )
    if isinstance(action, MaterialAction):
        raise ReviewRefused(
            "sites, pieces and tumour outlines are settled by the first reader; write a note and change them in the "
            "consensus"
        )
    if not isinstance(action, ReadingAction | Undo | FinishSecond | SeeSlides | AcceptChange):
        raise ReviewRefused(f"{state.case} is in its second reading; finish that first")


def _undo(action: Undo, entries: Sequence[Entry]) -> None:
    if not 1 <= action.seq <= len(entries):
        raise ReviewRefused(f"there is no action {action.seq} to undo")
    target = entries[action.seq - 1]
    if not target.action.is_undoable:
        raise ReviewRefused(f"action {action.seq} ({target.action.what}) cannot be undone")
    if action.seq in undone(entries):
        raise ReviewRefused(f"action {action.seq} is undone already")
    if is_behind_border(entries, action.seq):
        raise ReviewRefused(
            f"action {action.seq} was settled by a signature or a finished reading; correct it by a new action"
        )


def _ask(action: AskSecond, state: ReviewState) -> None:
    if state.stage is not ReviewStage.IN_REVIEW or state.second is not None:
        raise ReviewRefused(
            f"a second reader can be asked once, while the first reading is open; {state.case} is {state.stage}"
        )
    if not action.reader.strip() or action.reader in state.first_readers:
        raise ReviewRefused("the second reader must be somebody else than the first")
    if not state.first.is_complete:
        raise ReviewRefused(
            "the first reading is not complete; finish it before asking a second reader"
        )
