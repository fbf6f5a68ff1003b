"""Pixels of any frame from the levels a slide has.

The value of a frame pixel is the mean of the slide over the square that the pixel covers (`Frame`). It depends on where
the pixel lies on the slide and on nothing else, so a plane read in pieces equals the plane read at once, to the bit.

    frame ──► coarsest level that is still as fine ──► its pixels under the box ──► area mean
                                                       (linear interpolation where the frame is finer than level 0)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.slide.reader import Level, SlideReader
from pathoflow.space import Box, Frame, Size

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Level pixels held at once while a region is resampled: 50 MB of RGB.
MOST_PIXELS = 1 << 24
#: Rows of the frame that are resampled at once, so that what lies between stays in the processor's cache.
_BAND_ROWS = 32
#: A level may be this much coarser than the frame: 4.002 is a rounded 4, and level 0 would not look better.
_LEVEL_TOLERANCE = 1e-3
#: A ratio counts as whole if that moves no pixel of the plane by more than this many level pixels.
_DRIFT_PX = 0.05


def read_region(reader: SlideReader, box: Box, frame: Frame) -> NDArray[np.uint8]:
    """Read ``box``, given in pixels of ``frame``.

    Parameters
    ----------
    reader
        An open slide.
    box
        Whole pixels of ``frame``; may lie partly or wholly outside the slide, which is white.
    frame
        The grid asked for; finer than level 0 is allowed and adds no detail.

    Returns
    -------
    Shape ``(box.height, box.width, 3)``, uint8 RGB. Whole ratios to a level give the exact mean, rounded half up.

    Raises
    ------
    TileUnreadable
        Pixels that should be there cannot be decoded.
    """
    if box.is_empty:
        return np.empty((box.height, box.width, 3), np.uint8)
    levels = reader.info.levels
    number = choose_level(levels, frame)
    resampling = _resampling(levels[number], frame)
    if resampling.is_identity:
        return reader.read(number, box)
    pixels = np.empty((box.height, box.width, 3), np.uint8)
    for piece in box.pieces(resampling.piece_size(MOST_PIXELS)):
        source = resampling.source(piece)
        pixels[piece.within(box).slices] = resampling.apply(reader.read(number, source), piece)
    return pixels


def choose_level(levels: tuple[Level, ...], frame: Frame) -> int:
    """Number of the coarsest level that is no coarser than ``frame``; level 0 if all are coarser."""
    most_y = frame.scale_y * (1 + _LEVEL_TOLERANCE)
    most_x = frame.scale_x * (1 + _LEVEL_TOLERANCE)
    fine_enough = [
        number
        for number, level in enumerate(levels)
        if level.scale_y <= most_y and level.scale_x <= most_x
    ]
    return fine_enough[-1] if fine_enough else 0


@dataclass(frozen=True, slots=True)
class _Resampling:
    """Level pixels per frame pixel, along both axes; whole ratios are stored as whole numbers."""

    ratio_y: float
    ratio_x: float

    @property
    def is_identity(self) -> bool:
        return self.ratio_y == self.ratio_x == 1.0

    @property
    def is_whole(self) -> bool:
        return all(r >= 1 and r.is_integer() for r in (self.ratio_y, self.ratio_x))

    def piece_size(self, most_pixels: int) -> Size:
        """Frame pixels, as a square, whose level pixels are about ``most_pixels``."""
        side = max(1, math.isqrt(int(most_pixels / (self.ratio_y * self.ratio_x))))
        return Size(side, side)

    def source(self, box: Box) -> Box:
        """Level pixels that ``box`` of the frame is made of."""
        top, bottom = _support(box.top, box.bottom, self.ratio_y)
        left, right = _support(box.left, box.right, self.ratio_x)
        return Box.spanning(top, left, bottom, right)

    def apply(self, pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
        """Resample the level pixels of ``source(box)`` to those of ``box``."""
        if self.is_whole:
            return _block_mean(pixels, int(self.ratio_y), int(self.ratio_x))
        mean = np.empty((box.height, box.width, 3), np.uint8)
        begin = self.source(box).top
        across = _mixing(box.left, box.right, self.ratio_x, channels=3)
        for top in range(box.top, box.bottom, _BAND_ROWS):
            bottom = min(top + _BAND_ROWS, box.bottom)
            first, last = _support(top, bottom, self.ratio_y)
            # (source y, source x and c) -> (y, source x and c) -> its transpose -> (x and c, y)
            source = pixels[first - begin : last - begin].reshape(last - first, -1)
            rows = _mixing(top, bottom, self.ratio_y) @ source.astype(np.float32)
            blended = across @ np.ascontiguousarray(rows.T)
            # Weights sum to one up to rounding: 255.00002 is white, not an overflow.
            np.clip(blended, 0, 255, out=blended)
            blended += 0.5
            band = mean[top - box.top : bottom - box.top]
            band[:] = blended.T.reshape(band.shape)  # to uint8, which drops the fraction
        return mean


def _resampling(level: Level, frame: Frame) -> _Resampling:
    """How ``frame`` is made from ``level``; ratios that are whole but for rounding become whole."""
    return _Resampling(
        _snapped(frame.scale_y / level.scale_y, level.size.height),
        _snapped(frame.scale_x / level.scale_x, level.size.width),
    )


def _snapped(ratio: float, extent: int) -> float:
    """``ratio``, or the whole number that differs from it by less than `_DRIFT_PX` over ``extent`` level pixels."""
    whole = max(1, round(ratio))
    return float(whole) if abs(ratio / whole - 1) * extent <= _DRIFT_PX else ratio


def _support(start: int, stop: int, ratio: float) -> tuple[int, int]:
    """First, and one past the last, level pixel under frame pixels ``start`` to ``stop`` along one axis."""
    if ratio < 1:
        return math.floor((start + 0.5) * ratio - 0.5), math.floor((stop - 0.5) * ratio - 0.5) + 2
    return math.floor(start * ratio), math.ceil(stop * ratio)


def _block_mean(pixels: NDArray[np.uint8], ratio_y: int, ratio_x: int) -> NDArray[np.uint8]:
    """Mean over blocks of ``ratio_y`` by ``ratio_x`` pixels, rounded half up, in whole numbers."""
    height, width = pixels.shape[0] // ratio_y, pixels.shape[1] // ratio_x
    count = ratio_y * ratio_x
    # The largest sum, and what rounds it, decide how wide the numbers must be; narrow ones are twice as quick.
    whole = np.dtype("u2" if count * 255 + count // 2 < 1 << 16 else "u4")
    mean = np.empty((height, width, 3), np.uint8)
    lines = pixels.reshape(height, ratio_y, width * ratio_x * 3)
    for top in range(0, height, _BAND_ROWS):
        band = lines[top : top + _BAND_ROWS]
        rows = band[:, 0].astype(whole)
        for offset in range(1, ratio_y):
            rows += band[:, offset]
        # A channel at a time: adding views with a long last axis is several times faster than with one of three.
        for channel in range(3):
            total = rows[:, channel :: 3 * ratio_x].copy()
            for offset in range(1, ratio_x):
                total += rows[:, channel + 3 * offset :: 3 * ratio_x]
            mean[top : top + _BAND_ROWS, :, channel] = (total + count // 2) // count
    return mean


def _mixing(start: int, stop: int, ratio: float, channels: int = 1) -> csr_array:
    """Sparse matrix that makes frame pixels ``start`` to ``stop`` from the level pixels of their support, one axis.

    With ``channels`` each pixel is that many neighbouring rows, mixed alike.
    """
    from scipy.sparse import csr_array  # half a second to import, and whole ratios do without

    first, last = _support(start, stop, ratio)
    taps, weights = _weights(np.arange(start, stop), ratio)
    # Taps outside of the support have no weight; they only must not point outside of the array.
    pixel = np.clip(taps - first, 0, last - first - 1)
    columns = pixel[:, None, :] * channels + np.arange(channels)[:, None]
    shares = np.repeat(weights.astype(np.float32), channels, axis=0)
    ends = np.arange(0, columns.size + 1, taps.shape[1])
    shape = (stop - start) * channels, (last - first) * channels
    return csr_array((shares.ravel(), columns.ravel(), ends), shape=shape)


def _weights(
    index: NDArray[np.int64], ratio: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Level pixels under each frame pixel and their share of it; both of shape ``(index, taps)``.

    All is computed from absolute places, so that a pixel gets the same weights however the plane is cut.
    """
    if ratio < 1:
        place = (index + 0.5) * ratio - 0.5
        taps = np.floor(place).astype(np.int64)[:, None] + np.arange(2)
        return taps, 1 - np.abs(place[:, None] - taps)
    begin, end = (index * ratio)[:, None], ((index + 1) * ratio)[:, None]
    taps = np.floor(begin).astype(np.int64) + np.arange(math.ceil(ratio) + 1)
    covered = np.minimum(end, taps + 1) - np.maximum(begin, taps)
    return taps, np.clip(covered, 0, None) / ratio
