"""What lies on the section rather than in it: bubbles, dust, fibres, the edge of the coverslip.

Stained tissue of one slide lies in a plane of optical densities, the one that its two dyes span. Dust and the dark rim of air under
the coverslip absorb or bend away all colours alike: they add the same density to each channel, and grey lies far off that plane.
The plane is fitted to the slide's own tissue, so a stain that strays changes nothing. Blood and bile lie off the plane too, but
they are not denser than their surroundings in every channel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.tissue.density import (
    darkest,
    estimate_white,
    optical_density,
    total_density,
)
from pathoflow.tissue.mask import drop_specks
from pathoflow.tissue.planes import count_labels, every_nth, look_up
from pathoflow.tissue.surround import bands_with_reach, highest_beside, mean_around


@dataclass(frozen=True, slots=True)
class FilmSettings:
    """What counts as lying on the section; every field carries its reason."""

    #: A pixel is compared with a square of this side: wider than any rim, narrower than a change of tissue.
    around_um: float = 200.0
    #: Grey density from which a pixel is sure to hold something; tissue stays below.
    min_density: float = 0.20
    #: Grey density of pixels that belong to something sure that they touch.
    soft_density: float = 0.08
    #: Smaller than a cell's width across, it hides nothing.
    min_area_um2: float = 600.0
    #: The rim of a bubble may be fainter, for its shape is a second witness ...
    rim_density: float = 0.05
    #: ... where it can be followed for at least this long.
    min_rim_um: float = 80.0
    #: Bubbles were seen from 0.2 to 2 mm wide.
    min_bubble_um: float = 150.0
    max_bubble_um: float = 4_000.0
    #: How far a bubble's rim may lie from a circle, as a share of the radius.
    max_out_of_round: float = 0.1
    #: Share of the turn over which the rim is seen; less is a fibre that happens to be bent.
    min_turn: float = 0.6
    #: Soft border that is left out too: twice the blur of what lies 5 µm above the section.
    margin_um: float = 16.0
    #: Cosine between grey and the direction off the plane of the dyes; haematoxylin and eosin have 0.26. With less, grey cannot
    #: be told from the dyes, as on slides of a single stain.
    min_off_plane: float = 0.12


def find_film(
    overview: NDArray[np.uint8],
    tissue: NDArray[np.bool_],
    mpp: float,
    settings: FilmSettings | None = None,
    ink: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Find bubbles, dust, fibres and edges of the coverslip.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    tissue
        The tissue that names the dyes, ink left out, shape ``(h, w)``; what lies beside it is found as well.
    mpp
        Micrometres per pixel of ``overview``.
    ink
        Pen marks with their soft edges, shape ``(h, w)``: a circle drawn with a pen is no bubble.

    Returns
    -------
    True on them and on the inside of bubbles, shape ``(h, w)``.
    """
    settings = settings or FilmSettings()
    off = _off_plane(overview, tissue, settings)
    if off is None:
        return np.zeros(tissue.shape, bool)
    grey = _grey(overview, off, mpp, settings)
    if ink is not None:
        grey[ink] = 0
    sure, soft = (grey >= d * _CODE for d in (settings.min_density, settings.soft_density))
    marks = _touching(soft, sure, settings.min_area_um2 / mpp**2)
    rims = drop_specks(grey >= settings.rim_density * _CODE, settings.min_rim_um / mpp)
    found = marks | _bubbles(rims, mpp, settings)
    if not found.any():
        return found
    away = ndi.distance_transform_edt(~found) * mpp
    return np.asarray(away <= settings.margin_um, dtype=np.bool_)


#: Rows and columns of pixels, each of shape ``(n,)``.
Places = tuple[NDArray[np.float64], NDArray[np.float64]]

_SAMPLE_PX = 200_000
#: Densities are kept as bytes, in steps of a 200th up to 1.27.
_CODE = 200


