"""Slides in a store: which there are, which files belong to each, and how they come here whole."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pathoflow.errors import Code, PathoflowError, SlideUnreadable, UsageError
from pathoflow.pipeline.remote_place import RemotePlace, explained, open_place
from pathoflow.slide.suffixes import SLIDE_SUFFIXES

# Files below this are copied many at a time, larger ones one by one, so that one can tell how far they are.
_SMALL_BYTES = 8_000_000
_AT_ONCE = 64
#: What tells two versions of a file apart, in the words of different stores.
_MARKS = frozenset(
    "ETag etag Last-Modified LastModified last_modified updated mtime created".split()
)


class Unwanted(PathoflowError):
    """Nobody waits for the slide any more."""


@dataclass
class Watch:
    """How far a copy is; may be asked to stop by another thread."""

    stop: threading.Event = field(default_factory=threading.Event)
    done_bytes: int = 0
    total_bytes: int = 0

    def add(self, n_bytes: int) -> None:
        """Count what has come.

        Raises
        ------
        Unwanted
            The copy is to stop.
        """
        self.done_bytes += n_bytes
        if self.stop.is_set():
            raise Unwanted("stopped")


@dataclass(frozen=True, slots=True)
class RemoteSlide:
    """One slide in a store: a file, with others that belong to it, or a folder."""

    place: RemotePlace
    is_folder: bool = False

    def fetch(self, folder: Path, watch: Watch | None = None) -> None:
        """Copy everything that belongs to the slide into ``folder``, under the same names.

        Raises
        ------
        StoreFault
            The store does not give it.
        SlideUnreadable
            Less or more came than the store says there is.
        NoSpace
            The disk is full.
        """
        watch = watch or Watch()
        files = self._files()
        watch.total_bytes = sum(about["size"] or 0 for _, about in files.values())
        folder.mkdir(parents=True, exist_ok=True)
        small = [n for n, (_, about) in files.items() if (about["size"] or 0) < _SMALL_BYTES]
        for at in range(0, len(small), _AT_ONCE):
            names = small[at : at + _AT_ONCE]
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with explained(self.place.url):
                self.place.fs.get(
                    [files[name][0] for name in names], [str(folder / name) for name in names]
                )
            watch.add(sum(files[name][1]["size"] or 0 for name in names))
        for name in files.keys() - set(small):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with explained(self.place.url):
                self.place.fs.get_file(
                    files[name][0], str(folder / name), callback=_counted_by(watch)
                )
        for name, (_, about) in files.items():
            self._check_size(folder / name, about["size"])

    def version(self) -> str | None:
        """A short text that changes with the slide's files, or None where the store does not say enough.

        Raises
        ------
        StoreFault
            The store does not answer.
        """
        told = {}
        for name, (_, about) in self._files().items():
            marks = {key: str(about[key]) for key in sorted(_MARKS & about.keys())}
            if not marks:
                return None
            told[name] = {**marks, "size": about["size"]}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def _files(self) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """Name here -> name in the store, and what the store says of it."""
        place = self.place
        if self.is_folder:
            inside = place.files()
            return {f"{place.name}/{n}": (f"{place.root}/{n}", inside[n]) for n in inside}
        about = place.info()
        if about is None:
            raise SlideUnreadable(f"{place.url} is no longer there; look what became of it.")
        found: dict[str, tuple[str, Mapping[str, Any]]] = {}
        found[place.name] = (place.root, {"size": None, **about})
        suffix, stem = PurePosixPath(place.name).suffix.lower(), PurePosixPath(place.name).stem
        if suffix == ".mrxs":
            pixels = place.beside(stem)
            for name, more in pixels.files().items():
                found[f"{stem}/{name}"] = (f"{pixels.root}/{name}", more)
        elif suffix in (".dcm", ".vms", ".vmu"):
            # Series and indexes name their other files inside; these lie in the same folder.
            folder = place.beside("")
            for name, more in folder.files().items():
                if "/" not in name and (suffix != ".dcm" or name.lower().endswith(".dcm")):
                    found[name] = (f"{folder.root}/{name}", more)
        return found

    def _check_size(self, path: Path, expected: int | None) -> None:
        came = path.stat().st_size
        if expected is not None and came != expected:
            raise SlideUnreadable(
                f"{self.place.url}: {came} bytes came of the {expected} that {path.name} has; run again, and see "
                "whether somebody is writing it.",
                Code.SLIDE_CORRUPT,
            )


def find_remote_slides(url: str) -> list[RemoteSlide]:
    """The slides that ``url`` names, as `find_slides` would choose them, but for recipes of painted slides in a folder.

    Raises
    ------
    UsageError
        There is nothing at ``url``, or a folder without slides.
    EnvironmentFault
        The store does not answer, or the library for it is missing.
    """
    place = open_place(url)
    about = place.info()
    if about is not None and about["type"] == "file":
        return [RemoteSlide(place)]
    names = place.files()
    if not names:
        raise UsageError(f"{place.url} does not exist; give a slide or a folder of slides.")
    if place.name.endswith(".zarr") or "zarr.json" in names:
        return [RemoteSlide(place, is_folder=True)]
    found = slides_among(names)
    if not found or place.name.endswith(".truth"):
        kinds = ", ".join(sorted(SLIDE_SUFFIXES))
        raise UsageError(
            f"{place.url} holds no slides (files ending in {kinds}); give a folder that does."
        )
    return [RemoteSlide(place.child(name), name not in names) for name in found]


def slides_among(names: Iterable[str]) -> list[str]:
    """The names of files and folders that are slides, of all files below a folder, in order of name."""
    files = {PurePosixPath(name) for name in names}
    stores = {
        parent.parent for file in files for parent in file.parents if parent.name == "analysis.zarr"
    }
    found = {slide for file in files if (slide := _slide_of(file, files, stores)) is not None}
    return [str(path) for path in sorted(found)]


def _slide_of(
    file: PurePosixPath, files: set[PurePosixPath], results: set[PurePosixPath]
) -> PurePosixPath | None:
    """The slide that ``file`` is, or is a part of; None where a search passes it over."""
    for step in _from_outside(file):
        is_inner = step != PurePosixPath()
        if step in results or step.suffix == ".truth" or (is_inner and step.name.startswith(".")):
            return None
        if step == file or (is_inner and (step.suffix == ".zarr" or step / "zarr.json" in files)):
            return step if step.suffix.lower() in SLIDE_SUFFIXES else None
    return None


def _from_outside(file: PurePosixPath) -> Iterator[PurePosixPath]:
    yield from reversed(file.parents)
    yield file


def _counted_by(watch: Watch) -> Any:
    from fsspec.callbacks import Callback  # type: ignore[import-untyped]  # ships no types

    class Counted(Callback):  # type: ignore[misc]
        def relative_update(self, inc: int = 1) -> None:
            watch.add(inc)

    return Counted()
