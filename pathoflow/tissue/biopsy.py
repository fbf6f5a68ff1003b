"""Is this a needle biopsy? Told from the shape of the pieces: long and thin, all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.errors import Code
from pathoflow.tissue.flag import Flag
from pathoflow.tissue.mask import TissueMask


@dataclass(frozen=True, slots=True)
class BiopsySettings:
    """What counts as a core; every field carries its reason."""

    #: Needles of 14 gauge are 2.1 mm outside and cut cores of about 1.6 mm.
    max_width_um: float = 2_000.0
    min_length_to_width: float = 4.0
    #: Crumbs below 0.3 mm² say nothing about the whole.
    min_piece_um2: float = 300_000.0
    #: At least one core of this length, or the slide holds crumbs of anything.
    min_length_um: float = 3_000.0


def core_shape(inside: NDArray[np.bool_], mpp: float) -> tuple[float, float]:
    """Typical width and length of a piece, µm.

    The width is twice the 90th percentile of the distance to the outside along the skeleton (its branches into corners are
    closer to the outside than its trunk), the length is area over width; both hold for bent cores too.
    """
    from skimage.morphology import skeletonize

    step = max(1, int(_SHAPE_MPP / mpp))
    filled = np.pad(ndi.binary_fill_holes(inside)[::step, ::step], 1)
    to_outside = ndi.distance_transform_edt(filled)
    ridge = to_outside[skeletonize(filled)]
    width_px = 2 * float(np.percentile(ridge, 90)) if len(ridge) else 1.0
    return width_px * step * mpp, float(np.count_nonzero(filled)) / width_px * step * mpp


# Shapes of millimetres need no more, and skeletons of whole sections take seconds at 8 µm/px.
_SHAPE_MPP = 24.0


def check_biopsy(tissue: TissueMask, settings: BiopsySettings | None = None) -> Flag | None:
    """Judge the shape of all pieces.

    Pieces cut off by the edge of the picture are left out: their true shape is unknown.

    Returns
    -------
    A `BIOPSY` warning when every judged piece is a core, else None.
    """
    settings = settings or BiopsySettings()
    mpp = tissue.mpp.mean
    cores: list[tuple[float, float]] = []
    windows = ndi.find_objects(tissue.labels)
    for number, window in enumerate(windows, start=1):
        inside = tissue.labels[window] == number
        large = np.count_nonzero(inside) * mpp**2 >= settings.min_piece_um2
        if not large or _touches_edge(window, tissue.pixels.shape):
            continue
        width, length = core_shape(inside, mpp)
        thin = width < settings.max_width_um
        if not thin or length < settings.min_length_to_width * width:
            return None
        cores.append((width, length))
    if not cores or max(length for _, length in cores) < settings.min_length_um:
        return None
    longest = max(length for _, length in cores) / 1000
    widest = max(width for width, _ in cores) / 1000
    message = (
        f"The tissue has the shape of a needle biopsy ({len(cores)} core(s), up to {longest:.1f} mm long and "
        f"{widest:.1f} mm wide): candidates are listed, but microvascular invasion is not gradable on biopsy."
    )
    return Flag(Code.BIOPSY, "warning", message, tissue.area_um2)


def _touches_edge(window: tuple[slice, ...], shape: tuple[int, ...]) -> bool:
    return any(
        part.start == 0 or part.stop == side for part, side in zip(window, shape, strict=True)
    )
