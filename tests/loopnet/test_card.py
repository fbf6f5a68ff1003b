from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pathoflow.errors import Code, NetworkError
from pathoflow.loopnet import model as models
from pathoflow.loopnet.calibrate import calibrate
from pathoflow.loopnet.card import VesselCard, load_loopnet, load_vessel_card, save_vessel_card
from pathoflow.loopnet.combine import CONTENT_FEATURES, VESSEL_FEATURES, Combination, Factor
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.model import LoopNet, ModelSettings
from pathoflow.networks.weights import save_weights

Tiny = Callable[..., LoopNet]


def card(sha256: str = "0" * 64) -> VesselCard:
    odds, truth = np.array([3.0, -2.0, 1.0, -1.0]), np.array([True, False, True, False])
    vessel, content = (
        Factor(-1.0, dict.fromkeys(names, 0.5), dict.fromkeys(names, 0.0), 4)
        for names in (VESSEL_FEATURES, CONTENT_FEATURES)
    )
    mix = Combination(vessel, content, "four")
    return VesselCard(
        name="toy",
        version="1",
        title="Toy",
        model=ModelSettings(hidden=(8, 8)),
        grid=GridSettings(side=3, place_px=8),
        licence="MIT",
        training={"seeds": [1]},
        metrics={"accuracy": 1.0, "recall": None},
        limits=("Toys only.",),
        weights_sha256=sha256,
        synthetic=True,
        calibration=calibrate(odds, truth, "four"),
        combination=mix,
    )


@pytest.fixture
def folder(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(models, "build_loopnet", lambda model, grid: tiny(seed=99))
    save_vessel_card(card(save_weights(tiny(), tmp_path)), tmp_path)
    return tmp_path


def test_a_card_comes_back_as_it_was(tmp_path: Path) -> None:
    for one in (card(), replace(card(), calibration=None, combination=None)):
        save_vessel_card(one, tmp_path)
        assert load_vessel_card(tmp_path) == one


def test_the_folder_holds_plain_files_and_the_network_comes_back(folder: Path, tiny: Tiny) -> None:
    assert {path.name for path in folder.iterdir()} == {"card.json", "weights.safetensors"}
    _, model = load_loopnet(folder)
    assert not model.training
    for name, value in tiny().state_dict().items():
        assert torch.allclose(model.state_dict()[name].float(), value.float(), atol=1e-3)


def test_weights_with_a_flipped_bit_are_refused(folder: Path) -> None:
    path = folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(NetworkError, match="not those of its card") as caught:
        load_loopnet(folder)
    assert caught.value.code is Code.MODEL_HASH


def change(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw.update(fields)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (change(kind="network"), "another kind of network"),
        (change(schema=2), "card schema 2, this version reads 1"),
        (change(colour="red"), "unknown key colour"),
        (change(name="Not A Name"), "must be small letters"),
        (lambda raw: raw.pop("grid"), "grid is missing"),
        (lambda raw: raw["grid"].update(side=1), "side must be at least 2"),
        (
            lambda raw: raw["calibration"].update(temperature=0.0),
            "temperature 0.0 must be positive",
        ),
        (
            lambda raw: raw["combination"]["content"]["weights"].update(cells=-0.1),
            "negative weight",
        ),
        (
            lambda raw: raw["combination"]["vessel"]["usual"].pop("wall"),
            "combination.vessel must name vessel, wall",
        ),
    ],
)
def test_a_card_that_says_something_else_is_refused(
    spoil: Callable[[dict[str, Any]], None], said: str, tmp_path: Path
) -> None:
    save_vessel_card(card(), tmp_path)
    raw = json.loads((tmp_path / "card.json").read_text("utf-8"))
    spoil(raw)
    (tmp_path / "card.json").write_text(json.dumps(raw), "utf-8")
    with pytest.raises(NetworkError, match=said):
        load_vessel_card(tmp_path)


def test_folders_without_a_card_and_torn_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="holds no vessel classifier"):
        load_vessel_card(tmp_path)
    (tmp_path / "card.json").write_text("{", "utf-8")
    with pytest.raises(NetworkError, match="cannot be read"):
        load_vessel_card(tmp_path)
    (tmp_path / "card.json").write_text("[]", "utf-8")
    with pytest.raises(NetworkError, match="another kind"):
        load_vessel_card(tmp_path)
