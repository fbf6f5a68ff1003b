"""Textures by family: value noise, gradient noise or ridges, all with one mean and one strength.

The three differ in grain, never in mean (0) or standard deviation (`TEXTURE_SD`), so that a family
changes the hand of the painter and not the contrast of the tissue.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.recipe.family import NoiseName
from pathoflow.phantom.shapes.noise import hash_grid, noise_at, noise_grid, spread_columns

#: Standard deviation of value noise: even numbers in [-1, 1) have variance 1/3, and a smooth step
#: w = 3t^2 - 2t^3 keeps the mean of w^2 + (1 - w)^2, 26/35, of it along each axis.
TEXTURE_SD = (26 / 35) / 3**0.5
#: Gradient noise of components in [-1, 1) has variance 2/3 * 26/35 * 2 * 19/630.
_GRADIENT_GAIN = np.float32(TEXTURE_SD / (2 / 3 * 26 / 35 * 38 / 630) ** 0.5)
#: Mean and standard deviation of the size of value noise, from 4 * 10^8 draws of its four corners.
_FOLD_MEAN, _FOLD_SD = np.float32(0.35723), 0.23736
_FOLD_GAIN = np.float32(TEXTURE_SD / _FOLD_SD)

_LOW, _HALF = np.uint32(0xFFFF), np.float32(1 / 2**15)


def texture_grid(
    noise: NoiseName,
    y_um: NDArray[np.float64],
    x_um: NDArray[np.float64],
    spacing_um: float,
    seed: int,
) -> NDArray[np.float32]:
    """One layer of texture on the grid ``y_um`` x ``x_um``: shape ``(len(y_um), len(x_um))``."""
    if noise == "gradient":
        return _gradient_grid(y_um, x_um, spacing_um, seed)
    layer = noise_grid(y_um, x_um, spacing_um, seed)
    return _folded(layer) if noise == "ridged" else layer


def texture_at(
    noise: NoiseName,
    y_um: NDArray[np.floating],
    x_um: NDArray[np.floating],
    spacing_um: float,
    seed: int,
) -> NDArray[np.float32]:
    """The same texture at scattered places, equal to `texture_grid` up to rounding."""
    if noise == "gradient":
        return _gradient_at(y_um, x_um, spacing_um, seed)
    layer = noise_at(y_um, x_um, spacing_um, seed)
    return _folded(layer) if noise == "ridged" else layer


def _folded(layer: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sharp ridges where value noise crosses zero."""
    np.abs(layer, out=layer)
    np.subtract(_FOLD_MEAN, layer, out=layer)
    layer *= _FOLD_GAIN
    return layer


def _slopes(bits: NDArray[np.uint32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two components in [-1, 1) from one hashed word, at the strength of a texture."""
    down = (bits >> np.uint32(16)).astype(np.float32) * _HALF - np.float32(1)
    across = (bits & _LOW).astype(np.float32) * _HALF - np.float32(1)
    return down * _GRADIENT_GAIN, across * _GRADIENT_GAIN


def _places(
    places_um: NDArray[np.floating], spacing_um: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Cell, offset in it and smooth step of the offset."""
    along = np.asarray(places_um, np.float64) / spacing_um
    cell = np.floor(along)
    t = along - cell
    return cell.astype(np.int64), t.astype(np.float32), (t * t * (3 - 2 * t)).astype(np.float32)


def _gradient_grid(
    y_um: NDArray[np.float64], x_um: NDArray[np.float64], spacing_um: float, seed: int
) -> NDArray[np.float32]:
    """Perlin's noise, separably: each lattice column becomes a line along x, then two lines meet.

    With the slopes (p, q) of a lattice point, its plane is p * dy + q * dx; blending down the rows
    leaves a height and a slope per column.
    """
    if not (len(y_um) and len(x_um)):
        return np.zeros((len(y_um), len(x_um)), np.float32)
    row, ty, fy = _places(y_um, spacing_um)
    col, tx, fx = _places(x_um, spacing_um)
    rows, cols = np.arange(row[0], row[-1] + 2), np.arange(col[0], col[-1] + 2)
    down, across = _slopes(hash_grid(rows[:, None], cols[None, :], seed))
    ty, fy, at = ty[:, None], fy[:, None], row - row[0]
    height = down[at] * ty
    height += (down[at + 1] * (ty - 1) - height) * fy
    slope = across[at]
    slope += (across[at + 1] - slope) * fy
    # Left line: height + slope * t; right line: height' + slope' * (t - 1). As polynomials of t and
    # the step: left + (right - left) * f.
    at = col - col[0]
    out = spread_columns(slope[:, 1:] - slope[:, :-1], at)
    out *= tx
    out += spread_columns(height[:, 1:] - slope[:, 1:] - height[:, :-1], at)
    out *= fx
    out += spread_columns(height[:, :-1], at)
    line = spread_columns(slope[:, :-1], at)
    line *= tx
    out += line
    return out


def _gradient_at(
    y_um: NDArray[np.floating], x_um: NDArray[np.floating], spacing_um: float, seed: int
) -> NDArray[np.float32]:
    row, ty, fy = _places(y_um, spacing_um)
    col, tx, fx = _places(x_um, spacing_um)

    def plane(below: int, right: int) -> NDArray[np.float32]:
        down, across = _slopes(hash_grid(row + below, col + right, seed))
        return down * (ty - np.float32(below)) + across * (tx - np.float32(right))

    above = plane(0, 0)
    above = above + (plane(0, 1) - above) * fx
    under = plane(1, 0)
    under = under + (plane(1, 1) - under) * fx
    return np.asarray(above + (under - above) * fy, np.float32)
