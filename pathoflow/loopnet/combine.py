"""One number from all that is known of a vessel: two questions, each a sum of log-odds whose terms can be said in words.

    p_mvi = p(it is a vessel) x p(it holds carcinoma, if it is one)

    log-odds of each = usual + sum over k of w_k (f_k - usual f_k),    w_k >= 0

A nest of tumour in a gap of its own is full of carcinoma and no vessel; a vein full of leucocytes is a vessel and holds none.
In one sum the first would be paid for by the second, so either question can veto. Every feature is written so that more of it
speaks for its answer, and no weight is negative: more tumour cells, a surer vessel, a surer classifier never lower the number.
What was not measured (cells that could not be counted, no classifier) adds nothing. Weights minimise the cross entropy with a
ridge of 1 on standardised features, as logistic regression is usually fitted; they are numbers in a card.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from pathoflow.errors import UsageError

#: The features, in the order of their columns.
VESSEL_FEATURES = ("vessel", "wall", "lining", "around")
CONTENT_FEATURES = ("lumen", "share", "cells", "purity", "doubts", "classifier")
FEATURES = (*VESSEL_FEATURES, *CONTENT_FEATURES)
# Scores are not believed beyond this, and the classifier's odds not beyond e to this.
_SUREST, _FURTHEST = 0.99, 8.0
# A thicker wall makes nothing more of a vessel.
_THICK_WALL_UM = 10.0
# More endothelial nuclei per 100 µm say no more.
_FULL_LINING = 4.0


@dataclass(frozen=True, slots=True)
class VesselFeatures:
    """What was measured in one vessel, as plain numbers."""

    #: Scores that the outline is a vessel, and that what it holds is carcinoma; share of the lumen that tumour takes.
    p_vessel: float
    p_tumour_in_lumen: float
    tumour_in_lumen_fraction: float
    #: None where cells could not be counted.
    n_cells: int | None = None
    #: How many flags make what was seen doubtful.
    n_doubts: int = 0
    #: Median thickness of the wall, µm; None where it was not measured. Nests of tumour have none.
    wall_um: float | None = None
    #: Endothelial nuclei along the outline, per 100 µm of it; None where they were not told from others. What makes a gap
    #: a vessel is that endothelium lines it.
    lining_per_100_um: float | None = None
    #: Share of what surrounds the outline that is tumour: a gap in the tumour lies in it, a vessel beside it.
    tumour_around: float = 0.0
    #: Share of the nuclei in the lumen that are tumour cells'; None where there are none, or were not counted.
    tumour_cell_share: float | None = None
    #: Calibrated log-odds of the classifier; None where there is none, or none that is calibrated.
    classifier_odds: float | None = None

    def row(self) -> NDArray[np.float64]:
        """The features by number, NaN where they were not measured: shape ``(10,)``."""
        cells = math.nan if self.n_cells is None else math.log2(1 + self.n_cells)
        wall = math.nan if self.wall_um is None else min(self.wall_um, _THICK_WALL_UM)
        return np.array(
            [
                _log_odds(self.p_vessel),
                wall,
                min(_or_nan(self.lining_per_100_um), _FULL_LINING),
                -self.tumour_around,
                _log_odds(self.p_tumour_in_lumen),
                self.tumour_in_lumen_fraction,
                cells,
                _or_nan(self.tumour_cell_share),
                -float(self.n_doubts),
                float(np.clip(_or_nan(self.classifier_odds), -_FURTHEST, _FURTHEST)),
            ]
        )


@dataclass(frozen=True, slots=True)
class Term:
    """What one feature adds to the log-odds, and the same as a sentence."""

    name: str
    log_odds: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Combined:
    """The number and where it comes from."""

    p_vessel: float
    p_content: float
    #: False makes it a score: the weights were not found on vessels set aside.
    is_calibrated: bool
    #: Of the first question and of the second, each with the strongest first.
    vessel_terms: tuple[Term, ...]
    content_terms: tuple[Term, ...]

    @property
    def p_mvi(self) -> float:
        """The product."""
        return self.p_vessel * self.p_content

    @property
    def sentences(self) -> list[str]:
        """Both answers, each with its terms."""
        return [
            f"It is a vessel with a probability of {self.p_vessel:.2f}.",
            *(term.sentence for term in self.vessel_terms),
            f"If it is one, it holds carcinoma with a probability of {self.p_content:.2f}.",
            *(term.sentence for term in self.content_terms),
        ]


@dataclass(frozen=True, slots=True)
class Factor:
    """Weights of one question by feature, as a card keeps them."""

    #: Log-odds where every feature is usual.
    usual_odds: float
    #: Per unit of each feature, never negative; and the feature's mean over what it was fitted on.
    weights: dict[str, float]
    usual: dict[str, float]
    n: int

    def judge(self, row: dict[str, float], words: dict[str, str]) -> tuple[float, tuple[Term, ...]]:
        """The probability for features by name, and its terms, the strongest first."""
        terms = [Term("usual", self.usual_odds, f"Usually: {self.usual_odds:+.2f}.")]
        for name, weight in self.weights.items():
            share = weight * (row[name] - self.usual[name])
            added = 0.0 if math.isnan(share) else float(share)
            terms.append(Term(name, added, f"{words[name]}: {added:+.2f}."))
        total = sum(term.log_odds for term in terms)
        terms.sort(key=lambda term: -abs(term.log_odds))
        return float(expit(total)), tuple(terms)


@dataclass(frozen=True, slots=True)
class Combination:
    """Both questions."""

    vessel: Factor
    content: Factor
    #: The vessels it was fitted on, in words; empty where nobody set any aside.
    set_name: str

    def judge(self, features: VesselFeatures) -> Combined:
        """The number of one vessel."""
        row = dict(zip(FEATURES, features.row().tolist(), strict=True))
        words = dict(zip(FEATURES, _in_words(features), strict=True))
        p_vessel, vessel_terms = self.vessel.judge(row, words)
        p_content, content_terms = self.content.judge(row, words)
        return Combined(p_vessel, p_content, bool(self.set_name), vessel_terms, content_terms)


@dataclass(frozen=True, slots=True)
class KnownVessel:
    """An outline with what was measured in it, and what is true of it."""

    features: VesselFeatures
    is_vessel: bool
    is_mvi: bool


def fit_combination(known: Sequence[KnownVessel], set_name: str, ridge: float = 1.0) -> Combination:
    """Find the weights: of the first question on all outlines, of the second on those that are vessels.

    Raises
    ------
    UsageError
        All outlines are vessels, or none is; or all of those that are hold carcinoma, or none does.
    """
    vessels = [one for one in known if one.is_vessel]
    vessel = _fit_factor(
        known, [one.is_vessel for one in known], VESSEL_FEATURES, "outlines are vessels", ridge
    )
    content = _fit_factor(
        vessels, [one.is_mvi for one in vessels], CONTENT_FEATURES, "vessels are MVI", ridge
    )
    return Combination(vessel, content, set_name)


def _fit_factor(
    known: Sequence[KnownVessel],
    answers: Sequence[bool],
    names: tuple[str, ...],
    what: str,
    ridge: float,
) -> Factor:
    truth = np.asarray(answers, bool)
    if not truth.any() or truth.all():
        raise UsageError(
            f"{int(truth.sum())} of {len(truth)} {what}; both kinds are needed to weigh features."
        )
    columns = [FEATURES.index(name) for name in names]
    rows = np.stack([one.features.row() for one in known])[:, columns]
    seen = ~np.isnan(rows)
    filled = np.where(seen, rows, 0)
    usual = filled.sum(axis=0) / seen.sum(axis=0).clip(1)
    centred = np.where(seen, rows - usual, 0)
    spread = np.sqrt((centred**2).mean(axis=0))
    standard = centred / np.where(spread > 0, spread, 1)
    odds, weights = _fit(standard, truth, ridge)
    weights = np.where(spread > 0, weights / np.where(spread > 0, spread, 1), 0)
    return Factor(
        odds,
        dict(zip(names, weights.tolist(), strict=True)),
        dict(zip(names, usual.tolist(), strict=True)),
        len(truth),
    )


def _fit(
    rows: NDArray[np.float64], truth: NDArray[np.bool_], ridge: float
) -> tuple[float, NDArray[np.float64]]:
    """Intercept, and weights that are not negative; convex, so where the search begins is no matter."""
    design = np.column_stack([np.ones(len(rows)), rows])
    penalty = np.r_[0.0, np.full(rows.shape[1], ridge)]

    def cost(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = design @ w
        value = np.logaddexp(0, z).sum() - z[truth].sum() + (penalty * w**2).sum() / 2
        return float(value), design.T @ (expit(z) - truth) + penalty * w

    free: tuple[float | None, float | None] = (None, None)
    found = minimize(
        cost,
        np.zeros(design.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[free, *[(0.0, None)] * rows.shape[1]],
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )
    return float(found.x[0]), np.asarray(found.x[1:], np.float64)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _log_odds(p: float) -> float:
    """Log-odds of a score, which is not believed to be surer than 0.99."""
    kept = min(max(p, 1 - _SUREST), _SUREST)
    return math.log(kept / (1 - kept))


def _in_words(features: VesselFeatures) -> tuple[str, ...]:
    """Every feature as the beginning of a sentence."""
    n, doubts, odds = features.n_cells, features.n_doubts, features.classifier_odds
    wall, pure, lining = features.wall_um, features.tumour_cell_share, features.lining_per_100_um
    cells = "Cells were not counted"
    if n is not None:
        cells = f"{n} tumour cell{'' if n == 1 else 's'} in the lumen"
    return (
        f"The outline is a vessel with a score of {features.p_vessel:.2f}",
        "Its wall was not measured" if wall is None else f"Its wall is {wall:.1f} µm thick",
        "Endothelium was not looked for"
        if lining is None
        else f"Endothelium lines it with {lining:.1f} nuclei per 100 µm",
        f"Of what surrounds it, {features.tumour_around:.0%} is tumour",
        f"What it holds looks like carcinoma with a score of {features.p_tumour_in_lumen:.2f}",
        f"Tumour takes {features.tumour_in_lumen_fraction:.0%} of the lumen",
        cells,
        "No nuclei were counted in it"
        if pure is None
        else f"Of its nuclei, {pure:.0%} are tumour cells'",
        "No flag makes this doubtful" if not doubts else f"Doubtful by {doubts} of its flags",
        "No calibrated classifier has looked at it"
        if odds is None
        else f"The classifier calls it MVI with a probability of {expit(odds):.2f}",
    )
