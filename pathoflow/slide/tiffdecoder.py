"""The bytes of one TIFF tile or strip to RGB pixels.

JPEG goes straight to its codec, in the colours that the page's photometric tag names. That tag is what libtiff and
OpenSlide believe, and Aperio's scanners rely on it: they store RGB in JPEG streams that do not say so. Only where a
stream carries the JFIF mark, which promises YCbCr, while the tag of a file that is not Aperio's says RGB, the choice is
tifffile's. OpenSlide's pixels are the same to the bit, as long as both use a libjpeg-turbo.

Aperio's compression 33003 is JPEG 2000 in YCbCr, 33005 in RGB; neither stream says which. The codec converts
streams with halved colours (4:2:2, as the scanners write them) by itself and cuts the fractions where OpenSlide rounds
them: the two differ by at most one grey level. Streams with whole colours it leaves as they are stored; here they get
OpenSlide's own formula, so nothing differs. RGB comes out the same to the bit.

All else (none, LZW, deflate, zstd, striped pages, transparency) is left to the page's own decoders, which add less than
3 % to the codec's time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused

#: Takes a segment's bytes and its number, gives RGB pixels; raises one of `DECODING_ERRORS` where it cannot.
Decoder = Callable[[bytes, int], NDArray[np.uint8]]
# What decoders raise on damaged data: imagecodecs its own RuntimeErrors, numpy and tifffile ValueErrors.
DECODING_ERRORS = (RuntimeError, ValueError, OSError, IndexError, TypeError)

#: What a page's own decoder gives: samples ``(depth, y, x, samples)``, their place and their shape.
_Decoded = tuple[NDArray[Any] | None, tuple[int, ...], tuple[int, ...]]
_COLOURS: dict[int, str] = {
    tifffile.PHOTOMETRIC.RGB: "RGB",
    tifffile.PHOTOMETRIC.YCBCR: "RGB",  # decoded to RGB by the JPEG codec
    tifffile.PHOTOMETRIC.MINISBLACK: "grey",
    tifffile.PHOTOMETRIC.MINISWHITE: "inverted grey",
}
_JPEG, _APERIO_YCBCR, _JPEG_2000 = 7, 33003, 34712  # TIFF compression numbers
# JPEG and JPEG 2000 codecs, by TIFF compression number.
_CONVERTS_COLOURS = {6, _JPEG, _APERIO_YCBCR, 33004, 33005, _JPEG_2000}
_STREAM_COLOURS: dict[int, int] = {
    tifffile.PHOTOMETRIC.RGB: imagecodecs.JPEG8.CS.RGB,
    tifffile.PHOTOMETRIC.YCBCR: imagecodecs.JPEG8.CS.YCbCr,
}
#: First bytes of a JPEG 2000 stream without a container: its start, and the marker of its sizes.
_STREAM_MARK = b"\xff\x4f\xff\x51"
#: Where such a stream says how far apart the second colour's samples lie, along x and y (ISO/IEC 15444-1, A.5.1).
_SECOND_COLOUR_STEPS = slice(46, 48)


def decoder_of(page: tifffile.TiffPage) -> Decoder:
    """What turns the segments of ``page``, whose file is open, into pixels ``(y, x, 3)``.

    Raises
    ------
    ReaderRefused
        The page holds something other than 8-bit RGB or grey, or is compressed in an unknown way.
    """
    colours, alpha = _check_colours(page)
    if _is_plain_jpeg(page):
        return partial(
            _decode_jpeg,
            shape=(page.tilelength, page.tilewidth, 3),
            tables=page.jpegtables,
            colours=_STREAM_COLOURS[page.photometric],
        )
    # Taken once: the property builds a decoder at first use, which two threads must not do at the same time.
    decode = partial(page.decode, jpegtables=page.jpegtables, jpegheader=page.jpegheader)
    if page.compression == _APERIO_YCBCR or (
        page.compression == _JPEG_2000 and page.photometric == tifffile.PHOTOMETRIC.YCBCR
    ):
        return partial(_decode_jpeg_2000_ycbcr, decode=decode)
    return partial(_decode_other, decode=decode, colours=colours, alpha=alpha)


def _is_plain_jpeg(page: tifffile.TiffPage) -> bool:
    """Whether the tiles are JPEG streams of three colours, of which the photometric tag is to be believed."""
    return bool(
        page.compression == _JPEG
        and page.is_tiled
        and page.samplesperpixel == 3
        and page.photometric in _STREAM_COLOURS
        and page.jpegheader is None
        and page.fillorder == 1
        and (page.photometric == tifffile.PHOTOMETRIC.YCBCR or page.is_svs or not page.is_jfif)
    )


def _decode_jpeg(
    data: bytes, _number: int, *, shape: tuple[int, int, int], tables: bytes | None, colours: int
) -> NDArray[np.uint8]:
    # One byte off. Into memory aligned to 32 bytes the codec writes past the processor's cache, from where the copy that
    # follows must fetch it: decoding and copying then take a third longer.
    pixels = np.empty(math.prod(shape) + 1, np.uint8)[1:].reshape(shape)
    imagecodecs.jpeg8_decode(
        data, tables=tables, colorspace=colours, outcolorspace=imagecodecs.JPEG8.CS.RGB, out=pixels
    )
    return pixels


def _decode_jpeg_2000_ycbcr(
    data: bytes, number: int, *, decode: Callable[..., _Decoded]
) -> NDArray[np.uint8]:
    samples = _samples(decode(data, number))
    has_whole_colours = data.startswith(_STREAM_MARK) and data[_SECOND_COLOUR_STEPS] == b"\1\1"
    return _from_ycbcr(samples) if has_whole_colours else samples


def _from_ycbcr(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB of JPEG's YCbCr (ITU-T T.871), each channel rounded as OpenSlide's tables round it."""
    y, cb, cr = np.moveaxis(samples.astype(np.int32) - np.array([0, 128, 128], np.int32), 2, 0)
    red = y + ((91_881 * cr + 32_768) >> 16)  # 1.402 and 1.772 in 65,536ths
    green = y + (50_000 - 34_414 * cb - 71_414 * cr) // 100_000
    blue = y + ((116_130 * cb + 32_768) >> 16)
    rgb: NDArray[np.uint8] = np.clip(np.stack([red, green, blue], axis=2), 0, 255).astype(np.uint8)
    return rgb


