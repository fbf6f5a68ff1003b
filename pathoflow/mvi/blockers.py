"""What keeps a case from being graded at all, and what keeps it from being signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pathoflow.errors import Code
from pathoflow.mvi.case_slide import NOT_ANALYSED, CaseSlide
from pathoflow.mvi.completions import possible_far
from pathoflow.mvi.decisions import Decisions
from pathoflow.mvi.language import Phrase, phrase
from pathoflow.mvi.settle import IN_GRADE, Role

if TYPE_CHECKING:
    from pathoflow.mvi.case import Case


def find_refusals(slides: Sequence[CaseSlide], decisions: Decisions | None) -> list[Phrase]:
    """Why no grade may be given, each with its code; empty where grading is allowed."""
    word = decisions or Decisions()
    kept = [slide for slide in slides if slide.id not in word.excused]
    if not any(slide.is_analysed for slide in kept):
        codes = dict.fromkeys(
            str(c["code"]) for s in kept for c in s.codes if c["severity"] == "error"
        )
        if codes:
            return [phrase("refusal.none_analysed_codes", codes=", ".join(codes))]
        return [phrase("refusal.none_analysed")]
    return [
        phrase(
            "refusal.not_gradable",
            code=str(code["code"]),
            slide=slide.id,
            message=str(code["message"]),
        )
        for slide in kept
        if slide.is_analysed and slide.id not in word.overruled
        for code in slide.refusing_codes
    ]


def find_blockers(case: Case, is_distance_open: bool) -> list[Phrase]:
    """Why the case cannot be signed, gravest first.

    ``is_distance_open`` says whether the leading grade still hangs on something that is not known.
    """
    word = case.decisions or Decisions()
    kept = [slide for slide in case.stated_slides if slide.id not in word.excused]
    return [
        *_material(kept),
        *find_refusals(case.slides, case.decisions),
        *(_distances(case) if is_distance_open else ()),
        *_tumours(case),
        *_reading(case, word),
    ]


def _material(slides: Sequence[CaseSlide]) -> list[Phrase]:
    """Slides that failed, are missing or have changed."""
    said = []
    for slide in slides:
        if slide.status == "failed":
            codes = ", ".join(str(c["code"]) for c in slide.codes if c["severity"] == "error")
            said.append(phrase("blocker.failed_slide", slide=slide.id, codes=codes or "?"))
        elif slide.status == NOT_ANALYSED:
            said.append(phrase("blocker.missing_slide", slide=slide.id))
        elif slide.has_code(Code.SLIDE_CHANGED):
            said.append(phrase("blocker.slide_changed", slide=slide.id))
    return said


def _distances(case: Case) -> list[Phrase]:
    """Slides with vessels of which neither a distance nor a site is known."""
    near_um = case.criteria.near_um
    open_on: dict[str, int] = {}
    for v in case.in_role(*IN_GRADE):
        if len(possible_far(v.vessel, near_um)) > 1:
            open_on[v.slide.id] = open_on.get(v.slide.id, 0) + 1
    return [phrase("blocker.no_distance", slide=slide, n=n) for slide, n in open_on.items()]


def _tumours(case: Case) -> list[Phrase]:
    """Tumour outlines that distances rest on and nobody confirmed; blocks that name no tumour."""
    confirmed = case.decisions.confirmed_tumours if case.decisions else frozenset()
    measured = dict.fromkeys(v.slide.id for v in case.in_role(*IN_GRADE) if v.dist_method == "auto")
    said = [
        phrase("blocker.tumour_unconfirmed", slide=slide)
        for slide in measured
        if slide not in confirmed
    ]
    if case.tumour_names:
        stray = dict.fromkeys(v.slide.id for v in case.in_role(*IN_GRADE) if not v.slide.tumour)
        said += [phrase("blocker.no_tumour_named", slide=slide) for slide in stray]
    return said


def _reading(case: Case, word: Decisions) -> list[Phrase]:
    """What the reader has still to do."""
    said = []
    unread = case.in_role(Role.UNSEEN)
    if case.decisions is None:
        unread = case.in_role(*IN_GRADE, Role.INTRATUMORAL)
    if unread:
        said.append(phrase("blocker.unread", n=len(unread)))
    if not word.complete:
        said.append(phrase("blocker.not_complete"))
    return said
