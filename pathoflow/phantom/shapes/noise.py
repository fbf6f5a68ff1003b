"""Noise that is a function of place: hash the lattice, interpolate between its points.

A value depends on its coordinates and the seed alone, so any piece of an endless plane can be
painted by itself and fits its neighbours. Lattice points carry hashed values in [-1, 1); between
them a smooth step interpolates (value noise). The two-round multiply-and-shift mixer is of the
family that Chris Wellons searched for low bias ("hash prospector", 2018); any good 32-bit mixer
would do.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

_HALF = np.float32(1.0 / 2**31)


def seed_of(seed: int, name: str) -> int:
    """A 32-bit seed for the stream ``name`` of a slide's ``seed``."""
    return zlib.crc32(f"{seed}:{name}".encode())


def _mix(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    bits = bits ^ (bits >> np.uint32(16))
    bits *= np.uint32(0x7FEB352D)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0x846CA68B)
    bits ^= bits >> np.uint32(16)
    return bits


def hash_grid(rows: NDArray[np.int64], cols: NDArray[np.int64], seed: int) -> NDArray[np.uint32]:
    """Hash integer coordinates, broadcast against each other, to 32 even bits."""
    row_bits = _mix(rows.astype(np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed & 0xFFFFFFFF))
    col_bits = _mix(cols.astype(np.uint32) * np.uint32(0x85EBCA77) + np.uint32(0x3C6EF372))
    return _mix(row_bits + col_bits * np.uint32(5))


def unit_interval(bits: NDArray[np.uint32], draw: int) -> NDArray[np.float32]:
    """Turn hashed bits into numbers in [0, 1); different ``draw`` numbers give independent ones."""
    again = _mix(bits ^ np.uint32((0x9E3779B9 * (draw + 1)) & 0xFFFFFFFF))
    return (again >> np.uint32(8)).astype(np.float32) * np.float32(1 / 2**24)


def _signed(bits: NDArray[np.uint32]) -> NDArray[np.float32]:
    return bits.astype(np.float32) * _HALF - np.float32(1.0)


def _steps(
    places_um: NDArray[np.float64], spacing_um: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Cell of each place and the smooth-step weight of the cell's far end."""
    along = places_um / spacing_um
    cell = np.floor(along)
    t = along - cell
    return cell.astype(np.int64), (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def noise_grid(
    y_um: NDArray[np.float64], x_um: NDArray[np.float64], spacing_um: float, seed: int
) -> NDArray[np.float32]:
    """Value noise on the grid ``y_um`` x ``x_um``, within [-1, 1].

    The shape is ``(len(y_um), len(x_um))``. Interpolation is separable: first down the rows of the
    small lattice, then across to every column.
    """
    if not (len(y_um) and len(x_um)):
        return np.zeros((len(y_um), len(x_um)), np.float32)
    row, ty = _steps(y_um, spacing_um)
    col, tx = _steps(x_um, spacing_um)
    rows = np.arange(row[0], row[-1] + 2)
    cols = np.arange(col[0], col[-1] + 2)
    lattice = _signed(hash_grid(rows[:, None], cols[None, :], seed))
    above = lattice[row - row[0]]
    down = above + (lattice[row - row[0] + 1] - above) * ty[:, None]
    at = col - col[0]
    out = spread_columns(down[:, 1:] - down[:, :-1], at)
    out *= tx
    out += spread_columns(down[:, :-1], at)
    return out


def spread_columns(values: NDArray[np.float32], at: NDArray[np.int64]) -> NDArray[np.float32]:
    """``values[:, at]`` for ascending ``at``; repeating wide columns is three times faster."""
    if 4 * values.shape[1] < len(at):
        return np.repeat(values, np.bincount(at, minlength=values.shape[1]), axis=1)
    return np.take(values, at, axis=1, mode="clip")


def noise_at(
    y_um: NDArray[np.floating], x_um: NDArray[np.floating], spacing_um: float, seed: int
) -> NDArray[np.float32]:
    """Value noise at scattered places; the same values as `noise_grid` up to rounding."""
    row, ty = _steps(np.asarray(y_um, np.float64), spacing_um)
    col, tx = _steps(np.asarray(x_um, np.float64), spacing_um)
    near = _signed(hash_grid(row, col, seed))
    far = _signed(hash_grid(row, col + 1, seed))
    above = near + (far - near) * tx
    near = _signed(hash_grid(row + 1, col, seed))
    far = _signed(hash_grid(row + 1, col + 1, seed))
    return np.asarray(above + (near + (far - near) * tx - above) * ty, np.float32)


def slow_noise_at(
    y_um: NDArray[np.floating], x_um: NDArray[np.floating], spacing_um: float, seed: int
) -> NDArray[np.float32]:
    """Noise for wide fields, where a square lattice would show: two turned layers, within [-1, 1].

    Places broadcast against each other.
    """
    layers: list[NDArray[np.float32]] = []
    for angle, share, finer in ((0.55, 0.68, 1.0), (2.0, 0.32, 1.9)):
        along = np.cos(angle) * y_um + np.sin(angle) * x_um
        across = np.cos(angle) * x_um - np.sin(angle) * y_um
        layer = noise_at(along, across, spacing_um / finer, seed + int(10 * angle))
        layers.append(np.float32(share) * layer)
    # Two layers together are weaker than one; this gives them its standard deviation back.
    return np.asarray(np.clip((layers[0] + layers[1]) * np.float32(1.3), -1, 1), np.float32)


def noise_along(
    depth: NDArray[np.float32], turn: NDArray[np.float32], beads: int, seed: int
) -> NDArray[np.float32]:
    """Noise in lamellae round a ring of ``beads`` cells.

    ``depth`` counts layers, ``turn`` is a place on the ring in [0, 1). The noise closes on itself
    after one turn, so fibres run round a vessel or a capsule without a seam.
    """
    layer = np.floor(depth)
    along = turn * np.float32(beads)
    bead = np.floor(along)
    ty, tx = depth - layer, along - bead
    ty, tx = ty * ty * (3 - 2 * ty), tx * tx * (3 - 2 * tx)
    row, col = np.broadcast_arrays(layer.astype(np.int64), bead.astype(np.int64) % beads)
    if not row.size:
        return np.zeros(row.shape, np.float32)
    first = int(row.min())
    rows = np.arange(first, int(row.max()) + 2)
    if len(rows) * beads > 2 * row.size:
        near = _signed(hash_grid(row, col, seed))
        far = _signed(hash_grid(row, (col + 1) % beads, seed))
        below = _signed(hash_grid(row + 1, col, seed))
        beyond = _signed(hash_grid(row + 1, (col + 1) % beads, seed))
    else:
        # Hash each lamella's beads once; one column more lets the last bead meet the first.
        ring = np.arange(beads + 1) % beads
        table = _signed(hash_grid(rows[:, None], ring[None, :], seed)).ravel()
        at = (row - first) * (beads + 1) + col
        near, far = np.take(table, at, mode="clip"), np.take(table, at + 1, mode="clip")
        at += beads + 1
        below, beyond = np.take(table, at, mode="clip"), np.take(table, at + 1, mode="clip")
    near = near + (far - near) * tx
    below = below + (beyond - below) * tx
    return np.asarray(near + (below - near) * ty, np.float32)
