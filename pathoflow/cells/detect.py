"""H&E pixels to nuclei, by classical means: haematoxylin, a local threshold, and a split of touching nuclei.

    pixels -> haematoxylin, smoothed -> above the surroundings -> filled blobs -> seeds at the widest places -> watershed -> shapes

It needs no weights and explains itself; a network may replace it where a laboratory has one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.errors import UsageError
from pathoflow.tissue import StainScale, haematoxylin_amount


@dataclass(frozen=True, slots=True)
class NucleusSettings:
    """How nuclei are told from their surroundings; every field carries its reason."""

    #: Finer pixels are averaged to this: a lymphocyte is still 12 pixels across.
    working_mpp: float = 0.5
    #: Coarser than this nuclei of 5 µm melt into each other.
    max_mpp: float = 0.8
    #: Chromatin grain is evened out, gaps between touching nuclei are not.
    smoothing_um: float = 0.6
    #: The surroundings that a nucleus must exceed: two cells across.
    surround_um: float = 40.0
    #: By how much it must exceed them.
    min_excess: float = 0.05
    #: Amount of haematoxylin below which nothing is a nucleus: between cytoplasm (0.08 to 0.20) and the palest nuclei (0.40) ...
    min_haematoxylin: float = 0.22
    #: ... and above which everything is, however dark the surroundings.
    sure_haematoxylin: float = 0.45
    #: A cap of a nucleus of 4 µm across; less is debris or grain.
    min_area_um2: float = 9.0
    #: A giant nucleus of 20 µm across; more is a smear or a fold.
    max_area_um2: float = 320.0
    #: Closest that the centres of two nuclei can be.
    min_distance_um: float = 3.0
    #: Largest crop accepted at once, in megapixels at working power; callers tile what is larger.
    max_megapixels: float = 64.0


@dataclass(frozen=True)
class Nuclei:
    """Nuclei of one crop, one row each.

    Attributes
    ----------
    centres_px
        Rows of (y, x) in pixels of the crop, pixel centres at whole numbers, shape ``(n, 2)``.
    area_um2
        Area, shape ``(n,)``.
    haematoxylin
        Mean amount of haematoxylin relative to the slide, shape ``(n,)``.
    long_um, short_um
        Axes of the ellipse with the same second moments, shape ``(n,)``.
    solidity
        Area over the area of that ellipse: 1 for an ellipse, less for lobes and crescents, shape ``(n,)``.
    """

    centres_px: NDArray[np.float64]
    area_um2: NDArray[np.float64]
    haematoxylin: NDArray[np.float64]
    long_um: NDArray[np.float64]
    short_um: NDArray[np.float64]
    solidity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.area_um2)

    @property
    def elongation(self) -> NDArray[np.float64]:
        """Long over short axis."""
        return self.long_um / self.short_um

    def where(self, keep: NDArray[np.bool_]) -> Nuclei:
        """Those for which ``keep`` holds."""
        return Nuclei(*(getattr(self, field.name)[keep] for field in fields(self)))


def detect_nuclei(
    rgb: NDArray[np.uint8],
    mpp: float,
    settings: NucleusSettings | None = None,
    scale: StainScale | None = None,
) -> Nuclei:
    """Find every nucleus of a crop.

    Parameters
    ----------
    rgb
        Pixels, shape ``(h, w, 3)``.
    mpp
        Micrometres per pixel of ``rgb``; 0.25 to 0.6 is what this was made for.
    scale
        White and strength of stain of the slide.

    Raises
    ------
    UsageError
        The crop is too coarse, or too large for one call.
    """
    settings = settings or NucleusSettings()
    factor = max(1, round(settings.working_mpp / mpp))
    _refuse(rgb, mpp, factor, settings)
    amount = haematoxylin_amount(_shrink(rgb, factor), scale or StainScale())
    labels = segment_nuclei(amount, mpp * factor, settings)
    found = _measure(labels, amount, mpp * factor)
    right_size = (found.area_um2 >= settings.min_area_um2) & (
        found.area_um2 <= settings.max_area_um2
    )
    found = found.where(right_size)
    # The centre of working pixel 0 is the middle of the block of `factor` pixels it stands for.
    centres = found.centres_px * factor + (factor - 1) / 2
    return Nuclei(centres, *(getattr(found, field.name) for field in fields(found)[1:]))


def segment_nuclei(
    amount: NDArray[np.float32], mpp: float, settings: NucleusSettings
) -> NDArray[np.int32]:
    """Number the nuclei of a map of haematoxylin.

    Parameters
    ----------
    amount
        Haematoxylin, shape ``(h, w)``.
    mpp
        Micrometres per pixel of ``amount``.

    Returns
    -------
    1, 2, ... on nuclei, 0 elsewhere, shape ``(h, w)``.
    """
    from skimage.segmentation import watershed

    smooth = ndi.gaussian_filter(amount, settings.smoothing_um / mpp, truncate=2.5)
    surround = _box_mean(smooth, settings.surround_um / mpp)
    threshold = (surround + settings.min_excess).clip(
        settings.min_haematoxylin, settings.sure_haematoxylin
    )
    blobs = _fill_small_holes(smooth > threshold, mpp, settings)
    # Threads of chromatin and fibres are thinner than any nucleus.
    blobs = ndi.binary_opening(blobs, iterations=max(1, round(_THREAD_UM / 2 / mpp)))
    depth = ndi.distance_transform_edt(blobs).astype(np.float32)
    # Jagged edges make false ridges; half a micrometre of smoothing removes them and keeps waists.
    depth = ndi.gaussian_filter(depth, 0.7 / mpp, truncate=2.5)
    seeds = _seeds(depth, blobs, mpp, settings)
    labels = watershed(-depth, seeds, mask=blobs)
    return np.asarray(labels, dtype=np.int32)


def _refuse(rgb: NDArray[np.uint8], mpp: float, factor: int, settings: NucleusSettings) -> None:
    if mpp > settings.max_mpp:
        raise UsageError(
            f"Nuclei cannot be counted at {mpp:g} µm/px; read the slide at {settings.working_mpp:g} µm/px."
        )
    megapixels = rgb.shape[0] * rgb.shape[1] / factor**2 / 1e6
    if megapixels > settings.max_megapixels:
        raise UsageError(
            f"A crop of {megapixels:.0f} megapixels at working power exceeds {settings.max_megapixels:g}; "
            "cut it into pieces."
        )


def _shrink(rgb: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Average blocks of ``factor`` pixels; a last, incomplete block averages what it has."""
    if factor == 1:
        return rgb
    from PIL import Image

    return np.asarray(Image.fromarray(rgb).reduce(factor))


