"""The tree as the house rules see it: source files with their text and syntax, and every text file we ship."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Folders that hold code people import.
CODE = ("pathoflow", "plugins", "methods")
#: Folders that hold other Python of ours.
OTHER = ("tests", "benchmarks", ".ci")
#: What a walk over the tree leaves out where git cannot be asked.
BUILT = {".git", ".venv", "__pycache__", "build", "dist", "demo-out"}


@dataclass(frozen=True)
class Source:
    """One Python file; ``name`` is its path from the root, with slashes."""

    name: str
    # Left out of failure messages, which would else be pages long.
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)


def _sources(folders: tuple[str, ...]) -> list[Source]:
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    return [Source(name, text, ast.parse(text, name)) for name, text in texts.items()]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def code() -> list[Source]:
    """Files of the three packages."""
    return _sources(CODE)


@pytest.fixture(scope="session")
def all_python(code: list[Source]) -> list[Source]:
    """Files of the packages, the tests, the benchmarks and the build scripts."""
    return code + _sources(OTHER)


@pytest.fixture(scope="session")
def shipped() -> list[Path]:
    """Every file that belongs to the project: what git tracks or would track, else all that was not built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [ROOT / name for name in listing.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = list(ROOT.rglob("*"))
    return [p for p in names if p.is_file() and not BUILT & set(p.relative_to(ROOT).parts)]
