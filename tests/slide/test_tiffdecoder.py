from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.slide.tiff import open_with_tifffile
from pathoflow.space import Box

Write = Callable[..., Path]
RGB, YCBCR = 2, 6  # TIFF's photometric numbers
#: 32 x 32 px of JPEG 2000 in YCbCr whose colours have half the columns, as openjpeg's own program wrote them from
#: Y = 60 + 4 x + y, Cb = 100 + 2 y, Cr = 90 + 3 x (x: even column, y: row).
HALVED_COLOURS = base64.b64decode(
    "/0//UQAvAAAAAAAgAAAAIAAAAAAAAAAAAAAAIAAAACAAAAAAAAAAAAADBwEBBwIBBwIB/1IADAAAAAEAAQQEAAH/XA"
    "AHQEBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjD/kAAKAAAAAAE7AAH/k8+2oREmCxHC"
    "3h4KQXigJvi3nw4ejpPBRMon45r4G890AQU9pOx3xJwUPUykP6ggMfKhNhyQwGxqPf3HbX7zYdLpsZOHbDpdNiuUQW"
    "OwTEFbVVGF1o0EPhZVXr6ec7zXJz0aE+JOd5rk9GhPiTnO81zRoT4k5znwg4/5QAhhGSAAAAAEMIyQAAAAAhhGSAAA"
    "AAEMIyQAAAZf/yyd9aJo/d8n+q9/x9RchCAf2lNpm5jJNkXTqy1EtKTohfLQQ6ORIiMAAUQGI/EaS+pUAVf9++Hcpm"
    "hq38fUcBFlPcjReZasIvLUPjMEvezZ85TvRxM4oN3Zc9ubEAstyIAstyIDJdWeIM3stm7baj+1CGEhL/9/wHwiwBGA"
    "X6fHiJ+drCmgHRCEICc/wHwiADaheYD/2Q=="
)


@pytest.fixture
def patches() -> list[NDArray[np.uint8]]:
    """Four tiles of 64 px: saturated colours in smooth waves, so that a wrong colour space shows."""
    y, x = np.mgrid[0:64, 0:64]
    waves = [120 + 110 * np.sin((a * x + b * y) / 25) for a, b in ((1, 0), (0, 1), (1, 1))]
    whole = np.stack(waves, axis=2).astype(np.uint8)
    return [np.roll(whole, 16 * n, axis=(0, 2)) for n in range(4)]


def pixels_of_openslide(path: Path, size: int = 128) -> NDArray[np.uint8]:
    with openslide.OpenSlide(path) as slide:
        return np.asarray(slide.read_region((0, 0), 0, (size, size)).convert("RGB"))


def pixels(path: Path, size: int = 128) -> NDArray[np.uint8]:
    return open_with_tifffile(path).read(0, Box(0, 0, size, size))


def jpeg(pixels: NDArray[np.uint8], colours: str) -> bytes:
    data: bytes = imagecodecs.jpeg8_encode(
        pixels, level=90, colorspace="RGB", outcolorspace=colours, subsampling="444"
    )
    return data


def jpeg_2000(pixels: NDArray[np.uint8]) -> bytes:
    """A stream without container or colour transform, and without loss."""
    data: bytes = imagecodecs.jpeg2k_encode(
        pixels, codecformat="J2K", level=0, reversible=True, mct=False
    )
    return data


def parted(stream: bytes) -> tuple[bytes, bytes]:
    """Tables and rest of a JPEG stream, each a stream of its own, as scanners store them in TIFF."""
    tables, rest, at = b"", b"", 2
    while stream[at + 1] != 0xDA:  # start of scan: the pixels follow
        length = 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
        segment = stream[at : at + length]
        if segment[1] in (0xDB, 0xC4):  # quantisation, Huffman
            tables += segment
        else:
            rest += segment
        at += length
    return b"\xff\xd8" + tables + b"\xff\xd9", b"\xff\xd8" + rest + stream[at:]


def without_marks(stream: bytes) -> bytes:
    """A JPEG stream without the segments (APPn) that name its colour space, as Aperio's scanners write it."""
    at, kept = 2, stream[:2]
    while stream[at + 1] != 0xDA:
        length = 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
        if not 0xE0 <= stream[at + 1] <= 0xEF:
            kept += stream[at : at + length]
        at += length
    return kept + stream[at:]


