"""Aperio SVS, read tile by tile: OpenSlide's facts and pixels at a sixth of its cost.

OpenSlide opens the file too. What the header says comes from it, the levels must be its levels, and 16 tiles must hold
its pixels (`pathoflow.slide.parity`) before this path is trusted; else it refuses with the reason, and OpenSlide reads.

The pixels are OpenSlide's but for three differences:

- at levels whose factor is not whole, OpenSlide blends neighbouring pixels; here they come as they are stored;
- JPEG 2000 with halved colours differs by at most one grey level (`pathoflow.slide.tiffdecoder`);
- a JPEG codec of another make may round by one grey level.

Scanners leave out tiles, by a fault also at coarse levels, and the coarse tiles above them are sometimes damaged.
OpenSlide draws such tiles of coarse levels from the finer level; here they are taken from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused
from pathoflow.slide.openslide import OpenSlideReader, open_with_openslide
from pathoflow.slide.parity import check_parity
from pathoflow.slide.reader import SlideInfo
from pathoflow.slide.tiff import TiffReader, open_with_tifffile
from pathoflow.slide.tiffplane import TiffPlane
from pathoflow.space import Box


def open_svs(path: Path) -> SvsReader:
    """Open ``path`` if it is an Aperio slide of which OpenSlide gives the same pixels.

    Raises
    ------
    ReaderRefused
        It is no Aperio slide, one of the two libraries does not open it, or their levels or pixels differ.
    """
    openslide = open_with_openslide(path)
    if openslide.info.vendor != "aperio":
        openslide.close()
        raise ReaderRefused("not an Aperio slide")
    tiff = open_with_tifffile(path)
    try:
        _leave_out_parents(tiff.planes)
        check_parity(tiff, openslide)
    except ReaderRefused:
        tiff.close()
        openslide.close()
        raise
    return SvsReader(tiff, openslide)


class SvsReader:
    """Pixels of one Aperio slide, decoded tile by tile; OpenSlide is asked for tiles that are left out."""

    def __init__(self, tiff: TiffReader, openslide: OpenSlideReader) -> None:
        self._tiff, self._openslide = tiff, openslide
        facts, codec = openslide.info, tiff.info.properties["tiff.compression"]
        self._info = dataclasses.replace(
            facts, reader="svs", properties={**facts.properties, "tiff.compression": codec}
        )
        if not any(plane.gaps for plane in tiff.planes[1:]):
            openslide.close()

    @property
    def info(self) -> SlideInfo:
        """What the header says."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box`` of ``level``; see `SlideReader.read`."""
        pixels = self._tiff.read(level, box)
        if level:  # below level 0 there is nothing to draw a tile from
            for gap in self._tiff.planes[level].gaps_under(box):
                pixels[gap.within(box).slices] = self._openslide.read(level, gap)
        return pixels

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self._tiff.close()
        self._openslide.close()


def _leave_out_parents(planes: Sequence[TiffPlane]) -> None:
    """Take every tile above a tile that is left out for left out too, as OpenSlide does."""
    for fine, coarse in pairwise(planes):
        coarse.leave_out(_parents(fine, coarse))


def _parents(fine: TiffPlane, coarse: TiffPlane) -> Iterator[int]:
    """Numbers of the tiles of ``coarse`` above the gaps of ``fine``."""
    rows = max(1, int(fine.grid.height / coarse.grid.height + 0.5))  # not to even, as C rounds
    columns = max(1, int(fine.grid.width / coarse.grid.width + 0.5))
    for number in fine.gaps:
        row, column = divmod(number, fine.grid.width)
        yield row // rows * coarse.grid.width + column // columns
