"""Ink on the slide: strong, even colour that no H&E tissue has, in strokes wider than any cell.

Blue and green ink absorb red more than green, which mixtures of haematoxylin and eosin never do; black ink absorbs all alike.
Red ink points the same way as red cells, so there hue is not enough: it must also be a stroke of even width, or lie on glass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage as ndi

from pathoflow.tissue.density import (
    brightest,
    darkest,
    density_shares,
    estimate_white,
    optical_density,
    total_density,
)
from pathoflow.tissue.planes import bands, every_nth


@dataclass(frozen=True, slots=True)
class PenSettings:
    """What counts as ink; every field carries its reason."""

    #: Ink is evened out over this distance, nuclei vanish.
    smoothing_um: float = 16.0
    #: Felt pens leave a summed density of 1.2 to 1.9; half of it still counts at their soft edges.
    min_density: float = 0.6
    #: Over tissue only density beyond the typical tissue's is judged; dense lymphoid tissue exceeds it by up to 0.6 ...
    min_excess: float = 0.8
    #: ... and is up to 1.16 times as dense in red as in green then. Fainter pens, which add 0.4 to 0.8, must be bluer.
    min_faint_excess: float = 0.4
    faint_blue_ratio: float = 1.22
    min_grey_excess: float = 0.8
    min_red_excess: float = 0.4
    #: Red over green density: blue ink 1.28, green ink 2.8, haematoxylin at most 1.06.
    blue_ratio: float = 1.15
    #: Grey within this spread of the shares and denser than this is black ink; folded H&E keeps a spread of 0.2.
    max_grey_spread: float = 0.08
    min_grey_density: float = 1.2
    #: Red ink: little red, blue nearly as strong as green (eosin 0.70, ink 0.87, red cells 0.95).
    max_red_share: float = 0.15
    min_blue_to_green: float = 0.76
    min_red_density: float = 0.9
    #: Narrower than this is not a pen; hairs and coverslip edges are.
    min_width_um: float = 150.0
    min_area_um2: float = 150_000.0
    #: Variation of the density inside a stroke; ink is even, blood and pigment are not.
    max_variation: float = 0.25
    #: A red stroke is this many times longer than wide and keeps its width within this variation ...
    min_length_to_width: float = 8.0
    max_width_variation: float = 0.35
    #: ... or lies on glass with this share of its area.
    min_glass_fraction: float = 0.5
    #: Soft edge round the ink that is excluded too.
    margin_um: float = 60.0


def find_pen(
    overview: NDArray[np.uint8], mpp: float, settings: PenSettings | None = None
) -> NDArray[np.bool_]:
    """Find ink on tissue and glass.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    mpp
        Micrometres per pixel of ``overview``.

    Returns
    -------
    True on ink and its soft edge, shape ``(h, w)``.
    """
    settings = settings or PenSettings()
    step = max(1, round(_PEN_MPP / mpp))
    small = np.asarray(Image.fromarray(overview).reduce(step))
    ink = _find_in(small, mpp * step, settings).repeat(step, axis=0).repeat(step, axis=1)
    return ink[: overview.shape[0], : overview.shape[1]]


# A stroke of 150 µm is still nine pixels wide, and a section costs a quarter.
_PEN_MPP = 16.0


def _find_in(overview: NDArray[np.uint8], mpp: float, settings: PenSettings) -> NDArray[np.bool_]:
    """Find ink at the power at hand."""
    density = optical_density(overview, estimate_white(overview))
    for channel in range(3):
        density[..., channel] = ndi.gaussian_filter(
            density[..., channel], settings.smoothing_um / mpp / 2
        )
    total = total_density(density)
    beneath = _typical_tissue(density, total)
    over = replace(settings, min_density=settings.min_excess)
    faint = replace(
        settings,
        min_density=settings.min_faint_excess,
        blue_ratio=settings.faint_blue_ratio,
        min_grey_density=settings.min_grey_excess,
        min_red_density=settings.min_red_excess,
    )
    strong, red = np.empty(total.shape, bool), np.empty(total.shape, bool)
    for rows in bands(total.shape):
        part = density[rows]
        # Over tissue the ink is what exceeds the tissue beneath, and that has the ink's colour again.
        excess = (part - beneath).clip(0)
        seen = [_candidates(part, settings), _candidates(excess, over), _candidates(excess, faint)]
        strong[rows], red[rows] = (np.logical_or.reduce(masks) for masks in zip(*seen, strict=True))
    del density
    ink = _strokes(strong, total, mpp, settings)
    if red.any():
        silhouette = ndi.binary_fill_holes((total > 0.1) & ~red & ~strong)
        ink |= _red_strokes(red, total, silhouette, mpp, settings)
    if not ink.any():
        return ink
    away = ndi.distance_transform_edt(~ink) * mpp
    return np.asarray(away <= settings.margin_um, dtype=np.bool_)


def _typical_tissue(
    density: NDArray[np.float32], total: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Median density of what is neither glass nor as dense as ink, shape ``(3,)``."""
    tissue = (total > 0.15) & (total < 1.2)
    n_pixels = int(tissue.sum())
    if not n_pixels:
        return np.zeros(3, dtype=np.float32)
    sample = every_nth(density, tissue, max(1, n_pixels // 100_000))
    return np.asarray(np.median(sample, axis=0), dtype=np.float32)


def _candidates(
    density: NDArray[np.float32], settings: PenSettings
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixels of blue, green or black ink, and pixels that red ink shares with blood."""
    total = total_density(density)
    shares = density_shares(density)
    red, green, blue = shares[..., 0], shares[..., 1], shares[..., 2]
    cold = (red > settings.blue_ratio * green) & (total >= settings.min_density)
    spread = brightest(shares) - darkest(shares)
    black = (spread < settings.max_grey_spread) & (total >= settings.min_grey_density)
    warm = (
        (red < settings.max_red_share)
        & (blue > settings.min_blue_to_green * green)
        & (blue < 1.1 * green)
        & (total >= settings.min_red_density)
    )
    return cold | black, warm


def _strokes(
    candidate: NDArray[np.bool_], total: NDArray[np.float32], mpp: float, settings: PenSettings
) -> NDArray[np.bool_]:
    """Even regions wide and large enough for a pen."""
    labels = _wide_regions(candidate, mpp, settings)
    keep = np.zeros(int(labels.max()) + 1, dtype=bool)
    for number, window in enumerate(ndi.find_objects(labels), start=1):
        inside = labels[window] == number
        keep[number] = _is_even(inside, total[window], mpp, settings)
    return np.asarray(keep[labels], dtype=np.bool_)


def _red_strokes(
    candidate: NDArray[np.bool_],
    total: NDArray[np.float32],
    silhouette: NDArray[np.bool_],
    mpp: float,
    settings: PenSettings,
) -> NDArray[np.bool_]:
    """Even red regions that are drawn like a line, or lie on glass."""
    labels = _wide_regions(candidate, mpp, settings)
    keep = np.zeros(int(labels.max()) + 1, dtype=bool)
    for number, window in enumerate(ndi.find_objects(labels), start=1):
        inside = labels[window] == number
        if not _is_even(inside, total[window], mpp, settings):
            continue
        on_glass = 1 - float(np.mean(silhouette[window][inside]))
        keep[number] = on_glass >= settings.min_glass_fraction or _is_line(inside, settings)
    return np.asarray(keep[labels], dtype=np.bool_)


def _wide_regions(
    candidate: NDArray[np.bool_], mpp: float, settings: PenSettings
) -> NDArray[np.int32]:
    """Connected regions left after dropping what is narrower than a pen (opening by distance transforms)."""
    empty = np.zeros(candidate.shape, dtype=np.int32)
    if np.count_nonzero(candidate) * mpp**2 < settings.min_area_um2:
        return empty
    radius = settings.min_width_um / 2 / mpp
    core = ndi.distance_transform_edt(np.pad(candidate, 1))[1:-1, 1:-1] >= radius
    if not core.any():
        return empty
    opened = (ndi.distance_transform_edt(~core) <= radius) & candidate
    labels, _ = ndi.label(opened, structure=np.ones((3, 3), dtype=bool))
    keep = np.bincount(labels.ravel()) * mpp**2 >= settings.min_area_um2
    keep[0] = False
    labels, _ = ndi.label(keep[labels], structure=np.ones((3, 3), dtype=bool))
    return np.asarray(labels, dtype=np.int32)


def _is_even(
    inside: NDArray[np.bool_], total: NDArray[np.float32], mpp: float, settings: PenSettings
) -> bool:
    """Whether the density varies little away from the soft edge."""
    depth = ndi.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1] * mpp
    deep = total[depth >= settings.min_width_um / 4]
    return bool(deep.std() <= settings.max_variation * deep.mean())


def _is_line(inside: NDArray[np.bool_], settings: PenSettings) -> bool:
    """Whether a region is much longer than wide and keeps its width."""
    from skimage.morphology import skeletonize

    padded = np.pad(inside, 1)
    half_widths = ndi.distance_transform_edt(padded)[skeletonize(padded)]
    width = 2 * float(np.median(half_widths))
    length = np.count_nonzero(inside) / width
    even = half_widths.std() <= settings.max_width_variation * half_widths.mean()
    return bool(even and length >= settings.min_length_to_width * width)
