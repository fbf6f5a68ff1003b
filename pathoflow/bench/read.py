"""How fast slides are read: our reader and OpenSlide, beside decoding the same tiles with nothing around it.

All read the same boxes of level 0, from where the tiles take the most bytes, which is where the tissue is. "Decoding
alone" calls the codec for the tiles under each box, whose bytes lie in memory, and copies nothing together. It can cost
more than our reader: where boxes share tiles, which it decodes for each of them, and where its results happen to lie in
memory that the codec is slow to write to (`pathoflow.slide.tiffdecoder`). Every round gets readers that were opened
before it, unmeasured, so that no cache helps from the round before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import openslide
import tifffile

from pathoflow.bench.measure import Cost, measure
from pathoflow.bench.painted import painted_slide
from pathoflow.bench.table import Table
from pathoflow.errors import UsageError
from pathoflow.slide import Slide, open_slide
from pathoflow.space import Box, Size

#: Side of what is read where no slide is given; takes six CPU-seconds to paint.
_PAINTED_PX = 4096
#: Pixels that each way reads per round, about.
_PIXELS_PER_ROUND = 12 << 20
_RIM_PX = 64
_COLUMNS = ("boxes", "way", "Mpx per CPU-second", "times OpenSlide", "times decoding alone")
_OURS, _THEIRS, _ALONE = "pathoflow", "OpenSlide", "decoding alone"
_JPEG_COLOURS = {
    tifffile.PHOTOMETRIC.RGB: imagecodecs.JPEG8.CS.RGB,
    tifffile.PHOTOMETRIC.YCBCR: imagecodecs.JPEG8.CS.YCbCr,
}

#: Reads one box, or decodes what lies under it; what it gives is dropped.
_Read = Callable[[Box], object]


def bench_read(slide: Path | None, rounds: int) -> Table:
    """Megapixels per CPU-second of every way to read ``slide``, and their ratios.

    Parameters
    ----------
    slide
        A tiled TIFF, Aperio's SVS among them; without one a slide is painted and removed again.
    rounds
        How often each way is measured, in turns; the median counts.

    Raises
    ------
    UsageError
        ``slide`` is no tiled TIFF, or smaller than a box.
    SlideUnreadable
        ``slide`` cannot be opened at all.
    """
    with painted_slide(slide, _PAINTED_PX) as path:
        return _measured(path, rounds)


@dataclass(frozen=True, slots=True)
class _Tiles:
    """The stored tiles of level 0."""

    size: Size
    tile: Size
    stored: Sequence[bytes]
    decode: Callable[[bytes], object]

    @property
    def columns(self) -> int:
        return -(-self.size.width // self.tile.width)

    def under(self, box: Box) -> Iterator[bytes]:
        """Bytes of every tile that shares pixels with ``box``."""
        for piece in box.intersect(self.size.box()).pieces(self.tile):
            row, column = piece.top // self.tile.height, piece.left // self.tile.width
            yield self.stored[row * self.columns + column]

    def decode_under(self, box: Box) -> None:
        """Decode them, and drop the pixels."""
        for data in self.under(box):
            if data:
                self.decode(data)


@dataclass(frozen=True, slots=True)
class _Job:
    """Boxes to read, and in how many threads."""

    name: str
    boxes: Sequence[Box]
    threads: int = 1

    @property
    def megapixels(self) -> float:
        return sum(box.size.area for box in self.boxes) / 1e6

    def run(self, readers: Iterator[_Read]) -> None:
        """Read all boxes with the next of ``readers``."""
        read = next(readers)
        if self.threads == 1:
            for box in self.boxes:
                read(box)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(read, self.boxes))


def _measured(path: Path, rounds: int) -> Table:
    tiles = _tiles_of(path)
    jobs = _jobs(tiles)
    with open_slide(path) as slide:
        ways: dict[str, Callable[[], object]] = {
            _key(job, way): partial(job.run, readers)
            for job in jobs
            for way, readers in _readers(slide, tiles, rounds + 1).items()
        }
        costs = measure(ways, rounds)
        notes = {
            "slide": slide.path.name,
            "reader": slide.info.reader,
            "tiles": f"{tiles.tile.height} x {tiles.tile.width} px",
            "codec": slide.info.properties.get("tiff.compression", "unknown"),
            "rounds": rounds,
        }
    rows = [row for job in jobs for row in _rows(job, costs)]
    return Table("Reading", _COLUMNS, rows, notes)


def _key(job: _Job, way: str) -> str:
    return f"{job.name}: {way}"


def _rows(job: _Job, costs: Mapping[str, Cost]) -> Iterator[tuple[str | float, ...]]:
    """One row per way to do ``job``."""
    ways = _ALONE, _OURS, _THEIRS
    speeds = {way: job.megapixels / costs[_key(job, way)].cpu_s for way in ways}
    for way, speed in speeds.items():
        yield job.name, way, speed, speed / speeds[_THEIRS], speed / speeds[_ALONE]


def _readers(slide: Slide, tiles: _Tiles, count: int) -> dict[str, Iterator[_Read]]:
    """``count`` readers of every way, each with empty caches."""
    ours = [partial(slide.reopen().read_level, 0) for _ in range(count)]
    theirs = [partial(_ask_openslide, openslide.OpenSlide(slide.path)) for _ in range(count)]
    return {
        _ALONE: iter([tiles.decode_under] * count),
        _OURS: iter(ours),
        _THEIRS: iter(theirs),
    }


def _ask_openslide(handle: openslide.OpenSlide, box: Box) -> object:
    """Pixels as people take them from OpenSlide."""
    image = handle.read_region((box.left, box.top), 0, (box.width, box.height))
    return np.asarray(image.convert("RGB"))


def _jobs(tiles: _Tiles) -> list[_Job]:
    """What to read: aligned to the tiles, at random places, with a rim, and in two threads."""
    small, large = _richest(tiles, 512), _richest(tiles, 1024)
    rng = np.random.default_rng(0)
    height, width = small[0].size.shape
    rim = [box.grow(_RIM_PX) for box in small]
    return [
        _Job(f"{height} x {width}, aligned", small),
        _Job("{} x {}, aligned".format(*large[0].size.shape), large),
        _Job(f"{height} x {width}, anywhere", [_moved(box, tiles, rng) for box in small]),
        _Job(f"{rim[0].height} x {rim[0].width}, side by side", rim),
        _Job(f"{height} x {width}, aligned, 2 threads", small, threads=2),
    ]


def _richest(tiles: _Tiles, side_px: int) -> list[Box]:
    """Boxes of whole tiles, about ``side_px`` wide, whose tiles take the most bytes, in reading order."""
    tile = tiles.tile
    side = Size(
        max(1, round(side_px / tile.height)) * tile.height,
        max(1, round(side_px / tile.width)) * tile.width,
    )
    boxes = [box for box in tiles.size.box().pieces(side) if box.size == side]
    if not boxes:
        raise UsageError(
            f"the slide has {tiles.size.height} x {tiles.size.width} px, which is less than a box of {side.height} x "
            f"{side.width}; name a larger one."
        )
    boxes.sort(key=lambda box: -sum(map(len, tiles.under(box))))
    return sorted(boxes[: max(1, _PIXELS_PER_ROUND // side.area)], key=lambda b: (b.top, b.left))


def _moved(box: Box, tiles: _Tiles, rng: np.random.Generator) -> Box:
    """``box`` moved by less than a tile down and right, or back where the slide ends."""
    down, right = (int(rng.integers(1, side)) for side in tiles.tile.shape)
    return Box(
        min(box.top + down, tiles.size.height - box.height),
        min(box.left + right, tiles.size.width - box.width),
        *box.size.shape,
    )


def _tiles_of(path: Path) -> _Tiles:
    """The tiles of the first page, and what decodes them."""
    try:
        with tifffile.TiffFile(path) as tiff:
            page: Any = tiff.pages.first
            if not page.is_tiled:
                raise UsageError(f"{path.name} is not tiled; name an SVS or a tiled TIFF.")
            stored = [
                _bytes_at(tiff.filehandle, *at)
                for at in zip(page.dataoffsets, page.databytecounts, strict=True)
            ]
            decode = partial(page.decode, index=0, jpegtables=page.jpegtables)
            if page.compression == tifffile.COMPRESSION.JPEG and page.photometric in _JPEG_COLOURS:
                decode = partial(
                    imagecodecs.jpeg8_decode,
                    tables=page.jpegtables,
                    colorspace=_JPEG_COLOURS[page.photometric],
                    outcolorspace=imagecodecs.JPEG8.CS.RGB,
                )
            size, tile = (
                Size(page.imagelength, page.imagewidth),
                Size(page.tilelength, page.tilewidth),
            )
            return _Tiles(size, tile, stored, decode)
    except tifffile.TiffFileError as error:
        raise UsageError(f"{path.name} is no TIFF; name an SVS or a tiled TIFF.") from error


def _bytes_at(file: tifffile.FileHandle, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)
