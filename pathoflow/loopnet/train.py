"""From settings to a classifier's folder, as one reads it: vessels, network, loop, temperature, scores, card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pathoflow.loopnet.calibrate import calibrate
from pathoflow.loopnet.card import VesselCard, save_vessel_card
from pathoflow.loopnet.crops import PaintedVessels, painted_vessels
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.feed import VesselFeed
from pathoflow.loopnet.loop import fit_loopnet
from pathoflow.loopnet.model import LoopNet, build_loopnet
from pathoflow.loopnet.score import false_calls, look_at, score
from pathoflow.loopnet.settings import LoopNetSettings
from pathoflow.loopnet.step import LoopNetStep
from pathoflow.networks.weights import load_weights, save_weights
from pathoflow.phantom import GENERATOR_VERSION
from pathoflow.training import Progress
from pathoflow.training.draws import drawn_by_layers

_LIMITS = (
    "Research use only; not a medical device.",
    "It learned from painted slides alone: figures rank methods and prove plumbing, they say nothing about patients.",
    "It judges the cells inside an outline and takes for granted that the outline is a vessel's.",
    "It sees nuclei that were found; a lumen without any gets no opinion.",
    "Its probabilities hold for the share of invaded vessels it was calibrated on, which is far above that of life.",
)


def train_loopnet(
    settings: LoopNetSettings,
    to: Path,
    cache: Path,
    say: Callable[[str], None] = lambda line: None,
) -> VesselCard:
    """Train, calibrate and judge a classifier on painted vessels; a training that was stopped in ``to`` goes on.

    Parameters
    ----------
    to
        Folder of the classifier; journal and checkpoint lie in ``training/`` below.
    cache
        Folder for painted vessels, shared by trainings on the same ones.
    say
        Told what is being done, a line at a time.

    Raises
    ------
    UsageError
        The vessels are all of one kind, or the folder holds another training.
    """
    learned = painted_vessels(settings.train, settings.grid, cache, say)
    held_out = painted_vessels(settings.calibration, settings.grid, cache, say)
    test = painted_vessels(settings.test, settings.grid, cache, say)
    say(f"learning from {len(learned)} vessels: {_told(learned)}")
    model = _fitted(settings, learned, to / "training", say)

    to.mkdir(parents=True, exist_ok=True)
    sha256 = save_weights(model, to)
    # What is measured is what is shipped: weights as they lie on disk, in half precision.
    load_weights(model, to, _draft(settings, sha256, {}, {}))
    hot = calibrate(look_at(model, held_out).odds, held_out.is_mvi, _set_name(settings.calibration))
    answers = look_at(model, test)
    scores = score(answers, test)
    say(f"on {len(test)} test vessels: {scores.plain()}")
    metrics = {
        "set": _set_name(settings.test),
        "vessels": len(test),
        "invaded": int(test.is_mvi.sum()),
        **scores.plain(),
        "false_calls": {name: list(pair) for name, pair in false_calls(answers, test).items()},
    }
    draft = _draft(settings, sha256, _training(settings, learned), metrics)
    card = replace(draft, calibration=hot)
    save_vessel_card(card, to)
    return card


def _fitted(
    settings: LoopNetSettings, learned: VesselExamples, folder: Path, say: Callable[[str], None]
) -> LoopNet:
    """The averaged network after the last step."""
    seed = settings.length.seed
    with drawn_by_layers(seed, 0):
        model = build_loopnet(settings.model, settings.grid)
    feed = VesselFeed(learned, settings.feed, seed)

    def told(progress: Progress) -> None:
        if progress.step % 50 == 0 or progress.step == progress.steps:
            terms = ", ".join(f"{name} {value:.3f}" for name, value in progress.terms.items())
            say(f"step {progress.step} of {progress.steps}: {terms}")

    method = LoopNetStep(model, feed, settings.step)
    fitted = fit_loopnet(method, settings.length, folder, settings.stamp(), told)
    return fitted.to("cpu")


def _draft(
    settings: LoopNetSettings, sha256: str, training: dict[str, Any], metrics: dict[str, Any]
) -> VesselCard:
    return VesselCard(
        name=settings.name,
        version=settings.version,
        title=settings.title,
        model=settings.model,
        grid=settings.grid,
        licence=settings.licence,
        training=training,
        metrics=metrics,
        limits=_LIMITS,
        weights_sha256=sha256,
        synthetic=True,
    )


def _training(settings: LoopNetSettings, learned: VesselExamples) -> dict[str, Any]:
    return {
        "data": "painted slides only; no real slide was used",
        "set": _set_name(settings.train),
        "generator_version": GENERATOR_VERSION,
        "seeds": list(settings.train.seeds),
        "vessels": len(learned),
        "contents": learned.count(),
        "steps": settings.length.steps,
        "seed": settings.length.seed,
        "settings_sha256": settings.stamp(),
    }


def _set_name(spec: PaintedVessels) -> str:
    return f"painted slides, family {spec.family}, seeds {', '.join(map(str, spec.seeds))}"


def _told(examples: VesselExamples) -> str:
    return ", ".join(f"{n} {name}" for name, n in examples.count().items())
