"""Files are named after what they give, and a test stands where one looks for it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

SHAPELESS = {"utils", "util", "helpers", "helper", "misc", "common", "tools", "stuff", "base_utils"}


def test_no_file_is_a_drawer_for_odds_and_ends(all_python: list[Any]) -> None:
    drawers = [
        s.name for s in all_python if SHAPELESS & set(PurePosixPath(s.name).with_suffix("").parts)
    ]
    assert not drawers


def test_every_module_has_its_test(code: list[Any], root: Path) -> None:
    missing = []
    for source in code:
        module = PurePosixPath(source.name)
        # Commands are tested as stories of the command line, by whatever name suits the story.
        if (
            module.parts[0] != "pathoflow"
            or module.parts[1] == "cli"
            or module.name.startswith("_")
        ):
            continue
        test = PurePosixPath("tests", *module.parts[1:-1], f"test_{module.name}")
        if not (root / test).exists():
            missing.append(f"{source.name} wants {test}")
    assert not missing, "\n".join(missing)


def test_the_command_line_has_its_stories(root: Path) -> None:
    if (root / "pathoflow" / "cli").is_dir():
        assert list((root / "tests" / "cli").glob("test_*.py"))


def test_every_test_file_asserts_something(all_python: list[Any]) -> None:
    tests = [s for s in all_python if PurePosixPath(s.name).name.startswith("test_")]
    silent = [s.name for s in tests if not any(w in s.text for w in ("assert", "raises"))]
    assert not silent
