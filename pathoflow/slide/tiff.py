"""OME-TIFF and plain TIFF, tiled or striped, with or without a pyramid.

Levels are the sub-images of the first page, or else the further pages of the same picture. A page counts as the same
picture only if it is smaller, of the same proportions and stored the same way; label and macro images are none of these.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused
from pathoflow.slide.pyramid import levels_of
from pathoflow.slide.reader import SlideInfo
from pathoflow.slide.tiffheader import aperio_facts, is_painted, ome_mpp, resolution_mpp
from pathoflow.slide.tiffplane import FileBytes, SegmentCache, TiffPlane
from pathoflow.space import Box, Mpp, Size

# What the parser raises on files that are no TIFF, or a damaged one (TiffFileError is a ValueError).
_PARSING_ERRORS = (
    ValueError,
    OSError,
    struct.error,
    KeyError,
    IndexError,
    TypeError,
    RuntimeError,
    ZeroDivisionError,
)


def open_with_tifffile(path: Path) -> TiffReader:
    """Open ``path`` if it is a TIFF of 8-bit RGB or grey.

    Raises
    ------
    ReaderRefused
        It is no TIFF, a damaged one, or holds something else than one RGB or grey picture.
    """
    try:
        with tifffile.TiffFile(path) as tiff:
            pages = _pyramid_pages(tiff)
            return TiffReader(path, pages, _describe(path, tiff, pages))
    except _PARSING_ERRORS as error:
        # The parser appends the first bytes, which tell a user nothing.
        reason = str(error).replace(str(path), path.name).partition(": header=")[0]
        raise ReaderRefused(reason) from error


class TiffReader:
    """Pixels of one TIFF, decoded tile by tile."""

    def __init__(self, path: Path, pages: Sequence[tifffile.TiffPage], info: SlideInfo) -> None:
        self._info = info
        self._file = FileBytes(path)
        cache = SegmentCache()
        try:
            #: One per level, fine to coarse.
            self.planes = [
                TiffPlane(page, number, self._file, cache) for number, page in enumerate(pages)
            ]
        except ReaderRefused:
            self._file.close()
            raise

    @property
    def info(self) -> SlideInfo:
        """What the header says."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box`` of ``level``; see `SlideReader.read`."""
        return self.planes[level].read(box)

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self._file.close()


def _pyramid_pages(tiff: tifffile.TiffFile) -> list[tifffile.TiffPage]:
    """The pages of one picture, fine to coarse."""
    first = tiff.pages.first
    if tiff.is_ome:
        _check_ome(tiff)
    candidates = (
        list(first.pages) if first.pages else [tiff.pages.get(n) for n in range(1, len(tiff.pages))]
    )
    pages = [first]
    for page in candidates:
        whole = page.aspage()
        if _is_coarser(whole, pages[-1]) and _is_same_picture(whole, first):
            pages.append(whole)
    return pages


def _check_ome(tiff: tifffile.TiffFile) -> None:
    """Refuse OME-TIFF files with more than one plane: stacks, time series, fluorescence channels."""
    series = tiff.series[0]
    if len(series.pages) > 1:
        raise ReaderRefused(
            f"holds {len(series.pages)} planes ({series.axes}), not one RGB picture"
        )


def _is_coarser(page: tifffile.TiffPage, than: tifffile.TiffPage) -> bool:
    return bool(page.imagelength < than.imagelength and page.imagewidth < than.imagewidth)


def _is_same_picture(page: tifffile.TiffPage, first: tifffile.TiffPage) -> bool:
    """Whether ``page`` has the proportions of ``first``, to a pixel of its own, and is stored like it."""
    factor_y, factor_x = first.imagelength / page.imagelength, first.imagewidth / page.imagewidth
    slack = 1 / min(page.imagelength, page.imagewidth) + 1e-3
    return bool(
        abs(factor_y / factor_x - 1) <= slack
        and page.is_tiled == first.is_tiled
        and page.dtype == first.dtype
        and page.samplesperpixel == first.samplesperpixel
    )


def _describe(path: Path, tiff: tifffile.TiffFile, pages: Sequence[tifffile.TiffPage]) -> SlideInfo:
    """What the tags of the first page say."""
    first = pages[0]
    levels = levels_of([Size(page.imagelength, page.imagewidth) for page in pages])
    mpp: Mpp | None
    power: float | None = None
    if tiff.is_ome:
        vendor, mpp = "ome-tiff", ome_mpp(tiff.ome_metadata or "")
    elif first.is_svs:
        vendor = "aperio"
        mpp, power = aperio_facts(first.description)
    else:
        vendor, mpp = "generic-tiff", resolution_mpp(first)
    return SlideInfo(
        path=path,
        reader="tiff",
        vendor=vendor,
        size=levels[0].size,
        levels=levels,
        mpp=mpp,
        objective_power=power,
        is_synthetic=is_painted(first.description, first.software),
        properties={
            "tiff.compression": tifffile.COMPRESSION(first.compression).name.lower(),
            "tiff.layout": "tiled" if first.is_tiled else "striped",
            "tiff.software": first.software,
        },
    )
