"""A case: its slides, what a reader decided, and all that follows from both.

    slides, sites ──┐
                    ├─> settled vessels ─> links ─> grades, rows of the report, completeness, blockers
    decisions ──────┘

Without decisions it carries the machine's proposal and what remains possible, and never a final grade. Everything
is pure: `Case.decide` gives a new case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from pathoflow.errors import UsageError
from pathoflow.mvi.blockers import find_blockers, find_refusals
from pathoflow.mvi.case_grades import TumourGrade, grade_tumours, withhold_absence, worst_grades
from pathoflow.mvi.case_slide import CaseSlide
from pathoflow.mvi.completeness import Completeness, check_sampling
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import Decisions
from pathoflow.mvi.evidence import InvadedVessel, TumourBurden
from pathoflow.mvi.findings import count_candidates
from pathoflow.mvi.grade import Grade, grade_case, refuse_grades
from pathoflow.mvi.kind_counts import KindCounts, count_kinds
from pathoflow.mvi.language import Phrase, Sentence, phrase
from pathoflow.mvi.links import join_linked
from pathoflow.mvi.note import Note
from pathoflow.mvi.settle import IN_GRADE, Role, SettledVessel, settle

#: The system that is shown first and that decides whether a distance must still be found out.
LEADING_SYSTEM = "NHC"


class Stage(StrEnum):
    """How far the reading of a case has come."""

    #: No reader has decided anything: all grades are the machine's proposal.
    PROPOSED = "proposed"
    IN_REVIEW = "in_review"
    #: Nothing is left that blocks signing.
    READY = "ready"


@dataclass(frozen=True)
class Case:
    """One case; two cases with the same slides, criteria and decisions say the same."""

    id: str
    slides: tuple[CaseSlide, ...]
    criteria: MviCriteria = field(default_factory=MviCriteria)
    decisions: Decisions | None = None

    def decide(self, decisions: Decisions) -> Case:
        """The same case with all decisions of a reader; earlier ones are replaced.

        Raises
        ------
        UsageError
            A decision names a vessel or a slide that the case does not have, or excuses a slide that is in order.
        """
        decided = replace(self, decisions=decisions)
        decided.check()
        return decided

    def check(self) -> None:
        """Refuse decisions that do not fit the slides; see `decide`.

        Raises
        ------
        UsageError
            With everything that does not fit.
        """
        word = self.decisions or Decisions()
        slides = {slide.id: slide for slide in self.slides}
        named = {
            *word.excluded_pieces, *word.excused, *word.overruled, *word.sites,
            *word.confirmed_tumours, *(added.slide for added in word.added),
        }  # fmt: skip
        vessels = [v.id for slide in self.slides for v in slide.vessels]
        vessels += [added.vessel.id for added in word.added]
        linked = {name for pair in word.same_vessel for name in pair}
        redrawn = {*word.removed, *(v.id for v in word.remeasured)}
        strange = sorted({*word.vessels, *linked, *redrawn} - set(vessels))
        problems = [f"it has no slide {name}" for name in sorted(named - set(slides))]
        problems += [f"it has no vessel {name}" for name in strange]
        twice = sorted(name for name, times in Counter(vessels).items() if times > 1)
        problems += [f"vessel {name} is there twice" for name in twice]
        problems += [
            f"slide {name} is in order and cannot be excused"
            for name in sorted(word.excused)
            if name in slides and slides[name].is_analysed and not slides[name].is_refused
        ]
        if problems:
            raise UsageError(
                f"these decisions do not fit the case {self.id}: {'; '.join(problems)}"
            )

    @cached_property
    def stated_slides(self) -> tuple[CaseSlide, ...]:
        """The slides with the sites that a reader stated."""
        sites = self.decisions.sites if self.decisions else {}
        return tuple(replace(s, site=sites.get(s.id, s.site)) for s in self.slides)

    @cached_property
    def left_out(self) -> Mapping[str, str]:
        """Slides that the case goes on without, with the written reason."""
        return self.decisions.excused if self.decisions else {}

    @cached_property
    def vessels(self) -> tuple[SettledVessel, ...]:
        """Every vessel of the case with its role, slide by slide; linked and excluded ones among them."""
        added = self.decisions.added if self.decisions else ()
        gone = self.decisions.removed if self.decisions else frozenset()
        anew = {v.id: v for v in self.decisions.remeasured} if self.decisions else {}
        settled = [
            settle(slide, anew.get(seen.id, seen), self.decisions, self.criteria)
            for slide in self.stated_slides
            for seen in (*slide.vessels, *(a.vessel for a in added if a.slide == slide.id))
            if seen.id not in gone
        ]
        pairs = self.decisions.same_vessel if self.decisions else ()
        return join_linked(settled, pairs, self.criteria)

    def in_role(self, *roles: Role) -> list[SettledVessel]:
        """Vessels of these roles, in the order of the case."""
        return [vessel for vessel in self.vessels if vessel.role in roles]

    @property
    def graded(self) -> list[InvadedVessel]:
        """The vessels as grading takes them, those inside the tumour among them."""
        return [v.vessel for v in self.in_role(*IN_GRADE, Role.INTRATUMORAL)]

    @property
    def tumour_names(self) -> tuple[str, ...]:
        """Names of the tumours, where the case has several."""
        names = tuple(dict.fromkeys(slide.tumour for slide in self.slides if slide.tumour))
        return names if len(names) > 1 else ()

    @cached_property
    def burden(self) -> TumourBurden:
        """Size and number of tumours: as the reader states, else as many as the table names."""
        if self.decisions and self.decisions.burden:
            return self.decisions.burden
        return TumourBurden(n_tumours=len(self.tumour_names) or None)

    @cached_property
    def tumours(self) -> tuple[TumourGrade, ...]:
        """Each tumour graded alone; empty where the case has one."""
        if not self.tumour_names:
            return ()
        groups: dict[str, tuple[int, list[InvadedVessel]]] = {}
        for name in (*self.tumour_names, ""):
            n_slides = sum(slide.tumour == name for slide in self.slides)
            own = self.in_role(*IN_GRADE, Role.INTRATUMORAL)
            if n_slides:
                groups[name] = (n_slides, [v.vessel for v in own if v.slide.tumour == name])
        return grade_tumours(groups, self.criteria)

    @cached_property
    def refusals(self) -> list[Note]:
        """Why no grade may be given at all; empty where grading is allowed."""
        return [Note(said) for said in find_refusals(self.slides, self.decisions)]

    @cached_property
    def grades(self) -> dict[str, Grade]:
        """Grades by system, with what remains possible and why."""
        if self.refusals:
            return refuse_grades([*self._opening[:1], *(note.sentence for note in self.refusals)])
        vessels = self.graded
        if self.tumours:
            grades = worst_grades(self.tumours, vessels, self.criteria, self.burden)
        else:
            grades = grade_case(vessels, self.criteria, self.burden)
        if self._is_absence_open:
            grades = withhold_absence(grades, self.criteria, self.burden)
        return {
            name: replace(grade, sentences=[*self._opening, *grade.sentences])
            for name, grade in grades.items()
        }

    @property
    def _is_absence_open(self) -> bool:
        """Whether nothing is counted so far, and nobody has said that there is nothing."""
        return not self.in_role(Role.COUNTED) and not self.is_complete

    @property
    def _opening(self) -> list[Sentence]:
        """What stands before the reasons: how far the reading has come."""
        if self.decisions is None:
            called = len(self.in_role(Role.COUNTED, Role.INTRATUMORAL))
            listed = len(self.in_role(Role.UNCERTAIN))
            said: list[Sentence] = [
                phrase("proposal.unreviewed"),
                count_candidates(called, listed),
            ]
            needs_more = called + listed > 0
        else:
            said = [] if self.stage is Stage.READY else [phrase("case.not_final")]
            needs_more = True
        if needs_more and self._is_absence_open:
            said.append(phrase("absence.unconfirmed"))
        return said

    def grade(self, system: str = LEADING_SYSTEM) -> Grade:
        """The grade in one system; final only where `is_final` says so.

        Raises
        ------
        UsageError
            There is no such system.
        """
        try:
            return self.grades[system]
        except KeyError:
            known = ", ".join(self.grades)
            raise UsageError(f"there is no grading system {system!r}; use one of {known}") from None

    @property
    def is_complete(self) -> bool:
        """Whether a reader says that all candidates are seen."""
        return bool(self.decisions and self.decisions.complete)

    @property
    def stage(self) -> Stage:
        """How far the reading has come."""
        if self.decisions is None:
            return Stage.PROPOSED
        return Stage.IN_REVIEW if self.blockers else Stage.READY

    @property
    def is_final(self) -> bool:
        """Whether the leading grade may be signed as it is: nothing blocks it, and it is one grade."""
        return self.stage is Stage.READY and self.grade().is_determined

    @cached_property
    def kinds(self) -> tuple[KindCounts, ...]:
        """Rows of the structured report, over all vessels that count."""
        counted = [v.vessel for v in self.in_role(*IN_GRADE)]
        return count_kinds(counted, self.criteria.near_um)

    @cached_property
    def completeness(self) -> Completeness:
        """How much of the seven-point sampling is covered."""
        return check_sampling(self.stated_slides, self.left_out)

    @cached_property
    def blockers(self) -> list[Note]:
        """Why the case cannot be signed yet; empty where nothing blocks it."""
        far_open = (
            not self.refusals
            and len(grade_case(self.graded, self.criteria)[LEADING_SYSTEM].possible) > 1
        )
        return [Note(said) for said in find_blockers(self, far_open)]

    @cached_property
    def remarks(self) -> list[Note]:
        """What a reader of the grade must know beside it."""
        word = self.decisions or Decisions()
        said: list[Phrase] = [remark for v in self.in_role(*IN_GRADE) for remark in v.remarks]
        for slide_id, pieces in word.excluded_pieces.items():
            said += [
                phrase("remark.piece_left_out", slide=slide_id, piece=piece, reason=reason)
                for piece, reason in pieces.items()
            ]
            n_open = sum(v.slide.id == slide_id and v.seen.piece is None for v in self.vessels)
            if pieces and n_open:
                said.append(phrase("remark.piece_unknown", slide=slide_id, n=n_open))
        said += [
            phrase("remark.excused", slide=slide_id, reason=reason)
            for slide_id, reason in word.excused.items()
        ]
        said += [
            phrase("remark.overruled", slide=slide_id, reason=reason)
            for slide_id, reason in word.overruled.items()
        ]
        if inside := self.in_role(Role.INTRATUMORAL):
            said.append(phrase("left_out", n=len(inside)))
        if word.removed:
            said.append(phrase("remark.removed", n=len(word.removed)))
        if linked := self.in_role(Role.LINKED):
            said.append(phrase("remark.linked", n=len(linked)))
        return [Note(one) for one in said]
