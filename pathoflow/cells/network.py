"""Nuclei by a network: its maps rise at the centres of nuclei, one map per class of nucleus.

    crop -> the card's µm per pixel -> tiles with halo -> maps -> their sum, smoothed -> highest places -> class of each

What such a network learns from are discs at the centres (`pathoflow.data.painted_cells`), so nothing is outlined and
touching nuclei stay apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.cells.named import NamedNuclei, NucleusClass
from pathoflow.errors import UsageError
from pathoflow.space import Box, Size
from pathoflow.tiles import plan_tiles

if TYPE_CHECKING:
    from pathoflow.networks import Network

#: Classes of a network's card and what they are here.
CARD_CLASSES: dict[str, NucleusClass] = {
    "tumour_cell": NucleusClass.TUMOUR,
    "hepatocyte": NucleusClass.HEPATOCYTE,
    "leucocyte": NucleusClass.LEUCOCYTE,
    "endothelium": NucleusClass.ENDOTHELIUM,
    "red_cell": NucleusClass.RED_CELL,
    "other_cell": NucleusClass.OTHER,
}


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How maps become nuclei; every field carries its reason."""

    #: Radius within which a nucleus is judged: that of the discs that networks learn.
    disc_um: float = 1.75
    #: Standard deviation of the smoothing before the highest places are sought: it rounds the discs' flat tops.
    smoothing_um: float = 0.75
    #: Closest that the centres of two nuclei can be: half a small lymphocyte.
    min_distance_um: float = 3.0
    #: Sum of all classes, smoothed, from which a place is a nucleus.
    min_height: float = 0.35
    #: Side of the tiles shown to the network; with its halo a tile takes some 0.3 GB.
    tile_px: int = 512
    #: The crop is scaled to the network's µm per pixel where they differ by more than this share.
    mpp_tolerance: float = 0.03
    #: Coarser pixels than this many of the network's cannot be made fine enough.
    max_coarser: float = 1.6


def find_nuclei(
    network: Network,
    rgb: NDArray[np.uint8],
    mpp: float,
    inside: NDArray[np.bool_],
    settings: MapSettings | None = None,
) -> NamedNuclei:
    """Nuclei of a crop, as the network sees them; sought only in tiles that hold something of ``inside``.

    Parameters
    ----------
    rgb
        Shape ``(h, w, 3)``.
    mpp
        Micrometres per pixel.
    inside
        Where nuclei are wanted, shape ``(h, w)``.

    Raises
    ------
    UsageError
        The crop is too coarse, or a class of the network is no nucleus.
    """
    settings = settings or MapSettings()
    card = network.card
    if mpp > settings.max_coarser * card.mpp:
        raise UsageError(
            f"Network {card.name!r} looks at nuclei at {card.mpp:g} µm/px and cannot at {mpp:g}; "
            f"read the slide at {card.mpp:g} µm/px."
        )
    step = card.mpp / mpp
    shown, wanted = rgb, inside
    if abs(step - 1) > settings.mpp_tolerance:
        shown, wanted = _scaled(rgb, step), _scaled(inside, step)
    maps = class_maps(network, shown, wanted, settings.tile_px)
    found = nuclei_from_maps(maps, card.classes, card.mpp, settings, f"network:{card.name}")
    ratio = np.array(inside.shape) / np.array(wanted.shape)
    # The middle of pixel 0 is half a pixel from the edge, at either scale.
    centres = (found.centres_px + 0.5) * ratio - 0.5
    return NamedNuclei(centres, found.probability, found.method)


def class_maps(
    network: Network, rgb: NDArray[np.uint8], wanted: NDArray[np.bool_], tile_px: int = 512
) -> NDArray[np.uint8]:
    """Maps ``(classes, h, w)`` of a crop at the network's µm per pixel, 255 meaning 1, 0 in tiles without ``wanted``.

    Beyond its edges the crop is mirrored.
    """
    height, width = wanted.shape
    # Networks halve their input up to five times.
    side = min(tile_px, _upwards(max(height, width), 32))
    halo = _upwards(network.card.halo_px, 16)
    maps = np.zeros((len(network.card.classes), height, width), np.uint8)
    tiles = plan_tiles(
        Size(height, width).box(), side, halo, lambda core: bool(wanted[core.slices].any())
    )
    if not tiles:
        return maps
    padded = Box(0, 0, _upwards(height, side), _upwards(width, side)).grow(halo)
    before, after = (halo, halo), (padded.bottom - height, padded.right - width)
    mirrored = np.pad(rgb, (*zip(before, after, strict=True), (0, 0)), mode="symmetric")
    for tile in tiles:
        rows, cols = tile.padded.within(padded).slices
        answer = network.predict(mirrored[None, rows, cols])[0]
        core = tile.core.within(tile.padded).slices
        maps[(slice(None), *tile.core.slices)] = answer[(slice(None), *core)]
    return maps


