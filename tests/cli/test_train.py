"""Learning a network, with the learning left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


def test_the_places_are_those_of_the_options(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trained: list[tuple[Any, Any]] = []

    def train(settings: Any, places: Any, tell: Callable[[str], None]) -> SimpleNamespace:
        trained.append((settings, places))
        tell("epoch 1")
        return SimpleNamespace(name="small", version="0.1.0", metrics={"dice": 0.5})

    monkeypatch.setattr("pathoflow.training.load_settings", lambda path: path.name)
    monkeypatch.setattr("pathoflow.training.train_starter", train)
    said = pathoflow(
        "train", tmp_path / "small.toml", "--to", tmp_path / "net",
        "--encoder-weights", tmp_path / "encoder.npz", "--cache", tmp_path / "bank",
    )  # fmt: skip
    assert said.code == 0
    assert said.err == "epoch 1\n"
    assert said.out.startswith(f"{tmp_path / 'net'}: small 0.1.0, held-out ")
    [(settings, places)] = trained
    assert settings == "small.toml"
    assert places.encoder_weights == tmp_path / "encoder.npz"
    assert (places.cache, places.to) == (tmp_path / "bank", tmp_path / "net")


@pytest.mark.parametrize("content", [None, "epochs = = 3", "colour = 3"])
def test_a_bad_config_is_refused_in_one_line(
    refused: Callable[..., str], tmp_path: Path, content: str | None
) -> None:
    config = tmp_path / "small.toml"
    if content is not None:
        config.write_text(content)
    message = refused(
        "train", config, "--to", tmp_path / "net", "--encoder-weights", tmp_path / "encoder.npz"
    )
    assert "small.toml" in message
    assert not (tmp_path / "net").exists()
