"""Scar of the liver as a pure function of place: septa of cirrhosis, stars of fibrosis.

Cirrhosis cuts the liver into nodules of 1 to 5 mm by septa of 50 to 500 µm. The nodules are cells
of hashed points (Worley noise) with bent borders, so nothing is planned ahead and a slide of any
size costs the same. Fibrosis widens portal fields and sends short septa from them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import PortalTract
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.noise import hash_grid, seed_of, slow_noise_at, unit_interval

Places = NDArray[np.float64]
Depth = NDArray[np.float32]

#: Nodules of one slide are this far apart on average, µm: from micronodular to macronodular.
_NODULE_UM = (1400.0, 3400.0)
#: Half the width of septa: typical, least and greatest, µm.
_HALF_UM, _LEAST_UM, _MOST_UM = 48.0, 25.0, 170.0
#: Points stray this far from the middle of their lattice cell, in lattice steps.
_STRAY = 0.5
#: Nothing of a fibrotic star reaches further than this from its portal tract.
STAR_REACH_UM = 330.0
_FAR = np.float32(1e4)


def scar_depth(plan: Plan, y_um: Places, x_um: Places) -> Depth:
    """Signed distance to the nearest scar in µm, negative inside; places broadcast.

    Far from everything, and in a normal liver, it is a large number.
    """
    if plan.look.background == "cirrhosis":
        return septum_depth(plan.spec.seed, y_um, x_um)
    if plan.look.background == "normal" or not (y_um.size and x_um.size):
        return np.full(np.broadcast_shapes(y_um.shape, x_um.shape), _FAR)
    reach = Extent(float(y_um.min()), float(x_um.min()), float(y_um.max()), float(x_um.max()))
    return star_depth(plan.tracts_in(reach.grow(STAR_REACH_UM + 80)), y_um, x_um, plan.seed("scar"))


def nodule_spacing_um(seed: int) -> float:
    """Mean distance between the middles of a cirrhotic slide's nodules."""
    low, high = _NODULE_UM
    return low + (high - low) * (seed_of(seed, "nodules") % 4096) / 4096


def septum_depth(seed: int, y_um: Places, x_um: Places) -> Depth:
    """Signed distance in µm to the septa of the cirrhotic slide ``seed``, negative inside."""
    stream, step = seed_of(seed, "scar"), nodule_spacing_um(seed)
    bend = 0.2 * step
    y = y_um + bend * slow_noise_at(y_um, x_um, 0.7 * step, stream + 1)
    x = x_um + bend * slow_noise_at(y_um, x_um, 0.7 * step, stream + 2)
    nearest, second = _borders(y, x, step, stream)
    # Two borders at a corner count together, which rounds the nodules.
    to_border = nearest * second / np.maximum(nearest + second, 1e-3)
    width = slow_noise_at(y_um, x_um, 1300.0, stream + 3)
    half = np.clip(_HALF_UM * (1.15 + 0.75 * width) ** 2, _LEAST_UM, _MOST_UM)
    return np.asarray(to_border - half, np.float32)


def _borders(y_um: Places, x_um: Places, step: float, stream: int) -> tuple[Places, Places]:
    """Distance to the two nearest borders of the cell of hashed points in which a place lies."""
    if y_um.size == 0:
        return y_um, y_um
    row, col = np.floor(y_um / step).astype(np.int64), np.floor(x_um / step).astype(np.int64)
    # The points of all lattice cells in reach, hashed once; every place looks at the 25 round it.
    rows = np.arange(row.min() - 2, row.max() + 3)
    cols = np.arange(col.min() - 2, col.max() + 3)
    bits = hash_grid(rows[:, None], cols[None, :], stream)
    point_y = (rows[:, None] + 0.5 + _STRAY * (2.0 * unit_interval(bits, 0) - 1)) * step
    point_x = (cols[None, :] + 0.5 + _STRAY * (2.0 * unit_interval(bits, 1) - 1)) * step
    around = np.arange(-2, 3)
    at_row = (row - rows[0])[None] + np.repeat(around, 5).reshape(-1, *(1,) * row.ndim)
    at_col = (col - cols[0])[None] + np.tile(around, 5).reshape(-1, *(1,) * col.ndim)
    at = at_row * len(cols) + at_col
    dy, dx = np.take(point_y, at) - y_um, np.take(point_x, at) - x_um
    away = dy * dy + dx * dx
    own = np.argmin(away, axis=0)[None]
    own_y, own_x = np.take_along_axis(dy, own, 0), np.take_along_axis(dx, own, 0)
    apart = np.sqrt((dy - own_y) ** 2 + (dx - own_x) ** 2)
    # Distance to the line half way between two points.
    border = (away - np.take_along_axis(away, own, 0)) / np.maximum(2 * apart, 1e-9)
    np.put_along_axis(border, own, np.inf, 0)
    least = np.partition(border, 1, axis=0)
    return least[0], least[1]


def star_depth(tracts: Iterable[PortalTract], y_um: Places, x_um: Places, seed: int) -> Depth:
    """Signed distance in µm to widened portal fields and the short septa that leave them."""
    depth = np.full(np.broadcast_shapes(y_um.shape, x_um.shape), _FAR)
    bend_y = 22 * slow_noise_at(y_um, x_um, 110.0, seed + 1)
    bend_x = 22 * slow_noise_at(y_um, x_um, 110.0, seed + 2)
    for tract in tracts:
        ring = tract.stroma
        own = seed_of(seed, f"{ring.centre_um.y:.2f} {ring.centre_um.x:.2f}")
        rng = np.random.default_rng(own)
        field = ring.signed_distance(y_um + bend_y, x_um + bend_x) - rng.uniform(12, 40)
        depth = np.minimum(depth, field.astype(np.float32))
        size = float(ring.radius_um.mean())
        start = rng.uniform(0, 2 * np.pi)
        number = int(rng.integers(2, 5))
        for k in range(number):
            turn = start + (k + rng.uniform(-0.25, 0.25)) * 2 * np.pi / number
            long = min(size + rng.uniform(70, 300), ring.reach_um + STAR_REACH_UM - 40)
            dy, dx = y_um - ring.centre_um.y + bend_y, x_um - ring.centre_um.x + bend_x
            along = np.clip(dy * np.sin(turn) + dx * np.cos(turn), 0, long)
            off = np.sqrt((dy - along * np.sin(turn)) ** 2 + (dx - along * np.cos(turn)) ** 2)
            half = rng.uniform(16, 34) * (1 - 0.65 * along / long)
            depth = np.minimum(depth, (off - half).astype(np.float32))
    return depth
