"""One result against its truth: all figures of one slide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathoflow.errors import UsageError
from pathoflow.metrics import Calibration
from pathoflow.mvi import Site
from pathoflow.pipeline.scoring.figures import CaseFigures, CaseTally
from pathoflow.pipeline.scoring.grades import GradedSlide, grade_both
from pathoflow.pipeline.scoring.reference import Reference, load_reference
from pathoflow.pipeline.scoring.tally import ALL_SIZES, SIZES, SlideTally, tally_slide
from pathoflow.store import Result, ResultFolder, load_result


@dataclass(frozen=True, eq=False, slots=True)
class SlideScore:
    """What was compared, and everything counted in doing so."""

    result: Result
    reference: Reference
    tally: SlideTally

    @property
    def slide_id(self) -> str:
        """Name of the slide."""
        return self.result.slide_id

    @property
    def counts(self) -> dict[str, int]:
        """Whole numbers behind the figures."""
        sums = self.tally.sums
        named = {"vessels_found": "objects.found", "vessels_true": "objects.true"}
        return {
            **{name: int(sums[f"{key}.{ALL_SIZES}"]) for name, key in named.items()},
            **{
                f"{name}_{size}": int(sums[f"{key}.{size}"])
                for size in SIZES[1:]
                for name, key in named.items()
            },
            "mvi_true": int(sums["mvi.true"]),
            "mvi_called": int(sums["mvi.called"]),
            "mvi_false_positives": int(sums["mvi.false"]),
            "mvi_ignored_references": len(self.reference.ignored),
            "mvi_ignored_candidates": sum(self.tally.scored.ignored),
            "cell_count_vessels": len(self.tally.cells),
            "scored_vessels": self.tally.calibration.n,
        }

    def as_graded(self, site: Site = Site.UNKNOWN) -> GradedSlide:
        """As grading needs it; ``site`` is where its block was cut from."""
        return GradedSlide(self.result, self.reference, self.tally, site)

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, the grade of this slide as if it were a case; null is nothing to measure."""
        grades = grade_both([self.as_graded()])
        figures = CaseFigures([CaseTally([self.tally], grades)]).all()
        # A table of its own says the same with its counts.
        figures = {k: v for k, v in figures.items() if not k.startswith("score_true_share")}
        area = self.tally.scored.tissue_cm2
        return {
            "slide": self.slide_id,
            **{k: plain(v) for k, v in figures.items()},
            **self.counts,
            "boundary_tolerance_um": plain(self.tally.tolerance_um),
            "tissue_cm2": plain(area),
            **grades.as_json(),
            "reliability": reliability_json(self.tally.calibration),
            **self.reference.origin.as_json(),
        }


def reliability_json(calibration: Calibration) -> list[dict[str, Any]]:
    """The reliability table, from low scores to high ones."""
    return [
        {
            "low": row.low,
            "high": row.high,
            "n": row.n,
            "mean_score": plain(row.mean_score),
            "true_share": plain(row.true_share),
        }
        for row in calibration.table
    ]


def plain(value: float) -> float | int | None:
    """A number as JSON takes it: null for NaN, four decimals."""
    if isinstance(value, int):
        return value
    return None if math.isnan(value) else round(value, 4)


def score_slide(folder: Path, truth: Path) -> SlideScore:
    """Compare the result in ``folder`` with ``truth``, a ``.truth`` folder or a GeoJSON of outlines.

    Raises
    ------
    UsageError
        Either cannot be read, or the result is of a failed slide.
    """
    result = load_result(folder)
    if result.status == "failed":
        raise UsageError(f"{folder} holds the result of a failed slide; there is nothing to score.")
    reference = load_reference(truth)
    return SlideScore(result, reference, tally_slide(ResultFolder(folder), result, reference))
