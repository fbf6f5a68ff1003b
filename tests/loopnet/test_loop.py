from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from pathoflow.errors import UsageError
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.feed import FeedSettings, VesselFeed
from pathoflow.loopnet.loop import Length, fit_loopnet
from pathoflow.loopnet.model import LoopNet
from pathoflow.loopnet.step import LoopNetStep, StepSettings
from pathoflow.training.journal import read_journal

Toy = Callable[..., VesselExamples]
Tiny = Callable[..., LoopNet]
LENGTH = Length(steps=6, save_every=2, device="cpu", ema=0.9)


def method(tiny: Tiny, examples: Toy) -> LoopNetStep:
    return LoopNetStep(tiny(), VesselFeed(examples(12), FeedSettings(batch=4), 2), StepSettings())


def test_a_training_that_was_stopped_ends_with_the_same_weights(
    tiny: Tiny, examples: Toy, tmp_path: Path
) -> None:
    straight = fit_loopnet(method(tiny, examples), LENGTH, tmp_path / "straight", "a")
    # Stopped in the second phase, and between two checkpoints in the first.
    for until in (3, 5):
        fit_loopnet(method(tiny, examples), LENGTH, tmp_path / "twice", "a", until=until)
    resumed = fit_loopnet(method(tiny, examples), LENGTH, tmp_path / "twice", "a")
    pairs = zip(straight.state_dict().items(), resumed.state_dict().values(), strict=True)
    assert all(torch.equal(value, other) for (_, value), other in pairs)
    assert not straight.training
    one, two = (read_journal(tmp_path / name, "loss") for name in ("straight", "twice"))
    assert [entry["step"] for entry in one] == [1, 2, 3, 4, 5, 6]
    assert one == two


def test_a_finished_training_is_not_trained_again(
    tiny: Tiny, examples: Toy, tmp_path: Path
) -> None:
    first = fit_loopnet(method(tiny, examples), LENGTH, tmp_path)
    steps: list[int] = []
    again = fit_loopnet(
        method(tiny, examples), LENGTH, tmp_path, on_step=lambda p: steps.append(p.step)
    )
    assert not steps
    pairs = zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.equal(value, other) for value, other in pairs)


def test_another_trainings_checkpoint_is_refused(tiny: Tiny, examples: Toy, tmp_path: Path) -> None:
    fit_loopnet(method(tiny, examples), LENGTH, tmp_path, "a", until=1)
    with pytest.raises(UsageError, match="other settings or data"):
        fit_loopnet(method(tiny, examples), LENGTH, tmp_path, "b")


def test_lengths_that_make_no_sense_are_told_in_words() -> None:
    assert Length().problems() == []
    assert Length(steps=1, ema=1.0, save_every=0).problems() == [
        "length.steps must be at least 2, not 1",
        "length.accumulate and length.save_every must be at least 1",
        "length.ema must lie in 0 to 1, not 1.0",
    ]