def _box_mean(values: NDArray[np.float32], side_px: float) -> NDArray[np.float32]:
    """Mean over a square; twice, so that its corners do not show."""
    side = max(3, round(side_px / 2**0.5))
    return np.asarray(ndi.uniform_filter(ndi.uniform_filter(values, side), side), dtype=np.float32)


def _fill_small_holes(
    mask: NDArray[np.bool_], mpp: float, settings: NucleusSettings
) -> NDArray[np.bool_]:
    """Fill pale centres of vesicular nuclei, but not the cytoplasm that a ring of nuclei encloses.

    The small gap between three touching nuclei is filled too and may then count as a fourth.
    """
    labels, _ = ndi.label(~mask)
    sizes = np.bincount(labels.ravel())
    small = sizes * mpp**2 <= _MAX_HOLE_UM2
    small[0] = False
    filled = mask | small[labels]
    # Grain that leaves too little for a nucleus is dropped before the costly steps.
    specks, _ = ndi.label(filled)
    keep = np.bincount(specks.ravel()) * mpp**2 >= settings.min_area_um2
    keep[0] = False
    return np.asarray(keep[specks], dtype=np.bool_)


# Narrower than the flattest endothelial nucleus.
_THREAD_UM = 1.5
# A pale centre is smaller than the nucleus around it.
_MAX_HOLE_UM2 = 15.0


def _seeds(
    depth: NDArray[np.float32], blobs: NDArray[np.bool_], mpp: float, settings: NucleusSettings
) -> NDArray[np.int32]:
    """One mark at every widest place, `min_distance_um` apart; plateaus become one mark."""
    side = 2 * max(1, round(settings.min_distance_um / mpp / 2)) + 1
    peaks = (depth == ndi.maximum_filter(depth, side)) & blobs
    labels, _ = ndi.label(peaks, structure=np.ones((3, 3), dtype=bool))
    return np.asarray(labels, dtype=np.int32)


def _measure(labels: NDArray[np.int32], amount: NDArray[np.float32], mpp: float) -> Nuclei:
    """Shapes from the zeroth to second moments, all nuclei at once."""
    y, x = np.nonzero(labels)
    number = labels[y, x]
    count = int(labels.max()) + 1
    size = np.bincount(number, minlength=count)[1:].clip(1)

    def mean(values: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(number, values, minlength=count)[1:] / size, dtype=np.float64)

    centre_y, centre_x = mean(y.astype(float)), mean(x.astype(float))
    off_y, off_x = y - centre_y[number - 1], x - centre_x[number - 1]
    # 1/12: the spread of a pixel about its own centre.
    yy, xx, yx = mean(off_y**2) + 1 / 12, mean(off_x**2) + 1 / 12, mean(off_y * off_x)
    half_sum, half_gap = (yy + xx) / 2, np.hypot((yy - xx) / 2, yx)
    # An ellipse with semi-axes a, b has variances a²/4, b²/4 along them.
    long_px = 4 * np.sqrt(half_sum + half_gap)
    short_px = 4 * np.sqrt((half_sum - half_gap).clip(1 / 12))
    return Nuclei(
        centres_px=np.stack([centre_y, centre_x], axis=1),
        area_um2=size * mpp**2,
        haematoxylin=mean(amount[y, x]),
        long_um=long_px * mpp,
        short_um=short_px * mpp,
        solidity=(size / (np.pi / 4 * long_px * short_px)).clip(0, 1),
    )
