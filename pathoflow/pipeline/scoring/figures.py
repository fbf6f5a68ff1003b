"""From what was counted to the figures that are reported, of any number of cases.

One place for all formulas: the figures of one slide are those of one case of one slide, and a resample
is the same sums with other weights. NaN is a figure without data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics import (
    FALSE_RATES,
    FOUND_WITHIN,
    PPV_LENGTHS,
    Calibration,
    FrocEvents,
    GalleryScore,
    boundary_f1,
    box_table,
    cohen_kappa,
    ratio,
    relative_error,
    score_gallery,
)
from pathoflow.pipeline.scoring.grades import GradePair
from pathoflow.pipeline.scoring.tally import ALL_SIZES, SIZES, SlideTally

_LENGTHS = sorted({*PPV_LENGTHS, *FOUND_WITHIN})


@dataclass(frozen=True, eq=False, slots=True)
class CaseTally:
    """The slides of one case, and its grade from the truth and from the machine."""

    slides: Sequence[SlideTally]
    grades: GradePair


class CaseFigures:
    """Figures of cases; ask for them with how often each case counts, shape ``(cases,)``."""

    def __init__(self, cases: Sequence[CaseTally]) -> None:
        if not cases or not all(case.slides for case in cases):
            raise ValueError("figures need at least one case, and each case a slide")
        self._cases = cases
        self._names = list(cases[0].slides[0].sums)
        self._sums = np.array(
            [
                [math.fsum(s.sums[name] for s in case.slides) for name in self._names]
                for case in cases
            ]
        )

    @cached_property
    def froc(self) -> FrocEvents:
        """The FROC of all vessels with a score."""
        return FrocEvents.of([[slide.scored for slide in case.slides] for case in self._cases])

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Columns: case, counted and true cells of every invaded vessel found; shape ``(n, 3)``."""
        rows = [
            (index, *pair)
            for index, case in enumerate(self._cases)
            for slide in case.slides
            for pair in slide.cells
        ]
        return np.array(rows, np.int64).reshape(-1, 3)

    @cached_property
    def vessel_counts(self) -> NDArray[np.int64]:
        """Columns: invaded vessels true and called, per case; shape ``(cases, 2)``."""
        columns = [self._names.index(name) for name in ("mvi.true", "mvi.called")]
        return np.asarray(self._sums[:, columns], np.int64)

    @cached_property
    def grade_tables(self) -> NDArray[np.int64]:
        """True by proposed grade, per case."""
        return np.stack([case.grades.table for case in self._cases])

    def of(self, times: NDArray[np.int64]) -> dict[str, float]:
        """All figures, with ``times`` each case; the order is that of tables."""
        sums = dict(zip(self._names, (times @ self._sums).tolist(), strict=True))
        return {
            **_object_figures(sums),
            **_area_figures(sums),
            **self._detection(sums, times),
            **self._galleries(times),
            **self._count_figures(times),
            **self._grade_figures(times),
            **self._score_figures(times),
        }

    def all(self) -> dict[str, float]:
        """All figures of all cases."""
        return self.of(np.ones(len(self._cases), np.int64))

    def _detection(self, sums: Mapping[str, float], times: NDArray[np.int64]) -> dict[str, float]:
        per_slide, per_cm2 = self.froc.sensitivities(times)
        n_slides = float(self.froc.n_slides @ times)
        at = [f"{rate:g}" for rate in FALSE_RATES]
        return {
            "mvi_sensitivity": ratio(sums["mvi.found"], sums["mvi.true"]),
            "mvi_false_positives_per_slide": ratio(sums["mvi.false"], n_slides),
            "mvi_sensitivity_at_2_fp": per_slide[FALSE_RATES.index(2.0)],
            **{
                f"mvi_sensitivity_at_{rate}_fp_per_slide": value
                for rate, value in zip(at, per_slide, strict=True)
            },
            **{
                f"mvi_sensitivity_at_{rate}_fp_per_cm2": value
                for rate, value in zip(at, per_cm2, strict=True)
            },
        }

    @cached_property
    def _gallery_counts(self) -> NDArray[np.int64]:
        """Shape ``(cases, lengths, 5)``: the fields of `GalleryScore`."""
        rows = []
        for case in self._cases:
            slides = [slide.listed for slide in case.slides]
            scores = [score_gallery(slides, k) for k in _LENGTHS]
            rows.append(
                [
                    (s.n_shown, s.n_true, s.n_ignored, s.n_positive_cases, s.n_found_cases)
                    for s in scores
                ]
            )
        return np.array(rows, np.int64)

    def _galleries(self, times: NDArray[np.int64]) -> dict[str, float]:
        counts = np.tensordot(times, self._gallery_counts, axes=1).tolist()
        scores = {k: GalleryScore(*row) for k, row in zip(_LENGTHS, counts, strict=True)}
        return {
            **{f"mvi_ppv_top_{k}": scores[k].ppv for k in PPV_LENGTHS},
            **{f"mvi_case_sensitivity_top_{k}": scores[k].case_sensitivity for k in FOUND_WITHIN},
        }

    @cached_property
    def _cell_errors(self) -> NDArray[np.float64]:
        """Relative error of every count; NaN where the truth is 0."""
        return np.array([relative_error(int(c), int(t)) for _, c, t in self.cells], np.float64)

    @cached_property
    def _box_tables(self) -> NDArray[np.int64]:
        """True by counted box of the report, per case."""
        case, counted, true = self.cells.T
        return np.stack(
            [
                box_table(counted[case == index].tolist(), true[case == index].tolist())
                for index in range(len(self._cases))
            ]
        )

    def _count_figures(self, times: NDArray[np.int64]) -> dict[str, float]:
        n_cases = float(times.sum())
        apart = (self.vessel_counts[:, 1] - self.vessel_counts[:, 0]).astype(np.float64)
        repeated = np.repeat(self._cell_errors, times[self.cells[:, 0]])
        errors = repeated[~np.isnan(repeated)]
        boxes = np.tensordot(times, self._box_tables, axes=1)
        return {
            "mvi_count_error": ratio(float(times @ apart), n_cases),
            "mvi_count_absolute_error": ratio(float(times @ np.abs(apart)), n_cases),
            "cell_count_median_absolute_error": _median(np.abs(errors)),
            "cell_count_mean_absolute_error": ratio(float(np.abs(errors).sum()), len(errors)),
            "cell_count_median_error": _median(errors),
            "cell_count_box_agreement": ratio(float(boxes.trace()), float(boxes.sum())),
            "cell_count_box_kappa": cohen_kappa(boxes),
        }

    @cached_property
    def _compatible(self) -> NDArray[np.bool_]:
        return np.array([case.grades.is_compatible for case in self._cases], np.bool_)

    def _grade_figures(self, times: NDArray[np.int64]) -> dict[str, float]:
        table = np.tensordot(times, self.grade_tables, axes=1)
        return {
            "grade_agreement": ratio(float(table.trace()), float(table.sum())),
            "grade_kappa_linear": cohen_kappa(table, "linear"),
            "grade_kappa_quadratic": cohen_kappa(table, "quadratic"),
            "grade_compatible": ratio(float(times @ self._compatible), float(times.sum())),
        }

    @cached_property
    def _calibrations(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sums per bin and squared errors, per case."""
        by_case = [[slide.calibration for slide in case.slides] for case in self._cases]
        return (
            np.stack([np.sum([one.sums for one in ones], axis=0) for ones in by_case]),
            np.array([math.fsum(one.squared_error for one in ones) for ones in by_case]),
        )

    def _score_figures(self, times: NDArray[np.int64]) -> dict[str, float]:
        sums, squared_errors = self._calibrations
        weights = times.astype(np.float64)
        total = Calibration(
            np.tensordot(weights, sums, axes=1).astype(np.float64), float(weights @ squared_errors)
        )
        shares = {f"score_true_share_{r.low:g}_to_{r.high:g}": r.true_share for r in total.table}
        return {"score_ece": total.ece, "score_brier": total.brier, **shares}


def _object_figures(sums: Mapping[str, float]) -> dict[str, float]:
    figures = {}
    for size in SIZES:
        found, true, matched = (sums[f"objects.{what}.{size}"] for what in _OBJECTS)
        f1, aji = "vessel_f1_at_iou_0.5", "vessel_aji"
        if size == ALL_SIZES:
            figures["vessel_precision"] = ratio(matched, found)
            figures["vessel_recall"] = ratio(matched, true)
        else:
            f1, aji = f"{f1}_{size}", f"{aji}_{size}"
        figures[f1] = ratio(2 * matched, found + true)
        figures[aji] = ratio(sums[f"jaccard.shared.{size}"], sums[f"jaccard.joint.{size}"])
    return figures


_OBJECTS = ("found", "true", "matched")


def _area_figures(sums: Mapping[str, float]) -> dict[str, float]:
    figures = {}
    for name in ("vessel", "tumour"):
        tp, fp, fn = (sums[f"{name}.{key}"] for key in ("tp", "fp", "fn"))
        figures[f"{name}_pixel_iou"] = ratio(tp, tp + fp + fn)
        figures[f"{name}_pixel_dice"] = ratio(2 * tp, 2 * tp + fp + fn)
    figures["vessel_boundary_f1"] = boundary_f1(
        sums["boundary.found_near"],
        sums["boundary.found"],
        sums["boundary.true_near"],
        sums["boundary.true"],
    )
    return figures


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else math.nan
