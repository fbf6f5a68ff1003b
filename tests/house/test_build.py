"""The build files keep their promises: constraints without hosts, pip's settings handed to uv, reasons on ignores."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tomllib
from glob import glob
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def installer(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "pathoflow_installer", root / ".ci" / "install.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_constraints_are_exact_and_name_neither_host_nor_local_build(root: Path) -> None:
    text = (root / "constraints.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*(?: ; .+)?", line) for line in lines)


def test_every_dependency_is_among_the_tested_versions(root: Path, project: dict[str, Any]) -> None:
    wanted = [*project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted.extend(extra)
    names = {re.split(r"[<>=\[ ;]", w)[0].lower().replace("_", "-") for w in wanted}
    tested = set(
        re.findall(r"^([a-z0-9.-]+)==", (root / "constraints.txt").read_text("utf-8"), re.M)
    )
    assert names <= tested, "run: make lock"


@pytest.mark.parametrize(("home", "name"), [(".", "pathoflow"), ("plugins", "napari_pathoflow")])
def test_every_data_file_of_a_package_travels_in_the_wheel(
    home: str, name: str, root: Path, project: dict[str, Any], shipped: list[Path]
) -> None:
    package = root / home / name
    patterns = project["tool"]["setuptools"]["package-data"][name]
    # setuptools reads "**" as `glob` does; pathlib finds only folders with it before Python 3.13.
    packed = {package / f for p in patterns for f in glob(p, root_dir=package, recursive=True)}  # noqa: PTH207
    data = {p for p in shipped if p.is_relative_to(package) and p.suffix != ".py"}
    assert data <= packed


def test_pip_settings_of_the_environment_win_over_those_of_a_file(installer: ModuleType) -> None:
    listing = "\n".join(
        [
            ":env:.find-links='/wheels'",
            ":env:.default-timeout='60'",
            "global.find-links='/old'",
            "global.index-url='https://mirror.example/a'",
            "install.index-url='https://mirror.example/b'",
            "global.extra-index-url='\\nhttps://one.example\\nhttps://two.example'",
            "freeze.timeout='10'",
        ]
    )
    assert installer.pip_settings(listing) == {
        "find-links": "/wheels",
        "timeout": "60",
        "index-url": "https://mirror.example/b",
        "extra-index-url": "\nhttps://one.example\nhttps://two.example",
    }


def test_uv_gets_pips_sources_in_its_own_words(installer: ModuleType) -> None:
    settings = {
        "index-url": "https://mirror.example/b",
        "extra-index-url": "\nhttps://one.example\nhttps://two.example",
        "find-links": "/wheels /more",
    }
    environment = installer.uv_environment(settings, {"PATH": "/bin"})
    assert environment == {
        "PATH": "/bin",
        "UV_DEFAULT_INDEX": "https://mirror.example/b",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_what_the_user_set_for_uv_stays(installer: ModuleType) -> None:
    own = {"UV_INDEX_URL": "https://mine.example", "UV_INDEX_STRATEGY": "first-index"}
    assert installer.uv_environment({"index-url": "https://pips.example"}, own) == own


def test_every_lint_exception_has_its_reason_on_the_line_above(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.M | re.S)
    warnings = re.search(r"^filterwarnings = \[\n(.*?)^\]", text, re.M | re.S)
    assert ignored
    assert warnings
    for block, free in ((ignored[1], ""), (warnings[1], '"error",')):
        above = ""
        for line in (x.strip() for x in block.splitlines()):
            assert line.startswith("#") or line == free or above.startswith("#"), line
            above = line


@pytest.mark.parametrize("script", ["run", "find-python", "lock"])
def test_a_script_of_the_build_can_be_started(script: str, root: Path) -> None:
    path = root / ".ci" / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text("utf-8")
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_a_missing_python_is_one_clear_sentence(root: Path) -> None:
    run = subprocess.run(
        [str(root / ".ci" / "find-python")],
        env={**os.environ, "PYTHON": "/nowhere/python3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert "No Python 3.11, 3.12 or 3.13 was found (tried /nowhere/python3)" in run.stderr
    assert run.stderr.count("\n") == 1
