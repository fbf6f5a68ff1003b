from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from pathoflow.errors import UsageError
from pathoflow.loopnet.combine import FEATURES, Combination, VesselFeatures, fit_combination


def made_up(n: int = 300, seed: int = 1) -> tuple[list[VesselFeatures], list[bool]]:
    """Vessels whose every feature says a little about the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.4
    shift = np.where(truth, 1.0, -1.0)
    found = [
        VesselFeatures(
            p_vessel=float(expit(1 + 0.5 * s + rng.normal())),
            p_tumour_in_lumen=float(expit(s + rng.normal())),
            tumour_in_lumen_fraction=float(np.clip(0.3 + 0.2 * s + rng.normal(0, 0.2), 0, 1)),
            n_cells=int(max(0, round(8 + 6 * s + rng.normal(0, 6)))),
            n_doubts=int(rng.random() < 0.3 - 0.2 * s),
            wall_um=float(max(0, 4 + 2 * s + rng.normal(0, 2))),
            lining_per_100_um=float(max(0, 2 + s + rng.normal())),
            tumour_around=float(np.clip(0.4 - 0.2 * s + rng.normal(0, 0.2), 0, 1)),
            tumour_cell_share=float(np.clip(0.5 + 0.2 * s + rng.normal(0, 0.2), 0, 1)),
            classifier_odds=float(1.5 * s + rng.normal(0, 2)),
        )
        for s in shift
    ]
    return found, truth.tolist()


def by_hand(weights: dict[str, float]) -> Combination:
    full = {name: weights.get(name, 0.0) for name in FEATURES}
    return Combination(-1.0, full, dict.fromkeys(FEATURES, 0.0), "a set", 10)


TYPICAL = VesselFeatures(0.9, 0.5, 0.2, 7, 0, 4.0, 3.0, 0.25, 0.5, 2.0)


def test_the_number_is_a_sum_of_terms_written_out() -> None:
    mix = by_hand({"cells": 0.5, "classifier": 1.0, "doubts": 2.0, "vessel": 0.1})
    found = mix.judge(replace(TYPICAL, n_doubts=1))
    z = -1 + 0.5 * math.log2(8) + 1.0 * 2 - 2.0 * 1 + 0.1 * math.log(9)
    assert found.p_mvi == pytest.approx(1 / (1 + math.exp(-z)))
    assert sum(term.log_odds for term in found.terms) == pytest.approx(z)
    sizes = [abs(term.log_odds) for term in found.terms]
    assert sizes == sorted(sizes, reverse=True)


def test_every_term_is_a_sentence() -> None:
    mix = by_hand({"cells": 0.5, "classifier": 1.0})
    words = {term.name: term.sentence for term in mix.judge(TYPICAL).terms}
    assert words["cells"] == "7 tumour cells in the lumen: +1.50."
    assert words["classifier"] == "The classifier calls it MVI with a probability of 0.88: +2.00."
    assert words["usual"] == "A usual vessel: -1.00."
    assert words["share"] == "Tumour takes 20% of the lumen: +0.00."
    assert words["wall"] == "Its wall is 4.0 µm thick: +0.00."
    assert words["lining"] == "Endothelium lines it with 3.0 nuclei per 100 µm: +0.00."
    assert words["around"] == "Of what surrounds it, 25% is tumour: -0.00."
    assert words["purity"] == "Of its nuclei, 50% are tumour cells': +0.00."
    bare = replace(TYPICAL, n_cells=None, classifier_odds=None, n_doubts=2)
    words = {term.name: term.sentence for term in mix.judge(bare).terms}
    assert words["cells"] == "Cells were not counted: +0.00."
    assert words["classifier"] == "No calibrated classifier has looked at it: +0.00."
    assert words["doubts"].startswith("Doubtful by 2 of its flags")


def test_fitted_weights_are_those_of_a_logistic_regression() -> None:
    """Where none is negative by itself, Newton's method on the ridge's normal equations finds the same."""
    features, truth = made_up()
    found = fit_combination(features, truth, "made up")
    rows = np.array(
        [
            [
                logit(np.clip(f.p_vessel, 0.01, 0.99)),
                min(f.wall_um or 0, 10),
                min(f.lining_per_100_um or 0, 4),
                -f.tumour_around,
                logit(np.clip(f.p_tumour_in_lumen, 0.01, 0.99)),
                f.tumour_in_lumen_fraction,
                np.log2(1 + (f.n_cells or 0)),
                f.tumour_cell_share,
                -f.n_doubts,
                np.clip(f.classifier_odds or 0, -8, 8),
            ]
            for f in features
        ]
    )
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / spread])
    ridge, w = np.diag([0.0] + [1.0] * 10), np.zeros(11)
    for _ in range(30):
        p = expit(design @ w)
        slope = design.T @ (p - truth) + ridge @ w
        w -= np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + ridge, slope)
    assert (w[1:] > 0).all()
    weights = [found.weights[name] for name in FEATURES]
    assert weights == pytest.approx((w[1:] / spread).tolist(), rel=1e-3)
    assert found.usual_odds == pytest.approx(w[0], rel=1e-3)
    judged = [found.judge(one).p_mvi for one in features]
    assert judged == pytest.approx(expit(design @ w).tolist(), abs=1e-4)


def test_a_feature_that_speaks_the_wrong_way_gets_no_say() -> None:
    features, truth = made_up()
    turned = [replace(one, n_cells=40 - min(40, one.n_cells or 0)) for one in features]
    found = fit_combination(turned, truth, "turned")
    assert found.weights["cells"] == 0
    assert found.weights["classifier"] > 0


def test_more_of_anything_never_lowers_the_number() -> None:
    mix = fit_combination(*made_up(), "made up")
    steps = {
        "n_cells": [0, 1, 2, 5, 12, 51, 400],
        "p_vessel": [0.0, 0.2, 0.6, 1.0],
        "p_tumour_in_lumen": [0.0, 0.5, 1.0],
        "tumour_in_lumen_fraction": [0.0, 0.1, 1.0],
        "n_doubts": [4, 2, 1, 0],
        "wall_um": [0.0, 2.0, 10.0, 90.0],
        "lining_per_100_um": [0.0, 1.0, 4.0, 9.0],
        "tumour_around": [1.0, 0.3, 0.0],
        "tumour_cell_share": [0.0, 0.4, 1.0],
        "classifier_odds": [-30.0, -1.0, 0.0, 6.0, 30.0],
    }
    for name, values in steps.items():
        p = [mix.judge(replace(TYPICAL, **{name: value})).p_mvi for value in values]
        assert (np.diff(p) >= 0).all(), name


def test_what_was_not_measured_adds_nothing() -> None:
    mix = fit_combination(*made_up(), "made up")
    usual_cells = 2 ** mix.usual["cells"] - 1
    lower = mix.judge(replace(TYPICAL, n_cells=math.floor(usual_cells))).p_mvi
    upper = mix.judge(replace(TYPICAL, n_cells=math.ceil(usual_cells))).p_mvi
    assert lower < mix.judge(replace(TYPICAL, n_cells=None)).p_mvi < upper


def test_it_is_a_probability_where_it_was_fitted_on_vessels_set_aside() -> None:
    mix = fit_combination(*made_up(), "made up")
    assert mix.judge(TYPICAL).is_calibrated
    # Those that the classifier has not looked at were among them.
    assert mix.judge(replace(TYPICAL, classifier_odds=None)).is_calibrated
    assert not fit_combination(*made_up(), "").judge(TYPICAL).is_calibrated


def test_weights_can_be_found_where_some_or_all_lack_a_feature() -> None:
    features, truth = made_up()
    none = fit_combination([replace(f, classifier_odds=None) for f in features], truth, "none")
    assert none.weights["classifier"] == 0
    assert none.weights["cells"] > 0
    some = [replace(f, n_cells=None) if i % 3 == 0 else f for i, f in enumerate(features)]
    mix = fit_combination(some, truth, "some")
    kept = [math.log2(1 + (f.n_cells or 0)) for i, f in enumerate(features) if i % 3]
    assert mix.usual["cells"] == pytest.approx(np.mean(kept))


def test_one_kind_of_vessel_is_refused() -> None:
    with pytest.raises(UsageError, match="2 of 2 vessels are MVI"):
        fit_combination([TYPICAL, TYPICAL], [True, True], "")
    with pytest.raises(UsageError, match="1 vessels cannot be paired with 2 truths"):
        fit_combination([TYPICAL], [True, False], "")
