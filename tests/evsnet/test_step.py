"""The order of moves, and what each term may and may not touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.evsnet.settings import (
    EVSNET,
    FEW_LABELS,
    RELEASED,
    CriticSettings,
    EvsSettings,
    TeacherSettings,
)
from pathoflow.evsnet.step import BACKGROUND, FOREGROUND, EvsNet
from pathoflow.networks.card import Normalisation
from pathoflow.training.checkpoint import NAME
from pathoflow.training.feed import Feed
from pathoflow.training.journal import read_journal
from pathoflow.training.loop import Judge, Progress, Run, fit
from pathoflow.training.methods import Setup
from pathoflow.training.step import NETWORK

#: Of 20 steps 10 are warm-up, and terms rise over 4.
PLAN = {"warm_share": 0.5, "ramp_share": 0.2}
Train = Callable[..., EvsNet]


@pytest.fixture
def train(
    feed: Feed,
    setup: Setup,
    tiny: Callable[[], nn.Module],
    patches: Callable[..., PatchSet],
    tmp_path: Path,
) -> Train:
    def run(settings: EvsSettings, folder: str = "run", stop: int = 0, feed: Feed = feed) -> EvsNet:
        def on_step(progress: Progress) -> None:
            if progress.step == stop:
                raise KeyboardInterrupt

        method = EvsNet(tiny(), setup, replace(settings, **PLAN))
        judge = Judge(patches(2, 9), Normalisation())
        fit(method, feed, judge, setup.schedule, Run(tmp_path / folder, on_step=on_step))
        return method

    return run


def terms(tmp_path: Path, folder: str = "run") -> list[set[str]]:
    """Names of the terms of every step."""
    return [set(e) - {"step"} for e in read_journal(tmp_path / folder, "loss")]


def test_labels_come_alone_then_critics_look_and_then_they_are_listened_to(
    train: Train, tmp_path: Path
) -> None:
    train(EVSNET)
    found = terms(tmp_path)
    assert found[:10] == [{"segmentation"}] * 10
    looking = {"segmentation", "self-supervision", "area", FOREGROUND, BACKGROUND}
    assert found[10] == looking
    assert found[11:] == [looking | {"critics"}] * 9


def test_terms_rise_to_their_weights(train: Train, tmp_path: Path) -> None:
    """The same run with a weight ten times as large has a first term ten times as large."""
    # After ten steps nobody is sure of anything: every pixel shall count.
    teacher = TeacherSettings("frozen", confident=0.5, low=0.5, high=0.5)
    for folder, weight in (("one", 0.5), ("ten", 5.0)):
        train(EvsSettings(teacher=replace(teacher, confident=weight)), folder)
    one, ten = (read_journal(tmp_path / name, "loss")[10] for name in ("one", "ten"))
    assert ten["pseudo-labels"] == pytest.approx(10 * one["pseudo-labels"], rel=1e-4)
    assert one["pseudo-labels"] > 0


@pytest.mark.parametrize("which", [FOREGROUND, BACKGROUND])
def test_one_critic_can_stand_alone(train: Train, which: str) -> None:
    method = train(EvsSettings(critics=CriticSettings(which=which)))  # type: ignore[arg-type]
    assert set(method.players) == {NETWORK, which}


def test_terms_of_no_weight_are_not_computed(train: Train, tmp_path: Path) -> None:
    method = train(EvsSettings())
    assert set(method.players) == {NETWORK}
    assert terms(tmp_path)[-1] == {"segmentation"}


def test_without_a_term_for_them_unlabelled_patches_are_not_even_looked_at(
    train: Train, patches: Callable[..., PatchSet], setup: Setup, tmp_path: Path
) -> None:
    how = setup.schedule.augmentation
    for folder, seed in (("some", 1), ("others", 2)):
        unlabelled = patches(6, seed).without_labels()
        train(EvsSettings(), folder, feed=Feed(patches(4), unlabelled, how, batch=2, seed=4))
    one, other = ((tmp_path / name / NAME).read_bytes() for name in ("some", "others"))
    assert one == other


def test_the_network_is_moved_by_labels_five_times_as_often_as_by_critics_when_it_says_so(
    train: Train, tmp_path: Path
) -> None:
    train(replace(EVSNET, order="5:5:1"))
    found = terms(tmp_path)
    assert [step for step, names in enumerate(found, 1) if "critics" in names] == [15, 20]
    assert all(FOREGROUND in names and "segmentation" in names for names in found[10:])


def test_the_released_variant_has_its_own_terms(train: Train, tmp_path: Path) -> None:
    torch.manual_seed(0)
    method = train(RELEASED)
    found = terms(tmp_path)
    assert "self-supervision labelled" in found[10]
    assert {"critics", "self-supervision"} <= found[-1]
    layers = list(method.players[FOREGROUND].module.modules())
    assert any(isinstance(layer, nn.Sigmoid) for layer in layers)
    # The released Dice is below zero for good answers, which the corrected loss never is.
    assert read_journal(tmp_path / "run", "loss")[0]["segmentation"] < 1


def test_a_verdict_moves_the_network_and_leaves_the_critics_alone(
    feed: Feed, setup: Setup, tiny: Callable[[], nn.Module]
) -> None:
    method = EvsNet(tiny(), setup, EVSNET)
    batch = feed.unlabelled(1)
    p = method._probabilities(batch.pixels)
    method._verdict(method._both(), batch, p).backward()
    assert any(
        w.grad is not None and w.grad.abs().sum() > 0
        for w in method.players[NETWORK].module.parameters()
    )
    for name in (FOREGROUND, BACKGROUND):
        weights = list(method.players[name].module.parameters())
        assert all(w.grad is None and w.requires_grad for w in weights)


def test_a_frozen_teacher_teaches_from_the_end_of_the_warm_up_on(
    train: Train, tmp_path: Path
) -> None:
    method = train(FEW_LABELS)
    assert method.maps is not None
    assert method.maps.shape == (6, 1, 64, 64)
    found = terms(tmp_path)
    assert {"teacher band", "pseudo-labels"} <= found[10]
    assert "pseudo-labels" not in found[9]


def test_the_teachers_maps_can_be_renewed(train: Train, setup: Setup) -> None:
    once = train(FEW_LABELS, "once").maps
    teacher = replace(FEW_LABELS.teacher, renewals=1)
    twice = train(replace(FEW_LABELS, teacher=teacher), "twice").maps
    assert once is not None
    assert twice is not None
    assert not torch.equal(once, twice)


def test_a_mean_teacher_is_the_average_of_the_moment(train: Train, tmp_path: Path) -> None:
    method = train(EvsSettings(teacher=TeacherSettings("online", everywhere=5.0)))
    assert method.maps is None
    assert "teacher" in terms(tmp_path)[10]


@pytest.mark.parametrize("settings", [EVSNET, replace(FEW_LABELS, critics=CriticSettings())])
def test_stopped_in_the_second_phase_it_goes_on_to_the_same_weights(
    train: Train, settings: EvsSettings, tmp_path: Path
) -> None:
    train(settings, "straight")
    with pytest.raises(KeyboardInterrupt):
        train(settings, "stopped", stop=17)
    train(settings, "stopped")
    one, other = ((tmp_path / name / NAME).read_bytes() for name in ("straight", "stopped"))
    assert one == other


def test_nothing_about_unlabelled_masks_reaches_the_weights(
    train: Train, patches: Callable[..., PatchSet], setup: Setup, tmp_path: Path
) -> None:
    """Poisoned masks of the pool change no bit, whatever the term."""
    pool, few = patches(6, 1), patches(4)
    settings = replace(EVSNET, teacher=FEW_LABELS.teacher)
    how = setup.schedule.augmentation
    for folder, masks in (("true", pool.masks), ("poisoned", ~pool.masks)):
        unlabelled = replace(pool, masks=masks).without_labels()
        assert not hasattr(unlabelled, "masks")
        train(settings, folder, feed=Feed(few, unlabelled, how, batch=2, seed=4))
    one, other = ((tmp_path / name / NAME).read_bytes() for name in ("true", "poisoned"))
    assert one == other


def test_without_unlabelled_patches_it_is_supervised(
    setup: Setup, tiny: Callable[[], nn.Module], patches: Callable[..., PatchSet], tmp_path: Path
) -> None:
    alone = replace(setup, has_unlabelled=False)
    method = EvsNet(tiny(), alone, FEW_LABELS)
    feed = Feed(patches(4), None, setup.schedule.augmentation, batch=2, seed=0)
    judge = Judge(patches(2, 9), Normalisation())
    fit(method, feed, judge, setup.schedule, Run(tmp_path / "run"))
    assert terms(tmp_path) == [{"segmentation"}] * 20
    assert method.maps is None


def test_pasted_patches_hold_the_foreground_of_two(
    train: Train, feed: Feed, setup: Setup, tiny: Callable[[], nn.Module]
) -> None:
    method = EvsNet(tiny(), setup, replace(EvsSettings(), paste=1.0))

    class Turn:
        step = 1

    Turn.feed = feed  # type: ignore[attr-defined]
    plain, pasted = feed.labelled(1), method._labelled(Turn, 0)  # type: ignore[arg-type]
    assert pasted.masks.shape == plain.masks.shape
    # Where a patch had a vessel it still has one or the pasted one's: never less than before.
    assert (pasted.masks >= plain.masks).all()
    assert not np.array_equal(pasted.pixels.numpy(), plain.pixels.numpy())


def test_mixed_patches_bring_the_teachers_maps_along(
    feed: Feed, setup: Setup, tiny: Callable[[], nn.Module]
) -> None:
    teacher = replace(FEW_LABELS.teacher, mixed=1.0)
    method = EvsNet(tiny(), setup, replace(FEW_LABELS, teacher=teacher))
    assert feed.pictures is not None
    # A teacher that only says how bright each pixel is, so that maps can be told from pixels.
    method.maps = feed.pictures.float().mean(1, keepdim=True) / 255

    class Turn:
        step = 1

    Turn.feed = feed  # type: ignore[attr-defined]
    mixed = method._unlabelled(Turn, 0)  # type: ignore[arg-type]
    whole = feed.unlabelled(1, 0, method.maps)
    assert not torch.equal(mixed.plain, whole.plain)
    assert torch.allclose(mixed.plain.mean(1, keepdim=True), mixed.maps, atol=1e-3)