def nuclei_from_maps(
    maps: NDArray[np.uint8] | NDArray[np.floating[Any]],
    classes: tuple[str, ...],
    mpp: float,
    settings: MapSettings | None = None,
    method: str = "network",
) -> NamedNuclei:
    """Nuclei of maps of probability: the highest places of their sum, each with the class that prevails there.

    Within the disc round a place, ``share of a class = sum of its map / sum of all maps``.

    Parameters
    ----------
    maps
        Shape ``(classes, h, w)``; bytes, or numbers from 0 to 1.
    classes
        Names of the maps, of those of `CARD_CLASSES`.
    mpp
        Micrometres per pixel of ``maps``.

    Raises
    ------
    UsageError
        A class is none of `CARD_CLASSES`.
    """
    from skimage.feature import peak_local_max
    from skimage.morphology import disk

    settings = settings or MapSettings()
    foreign = [name for name in classes if name not in CARD_CLASSES]
    if foreign:
        raise UsageError(
            f"Class {', '.join(foreign)} is no nucleus: nuclei are {', '.join(CARD_CLASSES)}."
        )
    scale = np.float32(1 / 255 if maps.dtype == np.uint8 else 1)
    total = maps.sum(axis=0, dtype=np.float32) * scale
    height = ndi.gaussian_filter(total, settings.smoothing_um / mpp)
    reach = max(1, math.ceil(settings.min_distance_um / mpp))
    peaks = peak_local_max(
        height,
        min_distance=reach,
        threshold_abs=settings.min_height,
        exclude_border=False,
        footprint=disk(reach),
        p_norm=2,
    )
    sums = _disc_sums(maps, peaks, settings.disc_um / mpp)
    probability = np.zeros((len(peaks), len(NucleusClass)))
    for name, column in zip(classes, sums.T, strict=True):
        probability[:, tuple(NucleusClass).index(CARD_CLASSES[name])] += column
    probability /= np.maximum(probability.sum(axis=1, keepdims=True), 1e-12)
    return NamedNuclei(_refined(height, peaks), probability, method)


def _disc_sums(
    maps: NDArray[Any], peaks: NDArray[np.intp], radius_px: float
) -> NDArray[np.float64]:
    """Sums of every map over the discs round places, shape ``(places, classes)``; discs are cut at the edges."""
    reach = int(radius_px)
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    within = dy * dy + dx * dx <= radius_px**2
    y, x = peaks[:, :1] + dy[within], peaks[:, 1:] + dx[within]
    rows, cols = maps.shape[1:]
    there = (y >= 0) & (y < rows) & (x >= 0) & (x < cols)
    values = maps[:, y.clip(0, rows - 1), x.clip(0, cols - 1)].astype(np.float64)
    return np.asarray((values * there).sum(axis=2).T, np.float64)


def _refined(height: NDArray[np.float32], peaks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Places between pixels: the top of the parabola through a peak and its two neighbours, along each axis."""
    padded = np.pad(height, 1, mode="edge").astype(np.float64)
    y, x = (peaks + 1).T
    top = padded[y, x]
    shifts = []
    for before, after in (
        (padded[y - 1, x], padded[y + 1, x]),
        (padded[y, x - 1], padded[y, x + 1]),
    ):
        bend = before - 2 * top + after
        shift = np.where(bend < -1e-9, 0.5 * (before - after) / np.minimum(bend, -1e-9), 0.0)
        shifts.append(shift.clip(-0.5, 0.5))
    return np.asarray(peaks + np.stack(shifts, axis=1), np.float64)


def _scaled(pixels: NDArray[Any], step: float) -> NDArray[Any]:
    """Pixels ``step`` times as large, or finer where it is below 1; a mask stays a mask."""
    from PIL import Image

    size = (max(1, round(pixels.shape[1] / step)), max(1, round(pixels.shape[0] / step)))
    if pixels.dtype == np.bool_:
        image = Image.fromarray(pixels.astype(np.uint8) * 255)
        return np.asarray(image.resize(size, Image.Resampling.NEAREST)) > 0
    # Averages what becomes one pixel, interpolates where pixels become finer.
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _upwards(number: int, step: int) -> int:
    return -(-number // step) * step
