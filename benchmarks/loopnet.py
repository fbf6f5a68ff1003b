"""Train the vessel classifier, calibrate it, judge it on the test family, and keep the figures.

    python benchmarks/loopnet.py --work WORK [--preset cpu|smoke] [--config specs/loopnet.toml]

Painted vessels are kept in ``WORK/bank`` and the classifier in ``WORK/<name>``; a run that was stopped goes on. Writes
``figures/loopnet.json`` and ``figures/loopnet.png`` (reliability on the calibration set, before and after is in the JSON).
The smoke preset paints two small slides for each set, takes ten steps, and writes into ``WORK`` alone: it proves that
everything fits together, its figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from reliability import plot_reliability

from pathoflow.loopnet import (
    LoopNetSettings,
    PaintedVessels,
    VesselCard,
    load_loopnet_settings,
    train_loopnet,
)
from pathoflow.loopnet.card import load_loopnet
from pathoflow.loopnet.crops import painted_vessels
from pathoflow.loopnet.score import look_at
from pathoflow.metrics import Calibration

HERE = Path(__file__).parent
FIGURES = HERE / "figures"


def smoke(settings: LoopNetSettings) -> LoopNetSettings:
    """Two small slides for each set and ten steps."""

    def small(spec: PaintedVessels) -> PaintedVessels:
        few = {"invaded_per_slide": 3, "plain_per_slide": 3, "ducts_per_slide": 1}
        return replace(spec, seeds=spec.seeds[:2], slide_px=6000, max_um=150.0, **few)

    return replace(
        settings,
        name=f"{settings.name}-smoke",
        train=small(settings.train),
        calibration=small(settings.calibration),
        test=small(settings.test),
        feed=replace(settings.feed, batch=4),
        length=replace(settings.length, steps=10, save_every=5),
    )


def figures(card: VesselCard, settings: LoopNetSettings, work: Path) -> dict[str, object]:
    """What is kept: the card's figures, and how calibrated the probabilities are on the test family."""
    _, model = load_loopnet(work / card.name)
    test = painted_vessels(settings.test, settings.grid, work / "bank")
    answers = look_at(model, test)
    hot = card.calibration
    assert hot is not None
    truth = test.is_mvi.tolist()
    on_test = Calibration.of(hot.probability(answers.odds).tolist(), truth)
    return {
        "name": card.name,
        "weights_sha256": card.weights_sha256,
        "training": card.training,
        "test": {**card.metrics, "ece": round(on_test.ece, 4), "brier": round(on_test.brier, 4)},
        "temperature": round(hot.temperature, 4),
        "calibration": {
            "set": hot.set_name,
            "n": hot.n,
            "ece_before": round(hot.ece_before, 4),
            "ece_after": round(hot.ece_after, 4),
        },
    }


def plot(card: VesselCard, path: Path) -> None:
    """The card's reliability table as a picture."""
    hot = card.calibration
    assert hot is not None
    title = f"{hot.n} painted vessels, ECE {hot.ece_before:.3f} before, {hot.ece_after:.3f} after"
    points = [(row.mean_p or 0.0, row.true_share or 0.0, row.n) for row in hot.bins]
    plot_reliability(points, title, path)


def main() -> None:
    """Train, judge, keep, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--preset", choices=("cpu", "smoke"), default="cpu")
    options.add_argument("--config", type=Path, default=HERE / "specs" / "loopnet.toml")
    given = options.parse_args()
    settings = load_loopnet_settings(given.config)
    if given.preset == "smoke":
        settings = smoke(settings)
    work: Path = given.work
    card = train_loopnet(
        settings, work / settings.name, work / "bank", lambda line: print(line, flush=True)
    )
    to = FIGURES if given.preset == "cpu" else work
    found = figures(card, settings, work)
    (to / "loopnet.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    plot(card, to / "loopnet.png")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
