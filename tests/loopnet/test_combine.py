from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from pathoflow.errors import UsageError
from pathoflow.loopnet.combine import (
    CONTENT_FEATURES,
    VESSEL_FEATURES,
    Combination,
    Factor,
    KnownVessel,
    VesselFeatures,
    fit_combination,
)


def made_up(n: int = 400, seed: int = 1) -> list[KnownVessel]:
    """Outlines whose every feature says a little about the truth."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        is_vessel, is_full = bool(rng.random() < 0.7), bool(rng.random() < 0.4)
        v, c = (1.0 if is_vessel else -1.0), (1.0 if is_full else -1.0)
        features = VesselFeatures(
            p_vessel=float(expit(1 + 0.5 * v + rng.normal())),
            p_tumour_in_lumen=float(expit(c + rng.normal())),
            tumour_in_lumen_fraction=float(np.clip(0.3 + 0.2 * c + rng.normal(0, 0.2), 0, 1)),
            n_cells=int(max(0, round(8 + 6 * c + rng.normal(0, 6)))),
            n_doubts=int(rng.random() < 0.3 - 0.2 * c),
            wall_um=float(max(0, 4 + 2 * v + rng.normal(0, 2))),
            lining_per_100_um=float(max(0, 2 + v + rng.normal())),
            tumour_around=float(np.clip(0.4 - 0.2 * v + rng.normal(0, 0.2), 0, 1)),
            tumour_cell_share=float(np.clip(0.5 + 0.2 * c + rng.normal(0, 0.2), 0, 1)),
            classifier_odds=float(1.5 * c + rng.normal(0, 2)),
        )
        found.append(KnownVessel(features, is_vessel, is_vessel and is_full))
    return found


def by_hand(set_name: str = "a set", **weights: float) -> Combination:
    def factor(odds: float, names: tuple[str, ...]) -> Factor:
        full = {name: weights.get(name, 0.0) for name in names}
        return Factor(odds, full, dict.fromkeys(names, 0.0), 10)

    return Combination(factor(1.0, VESSEL_FEATURES), factor(-1.0, CONTENT_FEATURES), set_name)


TYPICAL = VesselFeatures(0.9, 0.5, 0.2, 7, 0, 4.0, 3.0, 0.25, 0.5, 2.0)


def test_the_number_is_the_product_of_two_sums_written_out() -> None:
    mix = by_hand(cells=0.5, classifier=1.0, doubts=2.0, vessel=0.1, lining=0.2, around=4.0)
    found = mix.judge(replace(TYPICAL, n_doubts=1))
    vessel = 1 + 0.1 * math.log(9) + 0.2 * 3 - 4 * 0.25
    content = -1 + 0.5 * math.log2(8) + 1.0 * 2 - 2.0 * 1
    assert found.p_vessel == pytest.approx(1 / (1 + math.exp(-vessel)))
    assert found.p_content == pytest.approx(1 / (1 + math.exp(-content)))
    assert found.p_mvi == pytest.approx(found.p_vessel * found.p_content)
    for terms, total in ((found.vessel_terms, vessel), (found.content_terms, content)):
        assert sum(term.log_odds for term in terms) == pytest.approx(total)
        sizes = [abs(term.log_odds) for term in terms]
        assert sizes == sorted(sizes, reverse=True)


def test_every_term_is_a_sentence() -> None:
    found = by_hand(cells=0.5, classifier=1.0).judge(TYPICAL)
    words = {t.name: t.sentence for t in (*found.vessel_terms, *found.content_terms)}
    assert words["cells"] == "7 tumour cells in the lumen: +1.50."
    assert words["classifier"] == "The classifier calls it MVI with a probability of 0.88: +2.00."
    assert words["share"] == "Tumour takes 20% of the lumen: +0.00."
    assert words["wall"] == "Its wall is 4.0 µm thick: +0.00."
    assert words["lining"] == "Endothelium lines it with 3.0 nuclei per 100 µm: +0.00."
    assert words["around"] == "Of what surrounds it, 25% is tumour: -0.00."
    assert words["purity"] == "Of its nuclei, 50% are tumour cells': +0.00."
    assert found.sentences[0] == "It is a vessel with a probability of 0.73."
    assert "If it is one, it holds carcinoma with a probability of 0.92." in found.sentences
    bare = replace(TYPICAL, n_cells=None, classifier_odds=None, n_doubts=2, lining_per_100_um=None)
    found = by_hand().judge(bare)
    words = {t.name: t.sentence for t in (*found.vessel_terms, *found.content_terms)}
    assert words["cells"] == "Cells were not counted: +0.00."
    assert words["classifier"] == "No calibrated classifier has looked at it: +0.00."
    assert words["lining"] == "Endothelium was not looked for: +0.00."
    assert words["doubts"].startswith("Doubtful by 2 of its flags")


def newton(rows: np.ndarray, truth: np.ndarray) -> tuple[float, np.ndarray]:
    """Ridge logistic regression by Newton's method on its normal equations: intercept, weights."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / spread])
    k = rows.shape[1]
    ridge, w = np.diag([0.0] + [1.0] * k), np.zeros(k + 1)
    for _ in range(30):
        p = expit(design @ w)
        slope = design.T @ (p - truth) + ridge @ w
        w -= np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + ridge, slope)
    return float(w[0]), w[1:] / spread


