"""Finds the reader that opens a slide, and remembers why the others did not.

Readers are entry points of the group ``pathoflow.readers``: a name, and a callable that takes a path and gives a
`SlideReader` or raises `ReaderRefused` with its reason. Ours are found in the same way as anybody's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from pathoflow.errors import Code, EnvironmentFault, ReaderRefused, SlideUnreadable, UsageError
from pathoflow.slide.integrity import check_complete
from pathoflow.slide.reader import SlideReader
from pathoflow.slide.slide import Slide
from pathoflow.space import Mpp

ENTRY_POINT_GROUP = "pathoflow.readers"
# Vendor formats have quirks that OpenSlide knows; a plain or OME-TIFF is read as it stands, and several times faster.
# So is Aperio's, once OpenSlide has confirmed the pixels.
_ORDER_FOR_APERIO = ("svs", "openslide", "tiff", "omezarr", "phantom")
_ORDER_FOR_VENDOR_FORMATS = ("openslide", "tiff", "omezarr", "phantom", "svs")
_ORDER_FOR_OTHERS = ("tiff", "openslide", "omezarr", "phantom", "svs")
# Micrometres per pixel that no microscope gives; most likely nanometres or dots per inch were typed.
_LEAST_MPP, _MOST_MPP = 0.01, 100.0
_WRONG_FILES = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"<!DOC": "a web page, perhaps a failed download",
    b"<html": "a web page, perhaps a failed download",
}

OpenReader = Callable[[Path], SlideReader]


def open_slide(
    path: str | Path,
    mpp: float | Mpp | None = None,
    *,
    readers: Mapping[str, OpenReader] | None = None,
) -> Slide:
    """Open a slide with the first reader that takes it.

    Parameters
    ----------
    path
        A slide file, or an OME-Zarr folder.
    mpp
        Micrometres per pixel, where the header's are missing or wrong.
    readers
        Asked in their order instead of the installed ones.

    Raises
    ------
    UsageError
        There is no such file, it is a folder without a slide, or ``mpp`` makes no sense.
    SlideUnreadable
        The file is empty or cut off, or every reader refused it; the message holds each reason.
    EnvironmentFault
        No reader is installed.

    Examples
    --------
    >>> slide = open_slide("case.svs", mpp=0.25)  # doctest: +SKIP
    """
    path = Path(path)
    stated = _stated_mpp(mpp)
    _check_file(path)
    opener = partial(open_slide, path, stated, readers=readers)
    refusals: dict[str, str] = {}
    for name, open_reader in (_installed(path) if readers is None else readers).items():
        try:
            reader = open_reader(path)
        except ReaderRefused as refusal:
            refusals[name] = str(refusal)
            continue
        return Slide(reader, mpp=stated, refusals=refusals, opener=opener)
    if not refusals:
        raise EnvironmentFault(
            f"No slide reader is installed (entry points {ENTRY_POINT_GROUP}); install pathoflow again with pip."
        )
    raise SlideUnreadable(_refused_by_all(path, refusals), Code.SLIDE_CORRUPT)


def rank(names: Sequence[str], first: Sequence[str]) -> list[str]:
    """``names`` in the order to ask them: those of ``first``, then the others by alphabet."""
    return [n for n in first if n in names] + sorted(n for n in names if n not in first)


def _installed(path: Path) -> dict[str, OpenReader]:
    """Installed readers in the order to ask them about ``path``; none is imported before it is asked."""
    found = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    return {name: partial(_open_with, found[name]) for name in rank(list(found), _order(path))}


def _open_with(point: EntryPoint, path: Path) -> SlideReader:
    """Import one reader and ask it; whatever goes wrong in foreign code is its refusal, never the end of a batch."""
    try:
        open_reader = point.load()
        reader: SlideReader = open_reader(path)
    except ReaderRefused:
        raise
    except Exception as error:  # third parties' code: nothing is known about what it may raise
        raise ReaderRefused(f"failed with {type(error).__name__}: {error}") from error
    return reader


def _order(path: Path) -> tuple[str, ...]:
    """Which readers to ask first, by the scanner's maker that OpenSlide names for this file."""
    try:
        import openslide  # only here and in its reader: it loads a library that may be absent
    except (ImportError, OSError):
        return _ORDER_FOR_OTHERS
    try:
        maker = openslide.OpenSlide.detect_format(path)
    except openslide.OpenSlideError:
        return _ORDER_FOR_OTHERS
    if maker == "aperio":
        return _ORDER_FOR_APERIO
    return _ORDER_FOR_OTHERS if maker in (None, "generic-tiff") else _ORDER_FOR_VENDOR_FORMATS


def _stated_mpp(mpp: float | Mpp | None) -> Mpp | None:
    """What a person stated, checked."""
    if mpp is None:
        return None
    sides = (mpp.y, mpp.x) if isinstance(mpp, Mpp) else (mpp, mpp)
    if not all(math.isfinite(side) and _LEAST_MPP <= side <= _MOST_MPP for side in sides):
        said = " x ".join(f"{side:g}" for side in dict.fromkeys(sides))
        raise UsageError(
            f"mpp must be micrometres per pixel, between {_LEAST_MPP:g} and {_MOST_MPP:g}, got {said}; "
            "a 20x scan has about 0.5, a 40x scan about 0.25."
        )
    return Mpp(*sides)


def _check_file(path: Path) -> None:
    """Refuse what cannot be a slide, before any reader sees it."""
    if not path.exists():
        raise UsageError(f"There is no file {path}; check the path.")
    if path.is_dir():
        # A zarr folder without metadata is left to its reader, which can say what is missing.
        if path.suffix != ".zarr" and not any(
            (path / n).is_file() for n in ("zarr.json", ".zgroup")
        ):
            raise UsageError(f"{path} is a folder; name a slide file in it.")
        return
    try:
        if path.stat().st_size == 0:
            raise SlideUnreadable(
                f"{path.name} is empty (0 bytes); copy it again from the scanner.",
                Code.SLIDE_CORRUPT,
            )
        check_complete(path)
    except OSError as error:
        raise SlideUnreadable(
            f"{path.name} cannot be read ({error.strerror}); check the permissions of the file.",
            Code.SLIDE_CORRUPT,
        ) from error


def _refused_by_all(path: Path, refusals: Mapping[str, str]) -> str:
    """One sentence that names the file, and every reader's reason."""
    reasons = "; ".join(f"{name}: {reason.rstrip('.')}" for name, reason in refusals.items())
    head = b"" if path.is_dir() else _first_bytes(path)
    for mark, kind in _WRONG_FILES.items():
        if head.startswith(mark):
            return f"{path.name} is {kind}, not a slide; name the scanner's own file ({reasons})."
    return f"{path.name} cannot be opened as a slide; check that it is complete and of a known format ({reasons})."


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)
