"""The heart of a review: a case, its journal, and what both come to for the reader who looks."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pathoflow.errors import (
    Code,
    EnvironmentFault,
    JournalError,
    ReviewCode,
    ReviewRefused,
)
from pathoflow.mvi import Case, CaseSlide
from pathoflow.review.actions import AcceptChange, Action, ReadingAction, SeeSlides, SlidePrint
from pathoflow.review.edits import Measured, SlideEdits, measure_edits
from pathoflow.review.entry import Entry
from pathoflow.review.journal import Journal, utc_now
from pathoflow.review.lock import CaseLocked, Holder, lock_case
from pathoflow.review.painting import repaint_changed
from pathoflow.review.reading import Outline, Reading
from pathoflow.review.records import Records
from pathoflow.review.state import ReviewState
from pathoflow.review.subjects import Subjects, require_known
from pathoflow.review.verdicts import decisions_of
from pathoflow.review.words import ReviewStage
from pathoflow.slide.fingerprint import sha256_of
from pathoflow.store import CaseFolder

#: Folder of the signed versions in the folder of a case.
SIGNED_NAME = "signed"


class ReviewCore:
    """Reading and writing one review; the verbs are in `Review`.

    Reading needs no right to write. The first action takes it (`CaseLocked` where somebody else has it) and `close`
    gives it back.
    """

    def __init__(
        self,
        folder: CaseFolder,
        base: Case,
        records: Records,
        reader: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder
        #: Who acts where no other name is given.
        self.reader = reader or getpass.getuser()
        self.records = records
        #: Who holds the case, where `open` found it held.
        self.holder: Holder | None = None
        #: Why nothing can be written here, where that was found out.
        self.why_read_only = ""
        self._base = base
        self._changed: dict[str, str] = {}
        self._edits: dict[str, tuple[object, object, Reading, SlideEdits]] = {}
        self._case: tuple[Sequence[object], Case] | None = None
        #: The file itself, of all readers: for checking it. What a reader may see of it is `log`.
        self.journal = Journal(folder.review_jsonl, clock)
        if self.journal.entries:
            self._base = replace(base, decisions=None)
            if self._state.case != base.id:
                raise JournalError(
                    f"{folder.review_jsonl} is the journal of the case {self._state.case!r}, not of {base.id!r}"
                )
        self._find_changes()

    # --- the right to write ---

    def open(self, by: str = "") -> bool:
        """Take the right to write; False where that cannot be had, `why_read_only` then says why."""
        self.reader = by or self.reader
        try:
            self._require_lock(self.reader)
            # Read now what the first action would otherwise wait for.
            self._new_prints()
        except (CaseLocked, EnvironmentFault, ReviewRefused) as error:
            self.holder = getattr(error, "holder", None)
            self.why_read_only = str(error)
            return False
        self.holder, self.why_read_only = None, ""
        return True

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written now: not held by this process, signed version, or stale."""
        return not self.journal.can_write or bool(self.stale)

    def close(self) -> None:
        """Give the case back to others; doing it twice is fine."""
        self.journal.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def _require_lock(self, who: str) -> None:
        if self.folder.path.parent.name == SIGNED_NAME:
            raise ReviewRefused(
                f"{self.folder.path} is a signed version and never changes; amend the case itself",
                ReviewCode.CASE_SIGNED,
            )
        if not self.journal.can_write:
            self.journal.hold(lock_case(self.folder, who))

    # --- what is so ---

    @property
    def state(self) -> ReviewState:
        """What the journal comes to, as this reader may see it: during a second reading without the other's words."""
        state = self._state
        if state.stage is not ReviewStage.SECOND_REVIEW:
            return state
        own = self.reading
        return replace(
            state,
            first=state.first if own is state.first else Reading(),
            second=state.second if own is state.second else Reading(),
        )

    @property
    def _state(self) -> ReviewState:
        """All of it."""
        return self.journal.state

    @property
    def stage(self) -> ReviewStage:
        """Where the case stands."""
        if self.stale:
            return ReviewStage.STALE
        if self._state.is_begun:
            return self._state.stage
        return untouched_stage(self._base.slides)

    @property
    def stale(self) -> Mapping[str, str]:
        """Slides that have changed since the review began, each with a sentence."""
        return dict(self._changed)

    @property
    def reading(self) -> Reading:
        """The words that the reader may see; during a second reading each sees only their own."""
        return self.reading_for(self.reader)

    def reading_for(self, who: str) -> Reading:
        """The words that ``who`` may see; nobody's where a third person asks during a second reading."""
        state = self._state
        if state.stage is not ReviewStage.SECOND_REVIEW:
            return state.current
        if who == state.second_reader:
            return state.current
        return state.first if who in state.first_readers else Reading()

    @property
    def case(self) -> Case:
        """The case as this reader may see it: grades, blockers, vessels follow the journal."""
        if not self._state.is_begun:
            return self._marked
        key = (len(self.journal.entries), self.reader, tuple(self._changed))
        if self._case is None or self._case[0] != key:
            self._case = (key, self._case_of(self.reading))
        return self._case[1]

    def log(self, vessel: str = "") -> tuple[Entry, ...]:
        """The journal as this reader may see it; with a vessel, the entries that name it."""
        entries = tuple(e for e in self.journal.entries if not self._is_hidden(e))
        if not vessel:
            return entries
        return tuple(e for e in entries if vessel.encode() in e.line())

    @property
    def measured(self) -> Mapping[str, Measured]:
        """All vessels that this reader drew, as measured."""
        found: dict[str, Measured] = {}
        for slide in self._base.slides:
            found |= self._edits_of(slide, self.reading).measured
        return found

    def outlines(self, slide: str) -> dict[str, Outline]:
        """All outlines of a slide, the machine's with the reader's in place of them: GeoJSON in level-0 (x, y)."""
        found: dict[str, Outline | None] = {
            name: row["outline"] for name, row in self.records[slide].rows.items()
        }
        found |= self.reading.outlines.get(slide, {})
        return {name: outline for name, outline in found.items() if outline is not None}

    # --- acting ---

    def act(self, action: Action, by: str = "") -> Entry:
        """Do something: check, write it down, let it come true.

        Raises
        ------
        ReviewRefused
            The case does not allow it now, or it names what the case does not have. Nothing was written.
        CaseLocked
            Somebody else is reviewing the case.
        JournalError, NoSpace, EnvironmentFault
            It could not be written.
        """
        who = by or self.reader
        self._require_lock(who)
        self._require_unchanged(action)
        self._require_no_script()
        require_known(action, self._subjects(self._state.current))
        new = self._new_prints()
        if new:
            self.journal.append(SeeSlides(self._base.id, new), who)
        drawn = dict(self._state.current.outlines)
        entry = self.journal.append(action, who)
        repaint_changed(drawn, self._state, self.records)
        return entry

    def check_slides(self, paths: Mapping[str, Path]) -> Mapping[str, str]:
        """Compare slides' files with those that were analysed; what differs makes the review stale.

        Returns
        -------
        dict
            Sentences by slide, as `stale` holds them from now on.
        """
        for slide, path in paths.items():
            known = self._print_of(slide)
            if known is None or known.file is None or slide in self._state.accepted_changes:
                continue
            found = sha256_of(path) if path.exists() else None
            if found != known.file:
                what = "is not there" if found is None else "is another file than the one analysed"
                self._note_change(slide, f"the slide {path.name} {what}")
        return self.stale

    def accept_change(self, slide: str, reason: str, by: str = "") -> Entry:
        """Go on although a slide changed, with the machine's old answer.

        Raises
        ------
        ReviewRefused
            The slide has not changed, or no reason is given.
        """
        if slide not in self._changed or not reason.strip():
            raise ReviewRefused(f"slide {slide} has not changed, or the reason is missing")
        found = self.records[slide].fingerprint or SlidePrint(None, "")
        entry = self.act(AcceptChange(slide, found, reason), by)
        del self._changed[slide]
        return entry

    # --- inside ---

    @property
    def _marked(self) -> Case:
        """The machine's case, with a code on every slide that changed."""
        if not self._changed:
            return self._base
        slides = [_mark(slide, self._changed.get(slide.id)) for slide in self._base.slides]
        return replace(self._base, slides=tuple(slides))

    def _case_of(self, reading: Reading) -> Case:
        if not self._state.is_begun:
            return self._marked
        slides = self._base.slides
        edits = [self._edits_of(slide, reading) for slide in slides]
        known = (vessel.id for slide in slides for vessel in slide.vessels)
        return self._marked.decide(decisions_of(reading, self._state.material, edits, known))

    def _subjects(self, reading: Reading) -> Subjects:
        edits = [self._edits_of(slide, reading) for slide in self._base.slides]
        return Subjects.of(self._base, edits)

    def _edits_of(self, slide: CaseSlide, reading: Reading) -> SlideEdits:
        """Measured once per drawing: a verdict should not wait for it."""
        drawn = reading.outlines.get(slide.id)
        tumour = self._state.material.tumours.get(slide.id)
        if drawn is None and tumour is None:
            return SlideEdits()
        known = self._edits.get(slide.id)
        if known is None or known[0] is not drawn or known[1] is not tumour:
            found = measure_edits(
                slide, self.records[slide.id], reading, self._state.material, self._base.criteria
            )
            known = self._edits[slide.id] = (drawn, tumour, reading, found)
        return known[3]

    def _is_hidden(self, entry: Entry) -> bool:
        state = self._state
        if state.stage is not ReviewStage.SECOND_REVIEW or entry.who == self.reader:
            return False
        is_first = self.reader in state.first_readers and entry.who in state.first_readers
        return isinstance(entry.action, ReadingAction) and not is_first

    def _require_unchanged(self, action: Action) -> None:
        if self._changed and not isinstance(action, AcceptChange):
            raise ReviewRefused(
                f"{'; '.join(self._changed.values())}: its verdicts are read-only; analyse the slide again, or accept "
                "the change with a reason",
                Code.SLIDE_CHANGED,
            )

    def _require_no_script(self) -> None:
        if self._base.decisions is not None and not self.journal.entries:
            raise ReviewRefused(
                f"{self.folder.case_json} holds decisions that were made without a journal; move the folder away and "
                "run with --cases again to begin a review"
            )

    def _print_of(self, slide: str) -> SlidePrint | None:
        return self._state.prints.get(slide) or self.records[slide].fingerprint

    def _new_prints(self) -> dict[str, SlidePrint]:
        found = {slide.id: self.records[slide.id].fingerprint for slide in self._base.slides}
        new = {name: one for name, one in found.items() if one and name not in self._state.prints}
        if not self.journal.entries:
            return new or {"": SlidePrint(None, "")}
        return new

    def _find_changes(self) -> None:
        """Slides whose result is another one than when they were first seen."""
        for slide, known in self._state.prints.items():
            found = self.records[slide].fingerprint if slide else None
            if found is not None and found != known:
                what = "slide" if found.file != known.file else "result"
                self._note_change(slide, f"the {what} has changed since the review began")

    def _note_change(self, slide: str, what: str) -> None:
        with suppress(KeyError):
            del self._changed[slide]
        self._changed[slide] = f"slide {slide}: {what}"


def untouched_stage(slides: Sequence[CaseSlide]) -> ReviewStage:
    """The stage of a case that nobody has begun to review."""
    if any(slide.status == "failed" for slide in slides):
        return ReviewStage.QC_FAILED
    n_done = sum(slide.is_analysed or slide.status == "excluded" for slide in slides)
    if n_done == len(slides):
        return ReviewStage.READY
    return ReviewStage.RUNNING if n_done else ReviewStage.NEW


def _mark(slide: CaseSlide, sentence: str | None) -> CaseSlide:
    if sentence is None or slide.has_code(Code.SLIDE_CHANGED):
        return slide
    code = {"code": str(Code.SLIDE_CHANGED), "severity": "error", "message": sentence}
    return replace(slide, codes=(*slide.codes, code))