def _decode_other(
    data: bytes,
    number: int,
    *,
    decode: Callable[..., _Decoded],
    colours: str,
    alpha: int | None,
) -> NDArray[np.uint8]:
    """As the page's own decoder does it, then grey on all channels, transparency over white."""
    samples = _samples(decode(data, number))
    if colours == "inverted grey":
        samples = 255 - samples
    if colours != "RGB":
        return np.repeat(samples[..., :1], 3, axis=2)
    return samples[..., :3] if alpha is None else _over_white(samples, alpha)


def _samples(decoded: _Decoded) -> NDArray[np.uint8]:
    """The samples ``(y, x, samples)`` of what a page's decoder gave."""
    if decoded[0] is None:
        raise ValueError("it holds no pixels")
    samples: NDArray[np.uint8] = np.asarray(decoded[0])[0]
    return samples


def _over_white(samples: NDArray[np.uint8], kind: int) -> NDArray[np.uint8]:
    """RGB of RGBA with alpha of a ``kind`` of tifffile's `EXTRASAMPLE`, over white."""
    colours, alpha = samples[..., :3], samples[..., 3:4].astype(np.uint16)
    if kind == tifffile.EXTRASAMPLE.UNASSALPHA:
        colours = ((colours * alpha + 127) // 255).astype(np.uint8)
    over_white: NDArray[np.uint8] = np.minimum(colours + (255 - alpha), 255).astype(np.uint8)
    return over_white


def _check_colours(page: tifffile.TiffPage) -> tuple[str, int | None]:
    """What the samples of a page mean, and the kind of its transparency; refuses what is not 8-bit RGB or grey."""
    colours = _COLOURS.get(page.photometric)
    if colours is None:
        raise ReaderRefused(f"stores colours as {_name(page.photometric)}, not as RGB or grey")
    if page.dtype != np.uint8:
        raise ReaderRefused(f"stores {page.dtype} samples, not 8-bit ones")
    expected = 3 if colours == "RGB" else 1
    if page.samplesperpixel < expected or (expected == 1 and page.samplesperpixel > 1):
        raise ReaderRefused(f"stores {page.samplesperpixel} channels of {colours}")
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and page.samplesperpixel > 1:
        raise ReaderRefused("stores every colour in a plane of its own")
    if page.imagedepth > 1:
        raise ReaderRefused(f"is a volume of {page.imagedepth} planes")
    if page.photometric == tifffile.PHOTOMETRIC.YCBCR and page.compression not in _CONVERTS_COLOURS:
        raise ReaderRefused(f"stores YCbCr with {_name(page.compression)} compression")
    if page.compression not in tifffile.TIFF.DECOMPRESSORS:
        raise ReaderRefused(f"is compressed with {_name(page.compression)}, which has no decoder")
    has_alpha = expected == 3 and page.samplesperpixel == 4 and page.extrasamples
    alpha = page.extrasamples[0] if has_alpha else None
    return colours, alpha if alpha in (1, 2) else None


def _name(value: object) -> str:
    """A TIFF enumeration's name, or the number where it has none."""
    return str(getattr(value, "name", value))
