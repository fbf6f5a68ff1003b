"""An open slide, as everything above this room sees it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code, MppUnknown, UsageError
from pathoflow.slide.fingerprint import sha256_of
from pathoflow.slide.reader import SlideInfo, SlideReader
from pathoflow.slide.region import read_region
from pathoflow.space import Box, Frame, Mpp, Size

if TYPE_CHECKING:
    import dask.array

_DASK_CHUNK_PX = 2048


class Slide:
    """A lazy pyramid of RGB pixels with its scale and identity; made by `open_slide`.

    Reads from several threads at once are fine. A slide travels to another process as its path and is opened there
    anew, so worker processes never share a file handle.

    Parameters
    ----------
    reader
        Where the pixels come from.
    mpp
        Micrometres per pixel as stated by a person; it replaces the header's.
    refusals
        Why each reader that was asked before did not open the file.
    opener
        Opens the same slide again; needed by `reopen`, and for readers that cannot travel to another process.

    Examples
    --------
    >>> with open_slide("case.svs") as slide:  # doctest: +SKIP
    ...     pixels = slide.read(Box(0, 0, 512, 512), mpp=1.0)
    """

    def __init__(
        self,
        reader: SlideReader,
        *,
        mpp: Mpp | None = None,
        refusals: Mapping[str, str] | None = None,
        opener: Callable[[], Slide] | None = None,
    ) -> None:
        self.reader = reader
        self.refusals: Mapping[str, str] = MappingProxyType(dict(refusals or {}))
        self._stated_mpp = mpp
        self._opener = opener
        stated = {} if mpp is None else {"mpp": mpp, "mpp_source": "user"}
        self._info = dataclasses.replace(reader.info, **stated)  # type: ignore[arg-type]  # fields of two types

    @property
    def info(self) -> SlideInfo:
        """What the header, or a person in its place, says about the slide."""
        return self._info

    @property
    def path(self) -> Path:
        """Where the slide lies."""
        return self._info.path

    @property
    def id(self) -> str:
        """File name without its last suffix."""
        return self.path.stem

    @property
    def size(self) -> Size:
        """Level-0 pixels."""
        return self._info.size

    @property
    def mpp(self) -> Mpp:
        """Micrometres per level-0 pixel.

        Raises
        ------
        MppUnknown
            The header gives none (``MPP_MISSING``) or an absurd one (``MPP_SUSPECT``), and no person has stated one.
        """
        mpp = self._info.mpp
        if mpp is None:
            raise MppUnknown(
                f"{self.path.name}: the header gives no micrometres per pixel; state them with --mpp.",
                Code.MPP_MISSING,
            )
        if mpp.doubt and self._info.mpp_source != "user":
            raise MppUnknown(
                f"{self.path.name}: the header's micrometres per pixel are not believable ({mpp.doubt}); "
                "state them with --mpp.",
                Code.MPP_SUSPECT,
            )
        return mpp

    def read(
        self, box: Box, mpp: float | None = None, level: int | None = None
    ) -> NDArray[np.uint8]:
        """Pixels of ``box``: shape ``(box.height, box.width, 3)``, uint8 RGB, white outside of the slide.

        Parameters
        ----------
        box
            In pixels of the grid of ``mpp``, or of ``level``, or of level 0 where neither is given.
        mpp
            Micrometres per pixel to resample to, by area mean from the next finer level.
        level
            A level to read as it is stored.

        Raises
        ------
        UsageError
            Both are given, or there is no such level, or ``mpp`` is not positive.
        MppUnknown
            ``mpp`` is given for a slide whose scale is unknown.
        TileUnreadable
            Pixels that should be there cannot be decoded.
        """
        if mpp is None:
            return self.read_level(level or 0, box)
        if level is not None:
            raise UsageError(f"read takes mpp ({mpp:g}) or level ({level}), not both.")
        if not 0 < mpp < float("inf"):
            raise UsageError(f"mpp must be a positive number of micrometres per pixel, got {mpp}.")
        return read_region(self.reader, box, Frame.at(mpp, self.mpp))

    def read_level(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box``, in pixels of ``level``, as they are stored."""
        if not 0 <= level < len(self._info.levels):
            raise UsageError(
                f"{self.path.name} has no level {level}; levels go from 0 to {len(self._info.levels) - 1}."
            )
        return self.reader.read(level, box)

    def to_dask(self, level: int = 0) -> dask.array.Array:
        """``level`` as a lazy array ``(y, x, 3)``, uint8, in chunks of 2048 pixels that are read when computed."""
        import dask.array  # a third of a second, and few callers want it

        view = _LevelView(self, level)
        chunks = (_DASK_CHUNK_PX, _DASK_CHUNK_PX, 3)
        meta = np.empty((0, 0, 3), np.uint8)
        # name=False: hashing the view would mean hashing the file.
        lazy: dask.array.Array = dask.array.from_array(  # type: ignore[no-untyped-call]  # dask's own gap
            view, chunks=chunks, name=False, meta=meta
        )
        return lazy

    @cached_property
    def sha256(self) -> str:
        """Hash of the slide's file or files; read once, in pieces."""
        return sha256_of(self.path)

    def thumbnail(self, max_side: int) -> NDArray[np.uint8]:
        """The whole slide, its longer side ``max_side`` pixels or its own length if that is less."""
        if max_side < 1:
            raise UsageError(f"a thumbnail needs a side of at least 1 pixel, got {max_side}.")
        scale = max(1.0, max(self.size.shape) / max_side)
        frame = Frame(scale, scale)
        return read_region(self.reader, frame.size(self.size).box(), frame)

    def reopen(self) -> Slide:
        """The same slide, opened anew with a file handle of its own."""
        if self._opener is None:
            raise UsageError(
                f"{self.path.name} was not opened by open_slide, so it cannot be opened again."
            )
        return self._opener()

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self.reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., Slide], tuple[Any, ...]]:
        if self._opener is not None:
            return self._opener, ()
        return _around, (self.reader, self._stated_mpp, dict(self.refusals))

    def __repr__(self) -> str:
        return (
            f"Slide({self.path.name!r}, {self.size.height} x {self.size.width} px, "
            f"{len(self._info.levels)} levels, reader={self._info.reader!r})"
        )


def _around(reader: SlideReader, mpp: Mpp | None, refusals: dict[str, str]) -> Slide:
    """A slide around a reader that travels by itself."""
    return Slide(reader, mpp=mpp, refusals=refusals)


class _LevelView:
    """One level as dask wants to see it: a shape, and a slice at a time."""

    def __init__(self, slide: Slide, level: int) -> None:
        if not 0 <= level < len(slide.info.levels):
            raise UsageError(f"{slide.path.name} has no level {level}.")
        self.shape = (*slide.info.levels[level].size.shape, 3)
        self.dtype = np.dtype(np.uint8)
        self.ndim = 3
        self._slide, self._level = slide, level

    def __getitem__(self, index: tuple[slice, slice, slice]) -> NDArray[np.uint8]:
        rows, columns, channels = index
        top, bottom, down = rows.indices(self.shape[0])
        left, right, along = columns.indices(self.shape[1])
        pixels = self._slide.read_level(self._level, Box.spanning(top, left, bottom, right))
        return pixels[::down, ::along, channels]
