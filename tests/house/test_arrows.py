"""Imports point one way; the contract stands in pyproject.toml and here it is held."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path


def test_rooms_import_downwards_only(root: Path) -> None:
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    run = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_package_of_the_tree_is_under_the_contract(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    under_contract = set(settings["tool"]["importlinter"]["root_packages"])
    homes = [root, root / "plugins", root / "methods"]
    names = ["pathoflow", "napari_pathoflow", "pathoflow_methods"]
    existing = {n for n in names for home in homes if (home / n / "__init__.py").exists()}
    assert existing <= under_contract, "add the package to root_packages and to the layers"
