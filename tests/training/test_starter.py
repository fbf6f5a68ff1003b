from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pathoflow.data import PatchSet
from pathoflow.errors import UsageError
from pathoflow.networks import Network, build_module, load_card, load_network
from pathoflow.training import Places, StarterSettings, starter, train_starter
from pathoflow.training.settings import Schedule
from pathoflow.training.starter import evaluate, pixel_weights, segmentation_loss, tissue_features

Make = Callable[..., StarterSettings]


def tiny_bank(n: int, seed: int) -> PatchSet:
    """Dark tissue with a white square, which is the vessel."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(60, 120, (n, 64, 64, 3), np.uint8)
    # Patches differ, in brightness and in colour, as those of different slides do.
    pixels += rng.integers(0, 80, (n, 1, 1, 3), np.uint8)
    vessel = np.zeros((n, 64, 64), bool)
    vessel[:, 20:40, 10:30] = True
    pixels[vessel] = 250
    return PatchSet(
        pixels,
        vessel[:, None],
        np.ones_like(vessel),
        ("vessel",),
        2.0,
        tuple(f"slide {i}" for i in range(n)),
    )


@pytest.fixture
def places(tmp_path: Path, make_settings: Make) -> Places:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        encoder = build_module(make_settings().architecture, 1).encoder
    arrays = {k: v.numpy().astype(np.float16) for k, v in encoder.state_dict().items()}  # type: ignore[operator, union-attr]
    np.savez(tmp_path / "encoder.npz", **arrays)
    return Places(tmp_path / "encoder.npz", tmp_path / "cache", tmp_path / "network")


@pytest.fixture
def settings(
    make_settings: Make, places: Places, monkeypatch: pytest.MonkeyPatch
) -> StarterSettings:
    """Settings that name the right encoder, with a tiny bank in place of painted slides."""
    monkeypatch.setattr(
        starter, "paint_bank", lambda data, seeds, *_: tiny_bank(len(seeds) * 3, seeds[0])
    )
    sha = hashlib.sha256(places.encoder_weights.read_bytes()).hexdigest()
    return make_settings(encoder_sha256=sha)


def test_a_short_training_leaves_a_network_that_loads_and_answers(
    settings: StarterSettings, places: Places
) -> None:
    told: list[str] = []
    before = torch.random.get_rng_state()
    card = train_starter(settings, places, told.append)
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's draws are touched"
    assert load_card(places.to) == card
    assert card.classes == ("vessel",)
    assert card.synthetic
    assert card.training["painted"]["train_seeds"] == [1, 2]
    assert card.metrics["step"] == 3
    assert len([line for line in told if "held-out" in line]) == 2
    network = load_network(places.to, "cpu")
    shown = tiny_bank(1, 9).pixels
    assert network.predict(shown).shape == (1, 1, 64, 64)
    # The statistics are those of the stored network's own features.
    assert network.domain is not None
    assert network.domain.patch_px == 64
    known = tissue_features(network, tiny_bank(6, 1).pixels)
    np.testing.assert_allclose(network.domain.mean, known.mean(0), rtol=0.02, atol=0.02)
    unseen = tissue_features(network, tiny_bank(3, 3).pixels)
    farthest = max(network.domain.distance(one) for one in unseen)
    assert 0 < farthest < network.domain.limit


def test_the_same_settings_give_the_same_bytes(settings: StarterSettings, places: Places) -> None:
    cards = [
        train_starter(settings, replace(places, to=places.to / name), lambda _: None)
        for name in ("first", "second")
    ]
    assert cards[0] == cards[1]
    other = replace(settings, schedule=replace(settings.schedule, seed=1))
    assert train_starter(other, places, lambda _: None).weights_sha256 != cards[0].weights_sha256


def test_training_lowers_the_loss_and_finds_the_square(
    settings: StarterSettings, places: Places
) -> None:
    # The square fills a tenth of a patch: calling everything a vessel gives 0.1.
    longer = replace(
        settings, schedule=Schedule(25, 4, 32, learning_rate=1e-2, ema=0.5, validate_every=25)
    )
    assert train_starter(longer, places, lambda _: None).metrics["iou"] > 0.5


def test_encoder_weights_must_be_there(settings: StarterSettings, places: Places) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        train_starter(settings, replace(places, encoder_weights=places.to), lambda _: None)


def test_encoder_weights_must_be_those_of_the_config(
    settings: StarterSettings, places: Places
) -> None:
    with pytest.raises(UsageError, match="the config asks for abc"):
        train_starter(replace(settings, encoder_sha256="abc"), places, lambda _: None)
    assert not places.to.exists()


@pytest.mark.parametrize("damage", ["missing", "shape"])
def test_encoder_weights_must_fit_the_encoder(
    settings: StarterSettings, places: Places, damage: str
) -> None:
    with np.load(places.encoder_weights) as stored:
        arrays = dict(stored)
    name = next(iter(arrays))
    del arrays[name]
    if damage == "shape":
        arrays[name] = np.zeros(3, np.float16)
    np.savez(places.encoder_weights, **arrays)
    sha = hashlib.sha256(places.encoder_weights.read_bytes()).hexdigest()
    with pytest.raises(UsageError, match="lack 1 tensors, first 'features"):
        train_starter(replace(settings, encoder_sha256=sha), places, lambda _: None)


def test_a_bank_without_tissue_is_refused(
    settings: StarterSettings, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = tiny_bank(4, 0)
    white = replace(bank, pixels=np.full_like(bank.pixels, 240))
    monkeypatch.setattr(starter, "paint_bank", lambda *_: white)
    with pytest.raises(UsageError, match="0 and 0 are mostly tissue"):
        train_starter(settings, places, lambda _: None)
    assert not places.to.exists()


def test_the_loss_is_weighted_cross_entropy_plus_soft_dice() -> None:
    logits = torch.tensor([[[[2.0, -1.0, 0.3], [0.0, 0.5, -2.0]]]])
    truth = torch.tensor([[[[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]])
    weight = torch.tensor([[[[1.0, 2.0, 0.0], [4.0, 1.0, 0.0]]]])
    # The last column weighs nothing, so four pixels remain.
    p = [1 / (1 + math.exp(-z)) for z in (2.0, -1.0, 0.0, 0.5)]
    t, w = [1.0, 0.0, 1.0, 0.0], [1.0, 2.0, 4.0, 1.0]
    pairs = list(zip(p, t, strict=True))
    costs = [-(b * math.log(a) + (1 - b) * math.log(1 - a)) for a, b in pairs]
    cross = sum(c * weight for c, weight in zip(costs, w, strict=True)) / sum(w)
    dice = 1 - (2 * sum(a * b for a, b in pairs) + 1) / (sum(p) + sum(t) + 1)
    found = float(segmentation_loss(logits, truth, weight))
    assert found == pytest.approx(cross + dice, rel=1e-5)


def test_a_sure_and_right_answer_costs_nothing_and_a_wrong_one_much() -> None:
    truth = (torch.arange(64).reshape(1, 1, 8, 8) % 3 == 0).float()
    right, weight = (truth * 2 - 1) * 30, torch.ones(1, 1, 8, 8)
    assert float(segmentation_loss(right, truth, weight)) < 1e-4
    assert float(segmentation_loss(-right, truth, weight)) > 10


def test_pictures_without_vessels_or_without_tissue_cost_what_they_should() -> None:
    nothing, weight = torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    assert float(segmentation_loss(nothing - 30, nothing, weight)) < 1e-4
    assert float(segmentation_loss(nothing + 30, nothing, weight)) > 10
    # On glass alone every answer is as good as any other.
    assert float(segmentation_loss(nothing + 30, nothing, nothing)) == pytest.approx(0, abs=1e-6)


def test_small_objects_weigh_more_and_glass_nothing() -> None:
    truth = np.zeros((1, 100, 120), bool)
    # 50 x 60 = 3,000 px; 20 x 25 = 500 px, the root of 4; 4 x 5 = 20 px, the root of 100 but at most 4.
    truth[0, 5:55, 5:65] = truth[0, 60:80, 5:30] = truth[0, 90:94, 50:55] = True
    tissue = np.ones_like(truth)
    tissue[:, :, 100:] = False
    weights = pixel_weights(truth, tissue)
    assert np.unique(weights[0, 5:55, 5:65]).tolist() == [1]
    assert np.unique(weights[0, 60:80, 5:30]).tolist() == [2]
    assert np.unique(weights[0, 90:94, 50:55]).tolist() == [4]
    assert np.unique(weights[~truth & tissue]).tolist() == [1]
    assert np.unique(weights[~tissue]).tolist() == [0]


def test_each_picture_is_weighed_by_itself() -> None:
    truth = np.zeros((2, 60, 60), bool)
    truth[0, :50, :50], truth[1, :10, :20] = True, True
    weights = pixel_weights(truth, np.ones_like(truth))
    # 2,500 px weigh 1; 200 px the root of 10, rounded.
    assert weights[0].max() == 1
    assert weights[1, :10, :20].min() == weights[1].max() == 3


def test_evaluation_counts_pixels_of_all_patches_together(settings: StarterSettings) -> None:
    class LeftHalf(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            answer = torch.full((len(x), 1, *x.shape[2:]), -9.0)
            answer[..., :20] = 9.0
            return answer

    bank = tiny_bank(10, 0)
    # Of 64 x 20 pixels said and 20 x 20 true, 20 x 10 are both.
    both, said, true = 200, 1280, 400
    found = evaluate(LeftHalf(), bank, settings)
    assert found["iou"] == pytest.approx(both / (said + true - both), abs=1e-4)
    assert found["dice"] == pytest.approx(2 * both / (said + true), abs=1e-4)
    # What is said on glass does not count: a run leaves it out by the tissue mask.
    glass = bank.known.copy()
    glass[:, :20] = False
    found = evaluate(LeftHalf(), replace(bank, known=glass), settings)
    assert found["iou"] == pytest.approx(200 / (44 * 20 + 400 - 200), abs=1e-4)


def test_the_average_of_weights_follows_at_the_given_pace() -> None:
    slow, fast = torch.nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2)
    with torch.no_grad():
        slow.weight.fill_(1.0)
        fast.weight.fill_(3.0)
        fast.running_mean.fill_(10.0)  # type: ignore[union-attr]
        fast.num_batches_tracked.fill_(7)  # type: ignore[union-attr]
    starter._average(slow, fast, 0.9)
    assert slow.weight.tolist() == pytest.approx([0.9 * 1 + 0.1 * 3] * 2)
    assert slow.running_mean.tolist() == pytest.approx([1.0, 1.0])  # type: ignore[union-attr]
    assert int(slow.num_batches_tracked) == 7  # type: ignore[arg-type]


def test_only_patches_that_are_mostly_tissue_count(settings: StarterSettings) -> None:
    class Colours(torch.nn.Module):
        def encoder(self, x: torch.Tensor) -> list[torch.Tensor]:
            return [x]

    pixels = np.full((3, 10, 10, 3), 255, np.uint8)
    pixels[1] = 100
    pixels[2, :, :7] = 100
    card = starter._draft(settings)
    found = tissue_features(Network(card, Colours(), torch.device("cpu")), pixels)
    # The third is tissue by 70 %, not by more.
    np.testing.assert_allclose(found, [[(100 / 255 - 0.5) / 0.5] * 3], rtol=1e-5)