def _off_plane(
    overview: NDArray[np.uint8], tissue: NDArray[np.bool_], settings: FilmSettings
) -> NDArray[np.float32] | None:
    """Weights of the channels that give 0 for the slide's dyes and 1 for a grey density of 1; None where there are none."""
    sample = every_nth(overview, tissue, 1 + int(tissue.sum()) // _SAMPLE_PX)
    density = optical_density(sample, estimate_white(overview))
    total = total_density(density)
    # Neither glass nor ink; twice as exact, for the least of three sums of squares is wanted.
    usual = density[(total >= 0.15) & (total < 1.2)].astype(np.float64)
    if len(usual) < 100:
        return None
    _, directions = np.linalg.eigh(usual.T @ usual)
    normal = directions[:, 0]
    grey = float(normal.sum())
    if abs(grey) / np.sqrt(3) < settings.min_off_plane:
        return None
    return (normal / grey).astype(np.float32)


def _grey(
    overview: NDArray[np.uint8], off: NDArray[np.float32], mpp: float, settings: FilmSettings
) -> NDArray[np.uint8]:
    """Grey density added to what lies around, in steps of 1 / `_CODE`."""
    white = estimate_white(overview)
    side = 1 + 2 * round(settings.around_um / mpp / 2)
    grey = np.empty(overview.shape[:2], np.uint8)
    for rows, around, within in bands_with_reach(overview.shape, side):
        density = optical_density(overview[around], white)
        above = (density - highest_beside(mean_around(density, side), side // 2))[within]
        added = np.minimum(darkest(above), density[within] @ off)
        grey[rows] = (added * _CODE).clip(0, 255)
    return grey


def _touching(soft: NDArray[np.bool_], sure: NDArray[np.bool_], min_px: float) -> NDArray[np.bool_]:
    """Connected soft regions that are large enough and hold something sure."""
    labels, count = ndi.label(soft, np.ones((3, 3), bool))
    keep = (count_labels(labels, count) >= min_px) & (
        np.bincount(labels[sure], minlength=count + 1) > 0
    )
    keep[0] = False
    return look_up(keep, labels)


def _bubbles(rims: NDArray[np.bool_], mpp: float, settings: FilmSettings) -> NDArray[np.bool_]:
    """Discs whose border is mostly rim; each arc is tried as part of one, the longest first."""
    labels, count = ndi.label(rims, np.ones((3, 3), bool))
    y, x = (at.astype(np.float64) for at in np.nonzero(rims))
    own, inside = labels[rims], np.zeros(rims.shape, bool)
    for number in np.argsort(-np.bincount(own, minlength=count + 1))[:_MOST_ARCS]:
        arc = own == number
        disc = _disc_through((y[arc], x[arc]), (y, x), mpp, settings)
        if disc is not None:
            _fill(inside, *disc)
    return inside


#: Longest arcs that are tried; a slide with more of them is covered with dust.
_MOST_ARCS = 100
_TURNS = 48


def _disc_through(
    arc: Places, rims: Places, mpp: float, settings: FilmSettings
) -> tuple[float, float, NDArray[np.float64]] | None:
    """Centre of a disc with ``arc`` on its border, and its radius at every turn; None where too little of it is rim.

    The arc gives a first circle; with all rims near that the circle is drawn anew, twice.
    """
    near = arc
    for _ in range(3):
        circle = _circle_through(near)
        if (
            circle is None
            or not settings.min_bubble_um <= 2 * circle[2] * mpp <= settings.max_bubble_um
        ):
            return None
        y, x, radius = circle
        away = np.hypot(rims[0] - y, rims[1] - x)
        close = np.abs(away - radius) <= settings.max_out_of_round * radius
        near = (rims[0][close], rims[1][close])
    turn = (
        np.floor(np.arctan2(near[0] - y, near[1] - x) / (2 * np.pi) * _TURNS).astype(int) % _TURNS
    )
    seen = np.unique(turn)
    if len(seen) < settings.min_turn * _TURNS:
        return None
    radii = np.array([np.median(away[close][turn == one]) for one in seen])
    return y, x, np.interp(np.arange(_TURNS), seen, radii, period=_TURNS)


def _circle_through(places: Places) -> tuple[float, float, float] | None:
    """Centre and radius of the circle nearest to ``places`` (least squares of y² + x² - 2ay - 2bx - c)."""
    y, x = places
    if len(y) < 8:
        return None
    unknown, _, rank, _ = np.linalg.lstsq(
        np.stack([2 * y, 2 * x, np.ones_like(y)], axis=1), y**2 + x**2, rcond=None
    )
    if rank < 3:
        return None
    a, b, c = (float(one) for one in unknown)
    return a, b, float(np.sqrt(max(0.0, c + a**2 + b**2)))


def _fill(inside: NDArray[np.bool_], y: float, x: float, radii: NDArray[np.float64]) -> None:
    """Mark what lies within ``radii``, given for every turn round (y, x)."""
    from skimage.draw import polygon

    turns = (np.arange(_TURNS) + 0.5) * 2 * np.pi / _TURNS
    rows, columns = polygon(y + radii * np.sin(turns), x + radii * np.cos(turns), inside.shape)
    inside[rows, columns] = True
