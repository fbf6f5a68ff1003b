"""The block for bug reports."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import pathoflow as package


def test_a_sound_machine_can_do_the_main_job(pathoflow: Callable[..., Any]) -> None:
    said = pathoflow("doctor")
    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[0].startswith(
        f"pathoflow {package.__version__}, Python {platform.python_version()}"
    )
    assert lines[-1] == "The main job can run here."
    assert f"  tifffile {version('tifffile')}" in lines
    assert {"  tiff: ok", "  openslide: ok", "  omezarr: ok"} <= set(lines)
    assert any(line.startswith("  vessel-starter: ok") for line in lines)
    assert any(line.startswith("device") for line in lines)


def test_an_altered_network_ends_with_exit_code_3(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        "pathoflow.networks.registry.network_folders", lambda: {"lost": tmp_path / "lost"}
    )
    said = pathoflow("doctor")
    assert said.code == 3
    assert "  lost: " in said.out
    assert "can run here" not in said.out


def test_a_reader_that_cannot_be_loaded_ends_with_exit_code_3(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name = "broken"

        def __lt__(self, other: object) -> bool:
            return True

        def load(self) -> None:
            raise ImportError("no such library")

    monkeypatch.setattr("pathoflow.cli.doctor.entry_points", lambda group: [Broken()])
    said = pathoflow("doctor")
    assert said.code == 3
    assert "broken: cannot be loaded (no such library)" in said.out
