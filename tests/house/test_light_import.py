"""Importing the package is cheap: heavy libraries come in when they are first used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "napari",
    "qtpy",
    "PySide6",
    "pandas",
    "numpy",
    "zarr",
    "dask",
    "skimage",
    "typer",
)


def modules_after(statement: str) -> set[str]:
    """Names of all modules that a fresh Python has loaded after ``statement``."""
    program = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_pathoflow_loads_nothing_heavy() -> None:
    assert modules_after("import pathoflow").isdisjoint(HEAVY)


def test_importing_pathoflow_adds_only_a_handful_of_modules() -> None:
    added = modules_after("import pathoflow") - modules_after("import importlib, typing")
    assert len(added) <= 10, sorted(added)


@pytest.mark.parametrize("room", ["slide", "tiles", "mvi", "store", "review", "pipeline", "cli"])
def test_no_room_needs_a_window(room: str) -> None:
    statement = (
        f"import importlib.util as u\nif u.find_spec('pathoflow.{room}'): import pathoflow.{room}"
    )
    assert modules_after(statement).isdisjoint({"napari", "qtpy", "PySide6", "vispy"})


def test_the_command_line_shows_its_help_without_torch() -> None:
    loaded = modules_after(
        "import importlib.util as u\nif u.find_spec('pathoflow.cli'): import pathoflow.cli"
    )
    assert loaded.isdisjoint({"torch", "torchvision", "segmentation_models_pytorch"})