def test_fitted_weights_are_those_of_two_logistic_regressions() -> None:
    """Where none is negative by itself."""
    known = made_up()
    found = fit_combination(known, "made up")
    vessel_rows = np.array(
        [
            [
                logit(np.clip(f.p_vessel, 0.01, 0.99)),
                min(f.wall_um or 0, 10),
                min(f.lining_per_100_um or 0, 4),
                -f.tumour_around,
            ]
            for f in (one.features for one in known)
        ]
    )
    odds, weights = newton(vessel_rows, np.array([one.is_vessel for one in known]))
    assert (weights > 0).all()
    assert [found.vessel.weights[n] for n in VESSEL_FEATURES] == pytest.approx(weights, rel=1e-3)
    assert found.vessel.usual_odds == pytest.approx(odds, rel=1e-3)
    vessels = [one for one in known if one.is_vessel]
    content_rows = np.array(
        [
            [
                logit(np.clip(f.p_tumour_in_lumen, 0.01, 0.99)),
                f.tumour_in_lumen_fraction,
                np.log2(1 + (f.n_cells or 0)),
                f.tumour_cell_share,
                -f.n_doubts,
                np.clip(f.classifier_odds or 0, -8, 8),
            ]
            for f in (one.features for one in vessels)
        ]
    )
    odds, weights = newton(content_rows, np.array([one.is_mvi for one in vessels]))
    assert (weights > 0).all()
    assert [found.content.weights[n] for n in CONTENT_FEATURES] == pytest.approx(weights, rel=1e-3)
    assert found.content.usual_odds == pytest.approx(odds, rel=1e-3)
    assert (found.vessel.n, found.content.n) == (len(known), len(vessels))


def test_either_question_can_veto() -> None:
    mix = fit_combination(made_up(), "made up")
    gap = replace(
        TYPICAL, p_vessel=0.1, wall_um=0.0, lining_per_100_um=0.0, tumour_around=1.0, n_cells=400
    )
    assert mix.judge(gap).p_mvi < 0.1
    empty = replace(TYPICAL, p_tumour_in_lumen=0.0, n_cells=0, classifier_odds=-8.0)
    assert mix.judge(empty).p_mvi < 0.1


def test_a_feature_that_speaks_the_wrong_way_gets_no_say() -> None:
    turned = [
        replace(
            one,
            features=replace(one.features, n_cells=40 - min(40, one.features.n_cells or 0)),
        )
        for one in made_up()
    ]
    found = fit_combination(turned, "turned")
    assert found.content.weights["cells"] == 0
    assert found.content.weights["classifier"] > 0


def test_more_of_anything_never_lowers_the_number() -> None:
    mix = fit_combination(made_up(), "made up")
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
    mix = fit_combination(made_up(), "made up")
    usual_cells = 2 ** mix.content.usual["cells"] - 1
    lower = mix.judge(replace(TYPICAL, n_cells=math.floor(usual_cells))).p_mvi
    upper = mix.judge(replace(TYPICAL, n_cells=math.ceil(usual_cells))).p_mvi
    assert lower < mix.judge(replace(TYPICAL, n_cells=None)).p_mvi < upper


def test_it_is_a_probability_where_it_was_fitted_on_vessels_set_aside() -> None:
    assert by_hand().judge(TYPICAL).is_calibrated
    # Those that the classifier has not looked at were among them.
    assert by_hand().judge(replace(TYPICAL, classifier_odds=None)).is_calibrated
    assert not by_hand("").judge(TYPICAL).is_calibrated


def test_weights_can_be_found_where_some_or_all_lack_a_feature() -> None:
    known = made_up()

    def without(one: KnownVessel, **features: None) -> KnownVessel:
        return replace(one, features=replace(one.features, **features))

    none = fit_combination([without(one, classifier_odds=None) for one in known], "none")
    assert none.content.weights["classifier"] == 0
    assert none.content.weights["cells"] > 0
    some = [without(one, n_cells=None) if i % 3 == 0 else one for i, one in enumerate(known)]
    mix = fit_combination(some, "some")
    counts = [one.features.n_cells for one in some if one.is_vessel]
    kept = [math.log2(1 + n) for n in counts if n is not None]
    assert mix.content.usual["cells"] == pytest.approx(np.mean(kept))


def test_one_kind_of_outline_is_refused() -> None:
    yes = KnownVessel(TYPICAL, True, True)
    with pytest.raises(UsageError, match="2 of 2 outlines are vessels"):
        fit_combination([yes, yes], "")
    with pytest.raises(UsageError, match="1 of 1 vessels are MVI"):
        fit_combination([yes, KnownVessel(TYPICAL, False, False)], "")
