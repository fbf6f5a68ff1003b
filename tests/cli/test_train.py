"""Learning a network, with the learning left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


def test_the_places_are_those_of_the_options(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trained: list[dict[str, Any]] = []

    def train(config: Path, to: Path | None, inputs: Any, **options: Any) -> SimpleNamespace:
        trained.append({"config": config, "to": to, **asdict(inputs)})
        options["say"]("3 labelled patches")
        scores = SimpleNamespace(plain=lambda: {"iou": 0.5, "area_ratio": 1.25})
        for step in (1, 2):
            options["on_step"](
                SimpleNamespace(step=step, steps=2, scores=scores if step == 2 else None)
            )
        card = SimpleNamespace(name="small", version="1", metrics={"iou": 0.5})
        return SimpleNamespace(folder=tmp_path / "net", card=card)

    monkeypatch.setattr("pathoflow.training.train", train)
    said = pathoflow(
        "train", tmp_path / "small.toml", "--to", tmp_path / "net",
        "--encoder-weights", tmp_path / "encoder.npz", "--cache", tmp_path / "bank",
        "--data", tmp_path / "pictures",
    )  # fmt: skip
    assert said.code == 0
    assert "3 labelled patches" in said.err
    assert "step 2 of 2: held-out iou 0.500, area ratio 1.250" in said.err
    assert said.out.startswith(f"{tmp_path / 'net'}: small 1, held-out ")
    [given] = trained
    assert given["config"] == tmp_path / "small.toml"
    assert (given["to"], given["cache"]) == (tmp_path / "net", tmp_path / "bank")
    assert given["encoder_weights"] == tmp_path / "encoder.npz"
    assert given["data"] == tmp_path / "pictures"


@pytest.mark.parametrize("content", [None, "epochs = = 3", "colour = 3"])
def test_a_bad_config_is_refused_in_one_line(
    refused: Callable[..., str], tmp_path: Path, content: str | None
) -> None:
    config = tmp_path / "small.toml"
    if content is not None:
        config.write_text(content)
    message = refused("train", config, "--to", tmp_path / "net")
    assert "small.toml" in message
    assert not (tmp_path / "net").exists()
