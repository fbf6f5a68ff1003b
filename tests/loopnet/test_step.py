from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.feed import FeedSettings, VesselFeed
from pathoflow.loopnet.loop import Length, fit_loopnet
from pathoflow.loopnet.losses import LossSettings
from pathoflow.loopnet.model import LoopNet
from pathoflow.loopnet.score import look_at, score
from pathoflow.loopnet.step import LoopNetStep, StepSettings
from pathoflow.training import Augmentation, Optimisation, Progress

Toy = Callable[..., VesselExamples]
Tiny = Callable[..., LoopNet]
CPU = Length(steps=4, save_every=100, device="cpu", ema=0.9)


def method(tiny: Tiny, found: VesselExamples, settings: StepSettings) -> LoopNetStep:
    calm = Augmentation(mixing=0.02, gain_common=0.05, gain=0.03, noise=0.01, blurred=0.0)
    return LoopNetStep(tiny(), VesselFeed(found, FeedSettings(8, 0.5, calm), 2), settings)


def test_the_classifier_learns_alone_and_then_both(
    tiny: Tiny, examples: Toy, tmp_path: Path
) -> None:
    made = method(tiny, examples(12), StepSettings(warm_share=0.5))
    before = {k: v.clone() for k, v in made.model.locator.state_dict().items()}
    terms: list[set[str]] = []
    moved: list[bool] = []

    def note(progress: Progress) -> None:
        terms.append(set(progress.terms))
        now = made.model.locator.state_dict()
        moved.append(any(not torch.equal(now[k], before[k]) for k in before))

    fit_loopnet(made, CPU, tmp_path, on_step=note)
    alone, joint = (
        {"classification", "accuracy"},
        {"classification", "accuracy", "locating", "loop"},
    )
    assert terms == [alone, alone, joint, joint]
    assert moved == [False, False, True, True]


def test_weights_of_the_terms_are_those_of_the_settings(
    tiny: Tiny, examples: Toy, tmp_path: Path
) -> None:
    seen = []
    for alpha, beta in ((1.0, 0.5), (0.0, 0.0)):
        settings = StepSettings(LossSettings(alpha=alpha, beta=beta), warm_share=0.0)
        notes: list[dict[str, float]] = []
        fit_loopnet(
            method(tiny, examples(12), settings),
            CPU,
            tmp_path / str(alpha),
            on_step=lambda p, notes=notes: notes.append(p.terms),
            until=1,
        )
        seen.append(notes[0])
    assert seen[0]["classification"] == seen[1]["classification"]
    assert min(seen[0]["locating"], seen[0]["loop"]) > 0
    assert seen[1]["locating"] == seen[1]["loop"] == 0


def test_what_it_remembers_is_given_back(tiny: Tiny, examples: Toy, tmp_path: Path) -> None:
    made = method(tiny, examples(12), StepSettings())
    assert not made.counts.any()
    fit_loopnet(made, CPU, tmp_path, until=1)
    assert made.counts.sum() == 8
    other = method(tiny, examples(12), StepSettings())
    other.restore(made.state())
    assert torch.equal(other.counts, made.counts)


def test_cells_are_told_apart_from_labels_of_whole_vessels_alone(
    tiny: Tiny, examples: Toy, tmp_path: Path
) -> None:
    """The paper's claim on toys: nobody says which cells are cancer, and without the loop nobody finds out."""
    quick = Optimisation(2e-2, 1e-4, warm_share=0.05)
    test, found = examples(40, seed=9), {}
    for beta in (0.5, 0.0):
        settings = StepSettings(LossSettings(beta=beta), 0.3, quick)
        made = method(tiny, examples(40), settings)
        length = Length(steps=160, save_every=1000, device="cpu", ema=0.9)
        model = fit_loopnet(made, length, tmp_path / str(beta))
        found[beta] = score(look_at(model, test), test)
    assert found[0.5].accuracy == 1
    assert found[0.5].cell_dice > 0.9
    assert found[0.0].accuracy == 1
    assert found[0.0].cell_dice < 0.1