@pytest.mark.parametrize(("tag", "colours"), [(RGB, "RGB"), (YCBCR, "YCBCR")])
@pytest.mark.parametrize("has_marks", [False, True])
def test_jpeg_has_the_colours_of_the_photometric_tag_as_openslide_reads_it(
    write_stored: Write,
    patches: list[NDArray[np.uint8]],
    tag: int,
    colours: str,
    has_marks: bool,
) -> None:
    streams = [jpeg(patch, colours) for patch in patches]
    path = write_stored(streams if has_marks else [*map(without_marks, streams)], 7, tag)
    found = pixels(path)
    assert np.array_equal(found, pixels_of_openslide(path))
    # And those are the true ones, but for what JPEG loses.
    assert np.abs(found[:64, :64].astype(int) - patches[0]).mean() < 3


def test_jpeg_tables_of_the_page_serve_all_its_tiles(
    write_stored: Write, patches: list[NDArray[np.uint8]]
) -> None:
    streams = [parted(without_marks(jpeg(patch, "RGB"))) for patch in patches]
    path = write_stored([rest for _, rest in streams], 7, RGB, tables=streams[0][0])
    found = pixels(path)
    assert np.array_equal(found, pixels_of_openslide(path))
    assert np.abs(found[:64, :64].astype(int) - patches[0]).mean() < 3


def test_a_jpeg_of_another_size_than_its_tile_is_damage(
    write_stored: Write, patches: list[NDArray[np.uint8]]
) -> None:
    streams = [jpeg(patch, "YCBCR") for patch in patches]
    streams[3] = jpeg(np.zeros((32, 64, 3), np.uint8), "YCBCR")
    path = write_stored(streams, 7, YCBCR)
    with pytest.raises(TileUnreadable, match="row 64, column 64"):
        pixels(path)


def test_jpeg_2000_in_rgb_is_what_was_stored(
    write_stored: Write, patches: list[NDArray[np.uint8]]
) -> None:
    path = write_stored([jpeg_2000(patch) for patch in patches], 33005)
    found = pixels(path)
    assert np.array_equal(found[64:, :64], patches[2])
    assert np.array_equal(found, pixels_of_openslide(path))


def test_jpeg_2000_in_ycbcr_becomes_the_rgb_of_openslide_for_every_colour(
    write_stored: Write,
) -> None:
    blue, red = np.mgrid[0:256, 0:256].astype(np.uint8)
    every = np.stack([np.full_like(blue, 128), blue, red], axis=2)
    tiles = [every[y : y + 64, x : x + 64] for y in range(0, 256, 64) for x in range(0, 256, 64)]
    path = write_stored([jpeg_2000(tile) for tile in tiles], 33003)
    assert np.array_equal(pixels(path, 256), pixels_of_openslide(path, 256))


def test_jpeg_2000_with_halved_colours_is_at_most_a_grey_level_from_openslide(
    tmp_path: Path,
) -> None:
    path = tmp_path / "halved.svs"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(
            iter([HALVED_COLOURS]),
            shape=(32, 32, 3),
            dtype=np.uint8,
            tile=(32, 32),
            photometric="rgb",
            compression="jpeg2000",
            description="Aperio",
            metadata=None,
        )
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tiff.pages.first.tags["Compression"].overwrite(33003)
    found = pixels(path, 32).astype(int)
    assert np.abs(found - pixels_of_openslide(path, 32)).max() == 1
    # Row 3, column 10 by hand: Y = 103, Cb - 128 = -22, Cr - 128 = -8.
    by_hand = [103 - 1.402 * 8, 103 + 0.34414 * 22 + 0.71414 * 8, 103 - 1.772 * 22]
    assert np.abs(found[3, 10] - by_hand).max() <= 1


@pytest.mark.parametrize("codec", [None, "lzw", "zlib", "zstd", "packbits", "lzma"])
@pytest.mark.parametrize("predictor", [False, True])
def test_codecs_without_loss_give_what_was_stored(
    write_tiff: Write, picture: NDArray[np.uint8], codec: Any, predictor: bool
) -> None:
    path = write_tiff(picture, compression=codec, predictor=predictor and codec is not None)
    assert np.array_equal(open_with_tifffile(path).read(0, Box(0, 0, 271, 349)), picture)
