from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from pathoflow.networks import measured
from pathoflow.networks.measured import Measured, load_measured, machine, save_measured

ONE = Measured("one", "1" * 64, "openvino", 1.6)
TWO = Measured("two", "2" * 64, "torch-bf16", 2.1)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(measured, "cache_folder", lambda: tmp_path / "cache")


def test_nothing_measured_is_nothing_known() -> None:
    assert load_measured() == ()


def test_the_newest_stands_first_and_replaces_its_own_network() -> None:
    save_measured([ONE])
    save_measured([TWO])
    assert load_measured() == (TWO, ONE)
    better = Measured("one", "1" * 64, "openvino-bf16", 3.4)
    save_measured([better])
    assert load_measured() == (better, TWO)


@pytest.mark.parametrize("part", ["cpu", "bfloat16", "torch", "openvino"])
def test_figures_of_another_machine_or_version_are_void(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_measured([ONE])
    other = {**machine(), part: "another"}
    monkeypatch.setattr(measured, "machine", lambda: other)
    assert load_measured() == ()
    save_measured([TWO])
    assert load_measured() == (TWO,)


def test_the_file_is_plain_json_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = save_measured([ONE])
    raw = json.loads(path.read_text("utf-8"))
    assert raw["measured"] == [
        {"network": "one", "weights_sha256": "1" * 64, "backend": "openvino", "ratio": 1.6}
    ]
    assert set(raw["machine"]) == {"cpu", "bfloat16", "torch", "openvino"}
    assert raw["machine"]["cpu"]
    assert [p.name for p in (tmp_path / "cache").iterdir()] == ["engine.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"machine": {}}', '{"machine": {}, "measured": [1]}'])
def test_a_file_that_cannot_be_understood_is_left_aside(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = save_measured([ONE])
    path.write_text(text, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert load_measured() == ()
    assert "pathoflow bench engine writes it anew" in caplog.text
    save_measured([TWO])
    assert load_measured() == (TWO,)
