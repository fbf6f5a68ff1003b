"""Many results against their truths: figures with intervals, by case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pathoflow.errors import UsageError
from pathoflow.metrics import Calibration, Interval, bootstrap
from pathoflow.mvi.case_table import CaseRow, group_slides, read_cases
from pathoflow.mvi.wording import plural
from pathoflow.pipeline.progress import OnStep, Step, silent
from pathoflow.pipeline.scoring.figures import CaseFigures, CaseTally
from pathoflow.pipeline.scoring.grades import GRADES, GradePair, grade_both
from pathoflow.pipeline.scoring.origin import origins_json
from pathoflow.pipeline.scoring.slide import SlideScore, plain, reliability_json, score_slide
from pathoflow.store import load_result

#: With fewer cases percentile intervals are known to be too short, and every table says so. Our choice.
ENOUGH_CASES = 20
#: Resamples and seed of the intervals, and their level; all are told with every table.
RESAMPLES, SEED, LEVEL = 2000, 0, 0.95


@dataclass(frozen=True, eq=False, slots=True)
class CaseScore:
    """The slides of one case and its grade from the truth and from the machine."""

    name: str
    slides: tuple[SlideScore, ...]
    grades: GradePair

    def as_json(self) -> dict[str, Any]:
        """One row of the table of cases."""
        called = sum(slide.counts["mvi_called"] for slide in self.slides)
        return {
            "case": self.name,
            "slides": [slide.slide_id for slide in self.slides],
            "mvi_true": sum(slide.counts["mvi_true"] for slide in self.slides),
            "mvi_called": called,
            **self.grades.as_json(),
        }


@dataclass(frozen=True, eq=False)
class CohortScore:
    """All cases, and what could not be scored with its reason."""

    cases: tuple[CaseScore, ...]
    not_scored: tuple[tuple[str, str], ...] = ()

    @property
    def slides(self) -> list[SlideScore]:
        """All slides, case by case."""
        return [slide for case in self.cases for slide in case.slides]

    @cached_property
    def figures(self) -> CaseFigures:
        """Figures of any weighting of the cases."""
        return CaseFigures(
            [CaseTally([slide.tally for slide in case.slides], case.grades) for case in self.cases]
        )

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Every figure with its interval over cases; the same cases always give the same ones."""
        rng = np.random.default_rng(SEED)
        return bootstrap(self.figures.of, len(self.cases), rng, RESAMPLES, LEVEL)

    @property
    def calibration(self) -> Calibration:
        """Scores of all slides against truth."""
        first, *others = (slide.tally.calibration for slide in self.slides)
        return sum(others, first)

    @property
    def counts(self) -> dict[str, int]:
        """Whole numbers behind the figures."""
        slides = [slide.counts for slide in self.slides]
        return {
            "cases": len(self.cases),
            "slides": len(slides),
            **{name: sum(one[name] for one in slides) for name in slides[0]},
            "grades_compared": sum(case.grades.is_compared for case in self.cases),
            "grades_true_undetermined": sum(
                not case.grades.true.is_determined for case in self.cases
            ),
            "grades_proposed_undetermined": sum(
                not case.grades.proposed.is_determined for case in self.cases
            ),
        }

    @property
    def about_intervals(self) -> dict[str, Any]:
        """How the intervals were made, and a word of caution where there are few cases."""
        n = len(self.cases)
        caution = (
            f"{plural(n, 'case')} of at least {ENOUGH_CASES} wanted: intervals are too "
            "short, and one without width does not mean certainty"
        )
        return {
            "method": "percentile bootstrap over cases",
            "level": LEVEL,
            "resamples": RESAMPLES,
            "seed": SEED,
            "caution": caution if n < ENOUGH_CASES else None,
        }

    @cached_property
    def origin(self) -> dict[str, Any]:
        """Whether the slides are painted, and by what."""
        return origins_json([slide.reference.origin for slide in self.slides])

    def as_json(self) -> dict[str, Any]:
        """Everything, plain; null where there was nothing to measure."""
        slides = []
        for case in self.cases:
            slides += [{"case": case.name, **slide.as_json()} for slide in case.slides]
        return {
            **self.origin,
            "counts": self.counts,
            "figures": {
                name: {"value": plain(one.value), "low": plain(one.low), "high": plain(one.high)}
                for name, one in self.intervals.items()
            },
            "intervals": self.about_intervals,
            "reliability": reliability_json(self.calibration),
            "grade_table": {
                "grades": list(GRADES),
                "true_by_proposed": self.figures.grade_tables.sum(axis=0).tolist(),
            },
            "cases": [case.as_json() for case in self.cases],
            "slides": slides,
            "not_scored": [{"slide": slide, "reason": why} for slide, why in self.not_scored],
        }


