from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import EnvironmentFault
from pathoflow.networks import NetworkCard, Normalisation
from pathoflow.networks.backends import conversion
from pathoflow.networks.backends.conversion import converted
from pathoflow.networks.backends.openvino import OpenVinoBackend
from pathoflow.networks.backends.whole import Whole

pytestmark = pytest.mark.usefixtures("needs_openvino")


@pytest.fixture
def whole(make_module: Callable[[], nn.Module], card: NetworkCard) -> Whole:
    return Whole(make_module(), card).eval()


@pytest.fixture
def n_conversions(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    calls: list[str] = []
    real = conversion._convert

    def counted(whole: Whole, card: NetworkCard) -> Any:
        calls.append(card.name)
        return real(whole, card)

    monkeypatch.setattr(conversion, "_convert", counted)
    return lambda: len(calls)


def said(model: Any, pixels: np.ndarray) -> np.ndarray:
    return OpenVinoBackend("openvino", "float32", model, 1).start(pixels)().maps


def test_it_is_done_once_and_says_the_same_ever_after(
    whole: Whole,
    card: NetworkCard,
    pixels: np.ndarray,
    tmp_path: Path,
    n_conversions: Callable[[], int],
) -> None:
    first = said(converted(whole, card, tmp_path), pixels)
    again = said(converted(whole, card, tmp_path), pixels)
    assert n_conversions() == 1
    assert np.array_equal(first, again)
    folders = list((tmp_path / "openvino").iterdir())
    assert [sorted(p.name for p in folder.iterdir()) for folder in folders] == [
        ["model.bin", "model.xml", "sha256.json"]
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"weights_sha256": "1" * 64},
        {"normalisation": Normalisation((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))},
    ],
)
def test_another_network_is_converted_for_itself(
    change: dict[str, Any],
    whole: Whole,
    card: NetworkCard,
    tmp_path: Path,
    n_conversions: Callable[[], int],
) -> None:
    converted(whole, card, tmp_path)
    converted(whole, replace(card, **change), tmp_path)
    assert n_conversions() == 2
    assert len(list((tmp_path / "openvino").iterdir())) == 2


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "sha256.json"])
def test_a_damaged_file_is_made_anew(
    name: str,
    whole: Whole,
    card: NetworkCard,
    pixels: np.ndarray,
    tmp_path: Path,
    n_conversions: Callable[[], int],
) -> None:
    expected = said(converted(whole, card, tmp_path), pixels)
    (path,) = (tmp_path / "openvino").glob(f"*/{name}")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert np.array_equal(said(converted(whole, card, tmp_path), pixels), expected)
    assert n_conversions() == 2
    converted(whole, card, tmp_path)
    assert n_conversions() == 2


def test_a_folder_that_cannot_be_written_costs_only_time(
    whole: Whole,
    card: NetworkCard,
    pixels: np.ndarray,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = said(converted(whole, card, tmp_path / "good"), pixels)
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        model = converted(whole, card, tmp_path / "file")
    assert "is converted anew each time" in caplog.text
    assert np.array_equal(said(model, pixels), expected)


def test_a_network_whose_answer_hangs_on_the_size_that_was_traced_is_refused(
    card: NetworkCard, tmp_path: Path
) -> None:
    class Baked(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x[:, :2] * (1.0 if x.shape[2] == 128 else -1.0)

    with pytest.raises(EnvironmentFault, match="answers differently, by"):
        converted(Whole(Baked(), card).eval(), card, tmp_path)
    assert not (tmp_path / "openvino").exists()


def test_a_network_that_cannot_be_traced_is_refused_in_a_sentence(
    card: NetworkCard, tmp_path: Path
) -> None:
    class Failing(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("not for tracing")

    with pytest.raises(EnvironmentFault, match="cannot convert network 'test-network'") as caught:
        converted(Whole(Failing(), card).eval(), card, tmp_path)
    assert "\n" not in str(caught.value)
