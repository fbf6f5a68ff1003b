"""A vessel as the network sees it: its nuclei cut out and laid on a square grid, everything else left away.

    pixels, lumen, nuclei -> outside of the lumen made white -> one square round every nucleus -> grid, blanks white

Places are filled in strips: nuclei are sorted from top to bottom and cut into rows of equal length, and each row runs from
left to right. Neighbours on the grid are therefore mostly neighbours in the vein, and the same nuclei in any order give the
same grid. The grid is as square as their number allows and begins in the upper left corner.

Where there are more nuclei than places, those are taken that lie furthest from all taken before (Gonzalez 1985), beginning
with the uppermost: no corner of the lumen is passed over, and chance has no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError

#: Of empty places and of what lies outside the lumen: glass.
WHITE = 255
# Scales that differ by less than this are one.
_SAME_SCALE = 0.01


@dataclass(frozen=True, slots=True)
class GridSettings:
    """How large the grid and its places are.

    Raises
    ------
    UsageError
        A number that no network can work with.
    """

    #: Places along each side. The paper has 20; 12 cost a third of that, and an even choice of 144 nuclei tells as much.
    side: int = 12
    #: Side of a place in pixels (paper: 32, three mean cells across), a power of two.
    place_px: int = 32
    #: µm per pixel: a place is then 16 µm, a carcinoma cell with a rim of its neighbours.
    mpp: float = 0.5
    #: Coarser pixels show no chromatin; they are refused.
    max_mpp: float = 0.8

    def __post_init__(self) -> None:
        problems = []
        if self.side < 2:
            problems.append(f"side must be at least 2, not {self.side}")
        if self.place_px < 8 or self.place_px & (self.place_px - 1):
            problems.append(f"place_px must be a power of two from 8, not {self.place_px}")
        if not 0 < self.mpp <= self.max_mpp:
            problems.append(f"mpp must lie in 0 to {self.max_mpp:g}, not {self.mpp:g}")
        if problems:
            raise UsageError(f"no grid of cells can be made: {'; '.join(problems)}.")

    @property
    def side_px(self) -> int:
        """Side of the whole grid."""
        return self.side * self.place_px


@dataclass(frozen=True, eq=False)
class CellGrid:
    """The nuclei of one lumen on their places.

    Attributes
    ----------
    cells
        Pixels of each place that is filled, shape ``(k, place_px, place_px, 3)``.
    at
        Place of each, row after row from 0, rising, shape ``(k,)``.
    nucleus
        Which nucleus lies there, as index into those that were given, shape ``(k,)``.
    n_inside
        Nuclei in the lumen, those without a place too.
    """

    cells: NDArray[np.uint8]
    at: NDArray[np.intp]
    nucleus: NDArray[np.intp]
    n_inside: int

    def __len__(self) -> int:
        return len(self.at)


def cell_grid(
    rgb: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    mpp: float,
    centres_px: NDArray[np.float64],
    settings: GridSettings | None = None,
) -> CellGrid:
    """Cut out the nuclei whose centres lie in the lumen, and give each a place.

    Parameters
    ----------
    rgb
        Pixels of the vessel with some surroundings, shape ``(h, w, 3)``.
    inside
        True in the lumen, plug included, shape ``(h, w)``.
    mpp
        Micrometres per pixel; other scales than the grid's are resampled.
    centres_px
        Rows of (y, x), pixel centres at whole numbers, shape ``(n, 2)``.

    Raises
    ------
    UsageError
        The shapes differ, or the pixels are too coarse.
    """
    settings = settings or GridSettings()
    if rgb.shape[:2] != inside.shape:
        raise UsageError(
            f"The lumen's mask has shape {inside.shape}, its pixels {rgb.shape[:2]}; cut both from one box."
        )
    if not 0 < mpp <= settings.max_mpp:
        raise UsageError(
            f"Cells cannot be judged at {mpp:g} µm/px; read the slide at {settings.mpp:g} µm/px."
        )
    y, x = np.floor(centres_px + 0.5).astype(np.intp).T
    height, width = inside.shape
    kept = np.flatnonzero(inside[y.clip(0, height - 1), x.clip(0, width - 1)])
    places = arrange(centres_px[kept], settings.side)
    at = np.flatnonzero(places.ravel() >= 0)
    nucleus = kept[places.ravel()[at]]
    rgb, inside, centres = _at_scale(rgb, inside, centres_px[nucleus], mpp / settings.mpp)
    return CellGrid(cut_cells(rgb, inside, centres, settings.place_px), at, nucleus, len(kept))


def join_grids(
    pieces: Sequence[tuple[CellGrid, NDArray[np.float64]]], settings: GridSettings | None = None
) -> CellGrid:
    """The grid of a lumen that was read in pieces which do not overlap.

    Every piece comes with the centres of all nuclei that were given for it, in one frame; ``nucleus`` of the result
    counts through them, piece after piece. Where there are more cells than places, those of each piece were chosen
    evenly before, so the choice is even over pieces and over each of them.
    """
    settings = settings or GridSettings()
    first, *others = pieces
    if not others:
        return first[0]
    starts = np.cumsum([0, *(len(centres) for _, centres in pieces)])
    cells = np.concatenate([grid.cells for grid, _ in pieces])
    nucleus = np.concatenate(
        [grid.nucleus + start for (grid, _), start in zip(pieces, starts, strict=False)]
    )
    centres = np.concatenate([centres for _, centres in pieces])[nucleus]
    places = arrange(centres, settings.side).ravel()
    at = np.flatnonzero(places >= 0)
    chosen = places[at]
    return CellGrid(cells[chosen], at, nucleus[chosen], sum(grid.n_inside for grid, _ in pieces))


def choose_evenly(centres: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Indices of at most ``n`` of the centres ``(m, 2)``, spread over all of them; from top to bottom."""
    order = np.lexsort((centres[:, 1], centres[:, 0]))
    if len(order) <= n:
        return order
    places = centres[order]
    away = np.full(len(places), np.inf)
    chosen = np.zeros(n, np.intp)
    for k in range(n):
        # The first of several is the uppermost, and so is the one that begins.
        far = int(away.argmax())
        chosen[k] = far
        away = np.minimum(away, ((places - places[far]) ** 2).sum(axis=1))
        away[far] = -1
    return order[np.sort(chosen)]


