from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pathoflow.cells import Nuclei
from pathoflow.errors import UsageError
from pathoflow.loopnet import model as models
from pathoflow.loopnet.calibrate import TemperatureCard
from pathoflow.loopnet.card import VesselCard, save_vessel_card
from pathoflow.loopnet.grid import GridSettings, arrange, cut_cells, lay_out
from pathoflow.loopnet.model import LoopNet, ModelSettings, ask
from pathoflow.loopnet.opinion import VesselClassifier, VesselView
from pathoflow.networks.weights import save_weights

Tiny = Callable[..., LoopNet]
HOT = TemperatureCard(4.0, "toys", 9, 4, 0.2, 0.1, ())
CARD = VesselCard(
    name="toy",
    version="1",
    title="Toy",
    model=ModelSettings(hidden=(8, 8)),
    grid=GridSettings(side=3, place_px=8),
    licence="MIT",
    training={},
    metrics={},
    limits=(),
    weights_sha256="",
    synthetic=True,
    calibration=HOT,
)


def view(n: int, seed: int = 0, n_outside: int = 2) -> VesselView:
    """A square lumen with ``n`` nuclei in it, and some beyond."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(60, 240, (60, 60, 3), np.uint8)
    inside = np.zeros((60, 60), bool)
    inside[10:50, 10:50] = True
    centres = np.vstack([rng.uniform(1, 9, (n_outside, 2)), rng.uniform(11, 48, (n, 2))])
    return VesselView(rgb, inside, 0.5, Nuclei(centres, *(np.ones(len(centres)) for _ in range(5))))


@pytest.fixture
def classifier(tiny: Tiny) -> VesselClassifier:
    return VesselClassifier(CARD, tiny())


def test_an_opinion_is_the_networks_answer_cooled(classifier: VesselClassifier) -> None:
    one = view(5)
    found = classifier.judge(one.rgb, one.inside, one.mpp, one.nuclei)
    centres = one.nuclei.centres_px[2:]
    places = arrange(centres, 3).ravel()
    at = np.flatnonzero(places >= 0)
    cells = cut_cells(one.rgb, one.inside, centres[places[at]], 8)
    odds, cancer = ask(classifier.model, lay_out(cells, at, 3)[None])
    assert found.odds == pytest.approx(odds[0] / 4)
    assert found.p_mvi == pytest.approx(1 / (1 + np.exp(-odds[0] / 4)))
    assert np.isnan(found.cell_probabilities[:2]).all()
    assert found.cell_probabilities[2 + places[at]] == pytest.approx(cancer[0, at])
    assert found.is_calibrated
    assert found.reason.startswith("Network toy looked at 5 cells, ")
    assert f"with a probability of {found.p_mvi:.2f}." in found.reason


def test_alone_or_among_many_it_is_the_same(classifier: VesselClassifier) -> None:
    views = [view(n, seed) for seed, n in enumerate((4, 0, 9, 1, 7))]
    many = classifier.judge_all(views, at_once=3)
    for one, among in zip(views, many, strict=True):
        alone = classifier.judge(one.rgb, one.inside, one.mpp, one.nuclei)
        if alone.p_mvi is None:
            assert among.p_mvi is None
            continue
        assert among.p_mvi == pytest.approx(alone.p_mvi, abs=1e-5)
        pairs = (among.cell_probabilities, alone.cell_probabilities)
        assert np.allclose(*pairs, atol=1e-5, equal_nan=True)


def test_a_lumen_without_nuclei_gets_no_number_but_a_reason(classifier: VesselClassifier) -> None:
    one = view(0)
    found = classifier.judge(one.rgb, one.inside, one.mpp, one.nuclei)
    assert found.p_mvi is None
    assert found.odds is None
    assert not found.is_calibrated
    assert "No nucleus lies in the lumen" in found.reason
    assert np.isnan(found.cell_probabilities).tolist() == [True, True]
    assert classifier.judge_all([]) == []


def test_nuclei_without_a_place_are_told_but_not_judged(classifier: VesselClassifier) -> None:
    one = view(14)
    found = classifier.judge(one.rgb, one.inside, one.mpp, one.nuclei)
    assert (~np.isnan(found.cell_probabilities)).sum() == 9
    assert "looked at 9 cells (of 14 in the lumen)" in found.reason


def test_without_a_temperature_it_is_a_score(tiny: Tiny) -> None:
    bare, one = VesselClassifier(replace(CARD, calibration=None), tiny()), view(5)
    found = bare.judge(one.rgb, one.inside, one.mpp, one.nuclei)
    assert not found.is_calibrated
    assert "with a score of" in found.reason


def test_too_coarse_pixels_are_refused(classifier: VesselClassifier) -> None:
    one = view(3)
    with pytest.raises(UsageError, match="Cells cannot be judged at 2 µm/px"):
        classifier.judge(one.rgb, one.inside, 2.0, one.nuclei)


def test_it_is_loaded_from_its_folder(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "build_loopnet", lambda model, grid: tiny(seed=99))
    save_vessel_card(replace(CARD, weights_sha256=save_weights(tiny(), tmp_path)), tmp_path)
    one = view(6)
    loaded = VesselClassifier.load(tmp_path).judge(one.rgb, one.inside, one.mpp, one.nuclei)
    own = VesselClassifier(CARD, tiny()).judge(one.rgb, one.inside, one.mpp, one.nuclei)
    # Weights lie there in half precision.
    assert loaded.p_mvi == pytest.approx(own.p_mvi, abs=2e-3)
