"""Files are named after what they give, and a test stands where one looks for it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

#: Root -> how many of a module's folders it takes, and where its tests stand.
_HOMES = {"pathoflow": (1, ()), "plugins": (2, ("plugin",))}
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
        if module.parts[1] == "cli" or module.name.startswith("_"):
            continue
        home = _HOMES.get(module.parts[0])
        if home is None:
            continue
        root_parts, mirror = home
        folders = module.parts[root_parts:-1]
        test = PurePosixPath("tests", *mirror, *folders, f"test_{module.name}")
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
