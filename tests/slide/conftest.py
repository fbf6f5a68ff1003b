"""Small slides in real formats, written into the test's own folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

APERIO = (
    "Aperio Image Library v11\r\n|AppMag = 40|MPP = 0.2500|User = jane|Date = 01/02/03|Filename = x"
)


@pytest.fixture
def picture() -> NDArray[np.uint8]:
    """Smooth colours, so that JPEG keeps them, that differ along y, x and by channel; 271 x 349 px."""
    y, x = np.mgrid[0:271, 0:349]
    red = 120 + 100 * np.sin(y / 40)
    green = 120 + 100 * np.cos(x / 60)
    blue = 40 + 0.3 * x + 0.2 * y
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


@pytest.fixture
def write_tiff(tmp_path: Path) -> Callable[..., Path]:
    """Write a pyramid as further pages; give each level's pixels, fine to coarse."""

    def write(*levels: NDArray[Any], name: str = "slide.tiff", **options: Any) -> Path:
        path = tmp_path / name
        settings: dict[str, Any] = {"tile": (64, 64), "metadata": None, **options}
        with tifffile.TiffWriter(path, bigtiff=settings.pop("bigtiff", False)) as tiff:
            for number, level in enumerate(levels):
                settings.setdefault("photometric", "rgb")
                # 1: a reduced copy of another page, which OpenSlide wants of levels.
                tiff.write(level, subfiletype=int(number > 0), **settings)
        return path

    return write


@pytest.fixture
def write_svs(write_tiff: Callable[..., Path], picture: NDArray[np.uint8]) -> Callable[..., Path]:
    """Write what OpenSlide takes for an Aperio slide; three levels, 0.25 µm per pixel, 40x, lossless."""

    def write(name: str = "case.svs", **options: Any) -> Path:
        levels = (picture, picture[::4, ::4], picture[::16, ::16])
        return write_tiff(*levels, name=name, description=APERIO, **options)

    return write


@pytest.fixture
def write_stored(tmp_path: Path) -> Callable[..., Path]:
    """Write tiles of 64 px that are compressed already, a square number of them, as an Aperio slide of one level."""

    def write(
        tiles: Sequence[bytes], compression: int, photometric: int = 2, tables: bytes | None = None
    ) -> Path:
        path = tmp_path / "stored.svs"
        side = 64 * round(len(tiles) ** 0.5)
        tags = [] if tables is None else [(347, 7, len(tables), tables, True)]
        with tifffile.TiffWriter(path) as tiff:
            tiff.write(
                iter(tiles),
                shape=(side, side, 3),
                dtype=np.uint8,
                tile=(64, 64),
                photometric="rgb",
                compression="jpeg2000" if compression > 33_000 else "jpeg",
                description=APERIO,
                metadata=None,
                extratags=tags,
            )
        # The writer chooses these two by itself; what the tiles hold is known here only.
        with tifffile.TiffFile(path, mode="r+") as tiff:
            tiff.pages.first.tags["Compression"].overwrite(compression)
            tiff.pages.first.tags["PhotometricInterpretation"].overwrite(photometric)
        return path

    return write
