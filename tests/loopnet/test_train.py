from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pathoflow.loopnet import train as trains
from pathoflow.loopnet.card import load_vessel_card
from pathoflow.loopnet.crops import PaintedVessels
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.feed import FeedSettings
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.loop import Length
from pathoflow.loopnet.opinion import VesselClassifier
from pathoflow.loopnet.score import look_at, score
from pathoflow.loopnet.settings import LoopNetSettings
from pathoflow.loopnet.train import train_loopnet

SETTINGS = LoopNetSettings(
    "toy",
    PaintedVessels((1, 2)),
    PaintedVessels((3,)),
    PaintedVessels((1,), "test"),
    grid=GridSettings(side=3),
    feed=FeedSettings(batch=4),
    length=Length(steps=4, save_every=2, device="cpu"),
)


def test_from_painted_vessels_to_a_folder_that_can_be_asked(
    examples: Callable[..., VesselExamples], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def toys(spec: PaintedVessels, *_: Any) -> VesselExamples:
        return examples(10, seed=len(spec.seeds) + (spec.family == "test"), place_px=32)

    monkeypatch.setattr(trains, "painted_vessels", toys)
    lines: list[str] = []
    card = train_loopnet(SETTINGS, tmp_path / "toy", tmp_path / "bank", lines.append)
    assert load_vessel_card(tmp_path / "toy") == card
    assert card.synthetic
    assert card.training["seeds"] == [1, 2]
    assert card.training["contents"] == {"empty": 2, "leucocytes": 3, "tumour": 5}
    assert card.calibration is not None
    assert card.calibration.set_name == "painted slides, family train, seeds 3"
    assert any(line.startswith("step 4 of 4: classification") for line in lines)

    # The card's figures are those of the weights that lie beside it.
    model = VesselClassifier.load(tmp_path / "toy").model
    test = examples(10, seed=2, place_px=32)
    told = score(look_at(model, test), test).plain()
    assert {name: card.metrics[name] for name in told} == told
    assert card.metrics["vessels"] == 10
    assert sum(of for _, of in card.metrics["false_calls"].values()) == 5

    # Trained to its end, it is only judged again.
    lines.clear()
    assert train_loopnet(SETTINGS, tmp_path / "toy", tmp_path / "bank", lines.append) == card
    assert not any(line.startswith("step") for line in lines)
