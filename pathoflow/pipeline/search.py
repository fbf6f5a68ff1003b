"""Which slides a command means: files named by hand, and what lies in folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pathoflow.errors import UsageError
from pathoflow.phantom import is_recipe
from pathoflow.slide.suffixes import SLIDE_SUFFIXES


def find_slides(paths: Sequence[Path]) -> list[Path]:
    """The slides that ``paths`` name; folders are searched with all below them, in order of name.

    Hidden files, results of earlier runs and truths of painted slides are passed over; of TOML files those count that are
    recipes of painted slides.

    Raises
    ------
    UsageError
        A path does not exist, or a folder holds no slide.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist; give a slide or a folder of slides.")
        if _is_slide(path):
            found.append(path)
            continue
        inside = sorted(_search(path))
        if not inside:
            kinds = ", ".join(sorted(SLIDE_SUFFIXES))
            raise UsageError(
                f"{path} holds no slides (files ending in {kinds}); give a folder that does."
            )
        found += inside
    # One file may be named twice, by hand and by its folder; its first name stays.
    first: dict[Path, Path] = {}
    for path in found:
        first.setdefault(path.absolute(), path)
    return list(first.values())


def _is_slide(path: Path) -> bool:
    """Whether ``path`` is one slide as a whole: any file, or the folder of an OME-Zarr."""
    return path.is_file() or path.suffix == ".zarr" or (path / "zarr.json").is_file()


def _search(folder: Path) -> Iterator[Path]:
    if folder.suffix == ".truth" or (folder / "analysis.zarr").is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not _is_slide(path):
            yield from _search(path)
        elif path.suffix.lower() in SLIDE_SUFFIXES or is_recipe(path):
            yield path
