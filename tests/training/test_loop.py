"""The loop with a tiny network: a stopped training ends with the weights of a straight one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.errors import UsageError
from pathoflow.networks.card import Normalisation
from pathoflow.training.checkpoint import NAME
from pathoflow.training.feed import Feed
from pathoflow.training.journal import read_journal
from pathoflow.training.loop import Fitted, Judge, Progress, Run, fit
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.schedule import Schedule
from pathoflow.training.step import NETWORK, Player, Turn
from pathoflow.training.supervised import Supervised

Patches = Callable[..., PatchSet]


class Remembering(Supervised):
    """Two players, and a tensor of its own that both depend on and that changes with every step."""

    def __init__(self, network: nn.Module, other: nn.Module) -> None:
        super().__init__(network, Optimisation(1e-2), Normalisation())
        self.players = {**self.players, "other": Player(other, Optimisation(1e-3))}
        self.kept = torch.ones(3)

    def __call__(self, turn: Turn) -> None:
        super().__call__(turn)
        batch = turn.feed.unlabelled(turn.step)

        def losses(part: int) -> Mapping[str, torch.Tensor]:
            return {
                "square": self.kept.mean()
                * self.players["other"].module(batch.pixels).square().mean()
            }

        turn.update("other", losses)
        self.kept = self.kept * 0.9

    def state(self) -> dict[str, torch.Tensor]:
        return {"kept": self.kept}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        self.kept = state.get("kept", self.kept)


@pytest.fixture
def run(
    feed: Feed, patches: Patches, schedule: Schedule, tiny: Callable[[], nn.Module]
) -> Callable[..., Fitted]:
    def start(folder: Path, how: Schedule = schedule, stop: int = 0, stamp: str = "") -> Fitted:
        def on_step(progress: Progress) -> None:
            if progress.step == stop:
                raise KeyboardInterrupt

        method = Remembering(tiny(), tiny())
        judge = Judge(patches(4, 9), Normalisation())
        return fit(method, feed, judge, how, Run(folder, stamp, on_step))

    return start


def weights(fitted: Fitted) -> list[torch.Tensor]:
    return list(fitted.module.state_dict().values())


def test_a_stopped_and_resumed_training_ends_with_the_same_weights(
    run: Callable[..., Fitted], schedule: Schedule, tmp_path: Path
) -> None:
    how = replace(
        schedule, steps=50, save_every=25, validate_every=50, picture_every=0, keep="last"
    )
    straight = run(tmp_path / "straight", how)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", how, stop=33)
    resumed = run(tmp_path / "stopped", how)
    pairs = list(zip(weights(straight), weights(resumed), strict=True))
    assert pairs
    assert all(torch.equal(one, other) for one, other in pairs)
    files = [(tmp_path / name / NAME).read_bytes() for name in ("straight", "stopped")]
    assert files[0] == files[1], "optimisers and the method's own state too"
    lines = [read_journal(tmp_path / name, "loss") for name in ("straight", "stopped")]
    assert lines[0] == lines[1]


def test_a_finished_training_is_not_done_again(run: Callable[..., Fitted], tmp_path: Path) -> None:
    first = run(tmp_path)
    before = (tmp_path / NAME).read_bytes()
    again = run(tmp_path, stop=1)
    assert (tmp_path / NAME).read_bytes() == before
    assert again.scores == first.scores


def test_the_best_average_is_kept_and_can_be_told_from_the_last(
    feed: Feed,
    patches: Patches,
    schedule: Schedule,
    tiny: Callable[[], nn.Module],
    tmp_path: Path,
) -> None:
    class Spoiled(Supervised):
        """Learns for a while, then its head is ruined."""

        def __call__(self, turn: Turn) -> None:
            super().__call__(turn)
            if turn.step > 3:
                with torch.no_grad():
                    for weight in self.players[NETWORK].module.parameters():
                        weight.mul_(0).sub_(1)

    def fitted(keep: str) -> Fitted:
        method = Spoiled(tiny(), Optimisation(1e-2), Normalisation())
        how = replace(schedule, keep=keep, ema=0.0)
        judge = Judge(patches(4, 9), Normalisation())
        return fit(method, feed, judge, how, Run(tmp_path / keep))

    best, last = fitted("best"), fitted("last")
    assert (best.step, last.step) == (3, 6)
    assert best.scores.iou > last.scores.iou == 0.0


def test_learning_finds_white_squares(
    feed: Feed, patches: Patches, schedule: Schedule, tiny: Callable[[], nn.Module], tmp_path: Path
) -> None:
    method = Supervised(tiny(), Optimisation(3e-2), Normalisation())
    how = replace(schedule, steps=60, validate_every=20, picture_every=0)
    told: list[Progress] = []
    judge = Judge(patches(6, 9), Normalisation())
    found = fit(method, feed, judge, how, Run(tmp_path, on_step=told.append))
    assert found.scores.iou > 0.85
    assert found.scores.area_ratio == pytest.approx(1, abs=0.15)
    assert [p.step for p in told] == list(range(1, 61))
    assert [p.step for p in told if p.scores] == [20, 40, 60]
    first, final = told[0].terms["segmentation"], told[-1].terms["segmentation"]
    assert final < first / 2
    assert (tmp_path / "pictures" / "step-000060.png").exists()


def test_parts_of_a_batch_add_up_to_their_mean(
    patches: Patches, schedule: Schedule, tmp_path: Path
) -> None:
    """With one weight and no momentum the step can be written out."""

    class Weight(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.tensor(1.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.w * x[:, :1]

    seen: list[float] = []

    class Linear(Supervised):
        def losses_of(self, part: int) -> Mapping[str, torch.Tensor]:
            weight = self.players[NETWORK].module.module.w  # type: ignore[union-attr]
            return {"linear": float(part + 1) * weight, "_watched": torch.tensor(float(part))}

        def __call__(self, turn: Turn) -> None:
            turn.update(NETWORK, self.losses_of)
            weight = self.players[NETWORK].module.module.w  # type: ignore[union-attr]
            seen.append(float(weight.grad))
            assert turn.terms["watched"] == pytest.approx((0 + 1 + 2) / 3)

    feed = Feed(patches(3), None, schedule.augmentation, batch=1, seed=0)
    how = replace(schedule, steps=2, accumulate=3, save_every=99)
    method = Linear(Weight(), Optimisation(1e-2), Normalisation())
    fit(method, feed, Judge(patches(2), Normalisation()), how, Run(tmp_path))
    assert seen == pytest.approx([2.0, 2.0])


def test_a_checkpoint_of_other_settings_is_refused(
    run: Callable[..., Fitted], tmp_path: Path
) -> None:
    run(tmp_path, stamp="one")
    with pytest.raises(UsageError, match="other settings"):
        run(tmp_path, stamp="two")


def test_a_damaged_checkpoint_is_refused_in_words(
    run: Callable[..., Fitted], tmp_path: Path
) -> None:
    run(tmp_path)
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UsageError, match="delete it to train from the beginning"):
        run(tmp_path)


def test_another_training_can_be_gone_on_from_with_a_new_player(
    feed: Feed,
    patches: Patches,
    schedule: Schedule,
    tiny: Callable[[], nn.Module],
    tmp_path: Path,
) -> None:
    judge = Judge(patches(4, 9), Normalisation())
    one = Supervised(tiny(), Optimisation(1e-2), Normalisation())
    fit(one, feed, judge, schedule, Run(tmp_path / "warm", until=3))
    other = Remembering(tiny(), tiny())
    fresh = [p.detach().clone() for p in other.players["other"].module.parameters()]
    told: list[int] = []

    def on_step(progress: Progress) -> None:
        if not told:
            pairs = zip(fresh, other.players["other"].module.parameters(), strict=True)
            assert all((a - b).abs().max() < 0.01 for a, b in pairs), "one small step from fresh"
        told.append(progress.step)

    fit(
        other, feed, judge, schedule, Run(tmp_path / "on", on_step=on_step, begin=tmp_path / "warm")
    )
    assert told == [4, 5, 6]
    again = Remembering(tiny(), tiny())
    with pytest.raises(UsageError, match="no checkpoint to begin from"):
        fit(again, feed, judge, schedule, Run(tmp_path / "x", begin=tmp_path / "nowhere"))
