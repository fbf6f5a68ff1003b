"""The end of a reading: checklist, second reader, consensus, signature, amendment."""

from __future__ import annotations

from dataclasses import dataclass

from pathoflow.errors import ReviewCode, ReviewRefused
from pathoflow.mvi import Case
from pathoflow.mvi.note import Note
from pathoflow.review.actions import Amend, AskSecond, FinishSecond, Sign
from pathoflow.review.conflicts import Agreement, Conflict, agreement, find_conflicts
from pathoflow.review.core import SIGNED_NAME, ReviewCore
from pathoflow.review.entry import Entry
from pathoflow.review.reading import Reading
from pathoflow.review.rules import require_allowed
from pathoflow.review.versions import write_version
from pathoflow.review.words import ReviewStage
from pathoflow.store import CaseFolder

#: Row of the checklist -> codes of the blockers that keep it open.
_ROWS = {
    "slides": ("failed_slide", "missing_slide", "slide_changed", "none_analysed", "none_analysed_codes", "not_gradable"),
    "reading": ("unread", "not_complete"),
    "tumour": ("tumour_unconfirmed", "no_tumour_named"),
    "sites": ("no_distance",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One row of the checklist before signing."""

    #: slides, reading, tumour, sites, or grade.
    name: str
    #: Why it is open; empty where it is done. They can be said in English and in Chinese.
    notes: tuple[Note, ...]
    #: The grades between which the case is still open, in the row of the grade.
    possible: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is open."""
        return not self.notes and not self.possible


class SigningVerbs(ReviewCore):
    """What ends a reading; errors are those of `act`."""

    def checklist(self) -> tuple[CheckItem, ...]:
        """What a signature asks for, row by row."""
        return checklist_of(self.case)

    def sign(self, by: str = "") -> Entry:
        """Sign and lock the case; the version is kept beside it and never changes.

        Raises
        ------
        ReviewRefused
            The checklist is not done, naming what is open, or the case cannot be signed at this stage.
        """
        who = by or self.reader
        self._require_lock(who)
        self.records.forget()
        self._find_changes()
        version = len(self._state.signatures) + 1
        draft = Sign(version, {}, {})
        self._require_unchanged(draft)
        require_allowed(draft, who, self._state, self.journal.entries)
        case = self._case_of(self._state.current)
        open_rows = [row for row in checklist_of(case) if not row.is_done]
        if open_rows:
            said = [str(note) for row in open_rows for note in row.notes]
            said += [f"The grade is open: {' or '.join(row.possible)}." for row in open_rows if row.possible]  # fmt: skip
            raise ReviewRefused(f"{case.id} cannot be signed yet. {' '.join(said)}")
        files = write_version(self.version_folder(version), case, self.records, self._state.current)
        grades = {name: grade.grade for name, grade in case.grades.items()}
        return self.act(Sign(version, grades, files), who)

    def amend(self, reason: str, by: str = "") -> Entry:
        """Open a signed case again; signing once more makes the next version, and the old one is kept."""
        return self.act(Amend(reason), by)

    def version_folder(self, version: int) -> CaseFolder:
        """The folder of a signed version; `pathoflow.load_case` reads it like any case."""
        return CaseFolder(self.folder.path / SIGNED_NAME / f"v{version}")

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions that were signed."""
        return tuple(one.version for one in self._state.signatures)

    def ask_second(self, reader: str, by: str = "") -> Entry:
        """End the first reading and name the second reader, who will see none of it."""
        return self.act(AskSecond(reader), by)

    def finish_second(self, by: str = "") -> Entry:
        """End the second reading; what both say is settled, the rest is for the consensus.

        Raises
        ------
        ReviewRefused
            Candidates are unread, or the reading was not said to be complete.
        """
        if self.stage is ReviewStage.SECOND_REVIEW:
            case = self._case_of(self._state.current)
            row = next(one for one in checklist_of(case) if one.name == "reading")
            if not row.is_done:
                raise ReviewRefused(
                    f"the second reading of {case.id} is not done. {' '.join(map(str, row.notes))}"
                )
        return self.act(FinishSecond(), by)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Vessels on which the two readers differ, once both are done.

        Raises
        ------
        ReviewRefused
            The second reading has not been done, or is under way (`READER_BLINDED`).
        """
        return find_conflicts(*self._both())

    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Conflicts that have no verdict of the consensus yet."""
        agreed = self._state.agreed
        return tuple(c for c in self.conflicts() if agreed and agreed.on(c.vessel).verdict is None)

    def agreement(self) -> Agreement:
        """How well the two readers agree; errors as in `conflicts`."""
        return agreement(*self._both())

    def _both(self) -> tuple[Reading, Reading]:
        state = self._state
        if state.stage is ReviewStage.SECOND_REVIEW:
            raise ReviewRefused(
                f"{state.case} is being read by {state.second_reader}; both readings are compared when that is done",
                ReviewCode.READER_BLINDED,
            )
        if state.second is None:
            raise ReviewRefused(f"nobody has read {state.case or self.case.id} a second time")
        return state.first, state.second


def checklist_of(case: Case) -> tuple[CheckItem, ...]:
    """The checklist of a case: the blockers of grading, sorted, and whether one grade remains."""
    notes = case.blockers
    rows = [
        CheckItem(name, tuple(note for note in notes if note.code in codes))
        for name, codes in _ROWS.items()
    ]
    possible = () if case.refusals or case.grade().is_determined else tuple(case.grade().possible)
    return (*rows, CheckItem("grade", (), possible))
