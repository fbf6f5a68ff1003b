"""What we ship names no machine of ours and no package registry, and stays small."""

from __future__ import annotations

import re
from pathlib import Path

MEGABYTE = 1_000_000

#: Written as patterns, so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![A-Za-z0-9._<\]-])/(?:work|root|Users|home/[a-z]\w*|opt/wheels|opt/pypi)/?(?=[\s/'\"`:),]|$)"
)
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|download\.pytorch\.org|conda\.anaconda\.org|https?://\S*(?:/simple\b|/packages/)"
)
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"}


def lines_with(pattern: re.Pattern[str], files: list[Path], root: Path) -> list[str]:
    found = []
    for path in files:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or weights
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    return found


def test_no_path_of_a_developers_machine(shipped: list[Path], root: Path) -> None:
    found = lines_with(MACHINE_PATH, shipped, root)
    assert not found


def test_no_address_of_a_package_registry(shipped: list[Path], root: Path) -> None:
    found = lines_with(REGISTRY, shipped, root)
    assert not found
    assert not [p for p in shipped if p.name in LOCK_FILES or p.name.startswith("pylock")]


def test_no_pickles_and_nothing_huge(shipped: list[Path]) -> None:
    pickles = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".npy"}
    assert not [p for p in shipped if p.suffix in pickles]
    assert not [p for p in shipped if p.stat().st_size > 20 * MEGABYTE]


def test_the_patterns_find_what_they_should() -> None:
    work, home = "/" + "work", "/" + "home/anna"
    for path in (f"{work}/main", f"see '{home}/slides'", f"x={home}/a", f"{work}"):
        assert MACHINE_PATH.search(path), path
    for path in (
        "data/work/x",
        "network/works",
        "https://example.org/home/page",
        "a/root/b",
        "/home/",
    ):
        assert not MACHINE_PATH.search(path), path