def score_cohort(
    out: Path, truths: Path, cases: Path | None = None, on_step: OnStep = silent
) -> CohortScore:
    """Compare every result in ``out`` with the truth of its slide in ``truths``.

    Parameters
    ----------
    out
        Folder of result folders.
    truths
        Folder of ``<slide-id>.truth`` folders or ``<slide-id>.geojson`` files.
    cases
        Table of `read_cases`; without it every slide is its own case.

    Raises
    ------
    UsageError
        Nothing fits together, or a slide that does is in no case.
    """
    table = None if cases is None else read_cases(cases)
    pairs, not_scored = _pair(out, truths)
    grouped = group_slides([slide for slide, _ in pairs], table)
    scores = {}
    for index, (slide, truth) in enumerate(pairs):
        on_step(Step(slide, "comparing", index, len(pairs)))
        scores[slide] = score_slide(out / slide, truth)
    absent = sorted(set(table or ()) - {p.name for p in _folders(out)})
    not_scored += [(slide, "is in the table of cases but has no result") for slide in absent]
    found = tuple(_case(name, rows, scores) for name, rows in grouped.items())
    return CohortScore(found, tuple(not_scored))


def score_alone(folder: Path, truth: Path) -> CohortScore:
    """One slide as a cohort of its own, which has figures but no intervals.

    Raises
    ------
    UsageError
        As `score_slide`.
    """
    score = score_slide(folder, truth)
    return CohortScore((CaseScore(score.slide_id, (score,), grade_both([score.as_graded()])),))


def _case(name: str, rows: Sequence[CaseRow], scores: dict[str, SlideScore]) -> CaseScore:
    slides = tuple(scores[row.slide] for row in rows)
    graded = [slide.as_graded(row.site) for slide, row in zip(slides, rows, strict=True)]
    return CaseScore(name, slides, grade_both(graded))


def _folders(out: Path) -> Iterator[Path]:
    yield from sorted(path.parent for path in out.glob("*/result.json"))


def _pair(out: Path, truths: Path) -> tuple[list[tuple[str, Path]], list[tuple[str, str]]]:
    """Results with their truths, and what has no partner or cannot be scored."""
    if not truths.is_dir():
        raise UsageError(f"{truths} is no folder; give the folder that holds <slide-id>.truth")
    known = {path.name.removesuffix(".geojson"): path for path in truths.glob("*.geojson")}
    known |= {path.name.removesuffix(".truth"): path for path in truths.glob("*.truth")}
    pairs, not_scored = [], []
    for folder in _folders(out):
        slide = folder.name
        if slide not in known:
            not_scored.append((slide, "has a result but no truth"))
        elif load_result(folder).status == "failed":
            not_scored.append((slide, "its analysis failed"))
        else:
            pairs.append((slide, known[slide]))
    results = {path.name for path in _folders(out)}
    not_scored += [(slide, "has a truth but no result") for slide in sorted(set(known) - results)]
    if not pairs:
        raise UsageError(
            f"no result in {out} has its truth in {truths}; the truth of OUT/liver is liver.truth"
        )
    return pairs, not_scored
