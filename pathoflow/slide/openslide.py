"""Vendor formats, by OpenSlide: SVS, NDPI, MRXS, SCN, BIF, DICOM and others.

Three of its habits are met here. A handle that failed once refuses everything from then on, so it is replaced. Places
are given in level-0 pixels even for coarse levels, and where the factor between levels is not whole, OpenSlide blends
neighbouring pixels by the fraction that is left; reading from fixed anchors keeps every pixel the same in every read.
What was not scanned comes back transparent, and black to whoever drops the transparency.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openslide
from numpy.typing import NDArray
from PIL import Image

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.slide.pyramid import levels_of
from pathoflow.slide.reader import SlideInfo
from pathoflow.slide.tiffheader import MOST_BELIEVABLE_MPP, is_painted
from pathoflow.space import Box, Mpp, Size

# Header entries that name no person, case, day or file.
_SAFE_PROPERTIES = (
    "openslide.background-color",
    "openslide.icc-size",
    "openslide.mpp-x",
    "openslide.mpp-y",
    "openslide.objective-power",
    "aperio.AppMag",
    "aperio.MPP",
    "dicom.Manufacturer",
    "dicom.ManufacturerModelName",
    "hamamatsu.Product",
    "hamamatsu.SourceLens",
    "leica.device-model",
    "leica.objective",
    "mirax.GENERAL.CAMERA_TYPE",
    "mirax.GENERAL.OBJECTIVE_NAME",
    "ventana.Magnification",
    "ventana.ScannerModel",
    "tiff.Software",
)
#: Side of the squares that share an anchor at levels with a fractional factor; small, as reads start at the anchor.
_ANCHOR_PX = 512
#: A declared background darker than this is not glass: fluorescence slides declare grey or black.
_DARKEST_GLASS = 200


def open_with_openslide(path: Path) -> OpenSlideReader:
    """Open ``path`` if OpenSlide knows its format.

    Raises
    ------
    ReaderRefused
        OpenSlide does not know the format, or finds the file damaged.
    """
    try:
        handle = openslide.OpenSlide(path)
    except openslide.OpenSlideUnsupportedFormatError as error:
        raise ReaderRefused("not a format that OpenSlide knows") from error
    except (openslide.OpenSlideError, OSError) as error:
        raise ReaderRefused(_reason(error, path)) from error
    return OpenSlideReader(path, handle)


class OpenSlideReader:
    """Pixels of one slide through OpenSlide; label and macro images are never touched."""

    def __init__(self, path: Path, handle: openslide.OpenSlide) -> None:
        self._path = path
        self._handle: openslide.OpenSlide | None = handle
        self._replacing = threading.Lock()
        self._downsamples = tuple(handle.level_downsamples)
        self._info = _describe(path, handle)
        self._glass = _glass_colour(handle.properties)

    @property
    def info(self) -> SlideInfo:
        """What the header says."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box`` of ``level``; see `SlideReader.read`."""
        pixels = np.full((box.height, box.width, 3), 255, np.uint8)
        inside = box.intersect(self._info.levels[level].size.box())
        if inside.is_empty:
            return pixels
        if self.is_exact(level):
            pixels[inside.within(box).slices] = self._decode(level, inside, inside)
            return pixels
        for piece in inside.pieces(Size(_ANCHOR_PX, _ANCHOR_PX)):
            top, left = (corner // _ANCHOR_PX * _ANCHOR_PX for corner in (piece.top, piece.left))
            anchored = Box.spanning(top, left, piece.bottom, piece.right)
            pixels[piece.within(box).slices] = self._decode(level, anchored, piece)
        return pixels

    def is_exact(self, level: int) -> bool:
        """Whether the pixels of ``level`` come as they are stored, not blended with their neighbours."""
        return self._downsamples[level].is_integer()

    def close(self) -> None:
        """Let go of the file; a read under way in another thread still ends well."""
        # Not closed by hand: the last thread that holds the handle frees it, so none reads freed memory.
        self._handle = None

    def _decode(self, level: int, box: Box, wanted: Box) -> NDArray[np.uint8]:
        """Read ``box``, which lies inside the level, and cut out ``wanted``; one retry on a fresh handle."""
        handle = self._handle
        if handle is None:
            raise UsageError(f"{self._path.name} is closed; open the slide again to read from it.")
        try:
            image = self._ask(handle, level, box)
        except openslide.OpenSlideError:
            image = self._ask_afresh(level, box)
        return np.asarray(self._opaque(image))[wanted.within(box).slices]

    def _ask(self, handle: openslide.OpenSlide, level: int, box: Box) -> Image.Image:
        downsample = self._downsamples[level]
        location = round(box.left * downsample), round(box.top * downsample)
        return handle.read_region(location, level, (box.width, box.height))

    def _ask_afresh(self, level: int, box: Box) -> Image.Image:
        """Read with a handle that no other thread has poisoned, and keep it if it works.

        The lock matters: a thread with a damaged tile must not poison the fresh handle of a thread with a good one.
        """
        with self._replacing:
            try:
                fresh = openslide.OpenSlide(self._path)
                image = self._ask(fresh, level, box)
            except (openslide.OpenSlideError, OSError) as error:
                raise TileUnreadable(
                    f"{self._path.name}: {box.height} x {box.width} px at row {box.top}, column {box.left} of level "
                    f"{level} cannot be decoded ({_reason(error, self._path)}); copy the file again from the scanner."
                ) from error
            if self._handle is not None:
                self._handle = fresh
            return image

    def _opaque(self, image: Image.Image) -> Image.Image:
        """``image`` over glass where it is transparent."""
        lowest_alpha = image.getchannel("A").getextrema()[0]
        if lowest_alpha == 255:
            return image.convert("RGB")
        glass = Image.new("RGBA", image.size, self._glass)
        return Image.alpha_composite(glass, image).convert("RGB")


def _describe(path: Path, handle: openslide.OpenSlide) -> SlideInfo:
    """What the header says, without what could name a person."""
    properties = handle.properties
    levels = levels_of([Size(height, width) for width, height in handle.level_dimensions])
    return SlideInfo(
        path=path,
        reader="openslide",
        vendor=properties.get("openslide.vendor", "unknown"),
        size=levels[0].size,
        levels=levels,
        mpp=_header_mpp(properties),
        objective_power=_number(properties, "openslide.objective-power"),
        bounds=_bounds(properties),
        is_synthetic=is_painted(
            properties.get("tiff.ImageDescription", ""), properties.get("tiff.Software", "")
        ),
        properties={name: properties[name] for name in _SAFE_PROPERTIES if name in properties},
    )


def _header_mpp(properties: Mapping[str, str]) -> Mpp | None:
    """Micrometres per pixel, unless absent or drawn from a screen resolution."""
    y, x = _number(properties, "openslide.mpp-y"), _number(properties, "openslide.mpp-x")
    if not y or not x or y < 0 or x < 0:
        return None
    is_generic = properties.get("openslide.vendor") == "generic-tiff"
    if is_generic and max(y, x) > MOST_BELIEVABLE_MPP:
        return None
    return Mpp(y, x)


def _bounds(properties: Mapping[str, str]) -> Box | None:
    """Part of level 0 that was scanned, where stated in full."""
    names = ("bounds-y", "bounds-x", "bounds-height", "bounds-width")
    numbers = [_number(properties, f"openslide.{name}") for name in names]
    top, left, height, width = (None if n is None else int(n) for n in numbers)
    if top is None or left is None or not height or not width or height < 0 or width < 0:
        return None
    return Box(top, left, height, width)


def _glass_colour(properties: Mapping[str, str]) -> tuple[int, int, int, int]:
    """Colour to show where nothing was scanned: the declared background if it is light, else white."""
    declared = properties.get("openslide.background-color", "")
    try:
        red, green, blue = bytes.fromhex(declared)
    except ValueError:
        return 255, 255, 255, 255
    is_light = min(red, green, blue) >= _DARKEST_GLASS
    return (red, green, blue, 255) if is_light else (255, 255, 255, 255)


def _number(properties: Mapping[str, str], name: str) -> float | None:
    """Property ``name`` as a finite number, or None."""
    try:
        number = float(properties[name])
    except (KeyError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _reason(error: Exception, path: Path) -> str:
    """OpenSlide's own words, without the folder, which may name a patient."""
    return str(error).replace(str(path), path.name)