def arrange(centres: NDArray[np.float64], side: int) -> NDArray[np.intp]:
    """Which of the centres ``(m, 2)`` lies on which place: indices, -1 on blanks, shape ``(side, side)``."""
    chosen = choose_evenly(centres, side**2)
    places = np.full((side, side), -1, np.intp)
    width = max(1, math.ceil(math.sqrt(len(chosen))))
    for row, start in enumerate(range(0, len(chosen), width)):
        strip = chosen[start : start + width]
        strip = strip[np.lexsort((centres[strip, 0], centres[strip, 1]))]
        places[row, : len(strip)] = strip
    return places


def cut_cells(
    rgb: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    centres: NDArray[np.float64],
    place_px: int,
) -> NDArray[np.uint8]:
    """A square round each centre, white outside the lumen: shape ``(n, place_px, place_px, 3)``."""
    half = place_px // 2
    alone = np.where(inside[..., None], rgb, np.uint8(WHITE))
    padded = np.pad(alone, ((half, half), (half, half), (0, 0)), constant_values=WHITE)
    found = np.full((len(centres), place_px, place_px, 3), WHITE, np.uint8)
    # In padded pixels a square begins where its centre lies in the crop's own.
    corners = np.floor(centres + 0.5).astype(np.intp)
    corners = corners.clip(0, np.array(inside.shape) - 1)
    for cell, (top, left) in zip(found, corners.tolist(), strict=True):
        cell[:] = padded[top : top + place_px, left : left + place_px]
    return found


def lay_out(cells: NDArray[np.uint8], at: NDArray[np.intp], side: int) -> NDArray[np.uint8]:
    """The picture of a grid, shape ``(side * place_px, side * place_px, 3)``; see `CellGrid`."""
    place_px = cells.shape[1]
    places = np.full((side * side, place_px, place_px, 3), WHITE, np.uint8)
    places[at] = cells
    rows = places.reshape(side, side, place_px, place_px, 3).transpose(0, 2, 1, 3, 4)
    return rows.reshape(side * place_px, side * place_px, 3)


def _at_scale(
    rgb: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    centres: NDArray[np.float64],
    factor: float,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.float64]]:
    """All three at ``factor`` times as many pixels per side."""
    if abs(factor - 1) <= _SAME_SCALE:
        return rgb, inside, centres
    from PIL import Image

    height, width = inside.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # Pillow's filter widens where it shrinks, so every pixel counts.
    bilinear = Image.Resampling.BILINEAR
    pixels = np.asarray(Image.fromarray(rgb).resize(size, bilinear))
    share = Image.fromarray(inside.astype(np.float32)).resize(size, bilinear)
    # A pixel's centre lies half a pixel behind its corner at both scales.
    scale = np.array([size[1] / height, size[0] / width])
    return pixels, np.asarray(share) >= 0.5, (centres + 0.5) * scale - 0.5
