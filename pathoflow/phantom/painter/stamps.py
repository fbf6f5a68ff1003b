"""Draw cells: each is a small stamp, made once per shape and pressed many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.shapes.cells import CellKind, Cells

#: Stamps come in sizes 8 % apart, shapes 20 % apart, 6 angles and 4 places between pixels.
_SIZE_STEP, _STRETCH_STEP, _ANGLES, _PHASES = math.log(1.08), math.log(1.2), 6, 2
#: So many patterns of chromatin and outline per kind, each of them at 6 angles.
PATTERNS = 12
#: Patterns are tables over the square of this half side, in units of the nucleus.
_TABLE_SIDE, _TABLE_HALF = 64, 1.4


@dataclass(frozen=True, slots=True)
class Ink:
    """Dye of one kind of cell, and how its chromatin looks."""

    h: float
    e: float
    red: float = 0.0
    #: How far the outline strays from an ellipse, and how strongly chromatin clumps.
    wobble: float = 0.04
    clumps: float = 0.25
    #: Nucleoli and a chromatin rim: a pale vesicular nucleus has both.
    rim: float = 0.2
    nucleoli: int = 0
    #: Stain between the clumps, relative to the whole.
    ground: float = 0.92


INKS: dict[CellKind, Ink] = {
    CellKind.HEPATOCYTE: Ink(0.50, 0.20, nucleoli=1, rim=0.42, clumps=0.42, ground=0.78),
    CellKind.TUMOUR: Ink(0.56, 0.22, wobble=0.07, clumps=0.55, rim=0.35, nucleoli=1, ground=0.82),
    CellKind.LEUCOCYTE: Ink(0.80, 0.16, wobble=0.05, clumps=0.45, rim=0.05),
    CellKind.ENDOTHELIUM: Ink(0.58, 0.20, clumps=0.3, rim=0.1),
    CellKind.FIBROBLAST: Ink(0.50, 0.22, clumps=0.3, rim=0.12),
    CellKind.DUCT: Ink(0.60, 0.20, clumps=0.35, rim=0.2, ground=0.88),
    CellKind.RED_CELL: Ink(0.0, 0.10, red=0.47, wobble=0.07),
    CellKind.FAT: Ink(0.005, 0.015, wobble=0.03),
}
#: Of the patterns of leucocytes the last so many are lobed, as granulocytes are.
_LOBED = 2
#: Tumour cells have so many patterns more, mitoses; of 4,096 cells this many show one, at grade 0
#: and at grade 1.
_MITOSES, _MITOTIC = 3, (4.0, 40.0)


@lru_cache(maxsize=128)
def _pattern(kind: CellKind, pattern: int) -> tuple[Field, Field]:
    """Tables over a nucleus: relative depth of stain, and by how much its outline is drawn in."""
    ink = INKS[kind]
    along = (np.arange(_TABLE_SIDE) + 0.5) / _TABLE_SIDE * 2 * _TABLE_HALF - _TABLE_HALF
    v, u = along[:, None], along[None, :]
    d2 = u * u + v * v
    rng = np.random.default_rng(1000 * int(kind) + pattern)
    if kind is CellKind.LEUCOCYTE and pattern >= PATTERNS - _LOBED:
        return _lobes(u, v, rng)
    if pattern >= PATTERNS:
        return _mitosis(u, v, rng)
    # Patterns are ordered from regular to irregular, so that a grade can choose among them.
    wild = 0.6 + 0.8 * pattern / (PATTERNS - 1)
    theta, wave = np.arctan2(v, u), np.zeros_like(d2)
    for k in (2, 3, 4, 5):
        size = rng.normal(0, ink.wobble * wild) / (k - 1)
        wave += size * np.cos(k * theta + rng.uniform(0, 2 * np.pi))
    wave = np.clip(wave, -0.14, 0.14)
    if kind is CellKind.FAT:
        tone = np.ones_like(d2)
    elif kind is CellKind.RED_CELL:
        tone = 1.06 - rng.uniform(0.2, 0.42) * np.exp(-d2 / 0.16)
    else:
        tone = ink.ground + ink.rim * np.clip((d2 - 0.5) / 0.35, 0, 1)
        for _ in range(14):
            spot = ink.clumps * wild * rng.uniform(-0.8, 1)
            tone += spot * _blob(u, v, rng, 0.8, rng.uniform(0.10, 0.26))
        for _ in range(ink.nucleoli):
            tone += 0.75 * wild * _blob(u, v, rng, 0.4, 0.16 + 0.05 * wild)
    return np.clip(tone, 0.3, 2.0).astype(np.float32), wave.astype(np.float32)


Table = NDArray[np.float64]


def _blob(u: Table, v: Table, rng: np.random.Generator, spread: float, size: float) -> Table:
    """A soft spot somewhere in the inner ``spread`` of a nucleus."""
    cu, cv = rng.uniform(-spread, spread, 2)
    return np.asarray(np.exp(-((u - cu) ** 2 + (v - cv) ** 2) / size**2))


def _mitosis(u: Table, v: Table, rng: np.random.Generator) -> tuple[Field, Field]:
    """A ragged plate of chromatin amid clear cytoplasm."""
    ragged = 0.12 * np.cos(9 * u + rng.uniform(0, 6)) + 0.08 * np.cos(17 * u + rng.uniform(0, 6))
    plate = np.clip((0.36 + ragged - np.abs(v)) / 0.12, 0, 1)
    plate = plate * np.clip((0.92 - np.abs(u)) / 0.1, 0, 1)
    return (0.18 + 1.8 * plate).astype(np.float32), np.zeros(plate.shape, np.float32)


def _lobes(u: Table, v: Table, rng: np.random.Generator) -> tuple[Field, Field]:
    """Two to four dark lobes in pale pink cytoplasm."""
    number, start = int(rng.integers(2, 5)), rng.uniform(0, 2 * np.pi)
    tone = np.full(np.broadcast_shapes(u.shape, v.shape), 0.15)
    for k in range(number):
        turn = start + k * (1.9 if number > 2 else np.pi)
        away = (u - 0.45 * np.cos(turn)) ** 2 + (v - 0.45 * np.sin(turn)) ** 2
        tone = np.maximum(tone, 1.15 * np.clip((0.46 - np.sqrt(away)) / 0.12, 0.13, 1))
    return tone.astype(np.float32), np.zeros(tone.shape, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Stamp:
    """What a cell leaves of the dye that was there, and what it adds."""

    half: int
    kept: Field
    #: Haematoxylin, or red pigment where the cell is red; times the cell's own depth.
    stain: Field
    eosin: Field
    is_red: bool


@lru_cache(maxsize=20000)
def _stamp(kind: CellKind, size: int, stretch: int, angle: int, phase: int, pattern: int) -> _Stamp:
    """The stamp of one size, shape and pattern, centred where the phase says."""
    radius, wide = math.exp(size * _SIZE_STEP), math.exp(0.5 * stretch * _STRETCH_STEP)
    long, short = radius * wide, radius / wide
    half = math.ceil(1.15 * long) + 1
    off_y, off_x = (phase // _PHASES + 0.5) / _PHASES, (phase % _PHASES + 0.5) / _PHASES
    dy = np.arange(-half, half + 1)[:, None] + 0.5 - off_y
    dx = np.arange(-half, half + 1)[None, :] + 0.5 - off_x
    turn = angle * math.pi / _ANGLES
    u = (dx * math.cos(turn) + dy * math.sin(turn)) / long
    v = (dy * math.cos(turn) - dx * math.sin(turn)) / short
    tone, wave = _pattern(kind, pattern)
    last = _TABLE_SIDE - 1
    to_table = 0.5 * _TABLE_SIDE / _TABLE_HALF
    at = (
        np.clip((v + _TABLE_HALF) * to_table, 0, last).astype(int),
        np.clip((u + _TABLE_HALF) * to_table, 0, last).astype(int),
    )
    d = np.sqrt(u * u + v * v) * (1 + wave[at])
    cover = np.clip((1 - d) * short + 0.5, 0, 1)
    if short < 1.0:
        # Thinner than a pixel: keep the amount of dye, not the depth.
        cover *= short
    kept, ink = np.float32(1) - cover.astype(np.float32), INKS[kind]
    stain = cover.astype(np.float32) * tone[at]
    main = stain * np.float32(ink.red) if ink.red else stain * np.float32(ink.h)
    return _Stamp(half, kept, main, (1 - kept) * np.float32(ink.e), bool(ink.red))


def _patterns_of(cells: Cells, grade: float) -> NDArray[np.uint32]:
    """Which pattern each cell shows; a higher grade shifts tumour cells to wilder ones."""
    pick = (cells.bits >> np.uint32(10)) % np.uint32(PATTERNS)
    if cells.kind is CellKind.FAT:
        # Small and round: one shape keeps their many sizes cheap.
        return np.zeros_like(pick)
    if cells.kind is not CellKind.TUMOUR:
        return pick
    span, first = PATTERNS - 4, round(4 * grade)
    few, many = _MITOTIC
    divides = (cells.bits >> np.uint32(18)) % np.uint32(4096) < few + (many - few) * grade
    mitosis = np.uint32(PATTERNS) + pick % np.uint32(_MITOSES)
    return np.asarray(np.where(divides, mitosis, pick % np.uint32(span) + np.uint32(first)))


def press_cells(canvas: Canvas, cells: Cells, depth: float = 1.0, grade: float = 0.5) -> None:
    """Stamp nuclei and red cells on the canvas in their order; ``depth`` multiplies their stain.

    ``grade`` in [0, 1] makes the nuclei of carcinoma, and no others, more or less irregular. Where the canvas carries a
    roll, they are called.
    """
    if len(cells):
        _stamp_all(
            canvas, cells, depth, grade, None if canvas.roll is None else canvas.roll.call(cells)
        )


def press_bodies(canvas: Canvas, cells: Cells, depth: float = 1.0) -> None:
    """Stamp what is no nucleus: drops of fat, cytoplasm, nuclear dust. The roll only learns what they cover."""
    if len(cells):
        _stamp_all(canvas, cells, depth, 0.5, None)


def _stamp_all(canvas: Canvas, cells: Cells, depth: float, grade: float, first: int | None) -> None:
    """Stamp the cells; ``first`` is the number of the first on the canvas's roll."""
    y, x = cells.y_um / canvas.mpp, cells.x_um / canvas.mpp
    row, col = np.floor(y), np.floor(x)
    phase = np.floor((y - row) * _PHASES) * _PHASES + np.floor((x - col) * _PHASES)
    size = np.round(np.log(cells.radius_um / canvas.mpp) / _SIZE_STEP)
    shaped = cells.kind is not CellKind.FAT
    stretch = shaped * np.round(np.log(cells.elongation) / _STRETCH_STEP)
    angle = shaped * (np.round(cells.angle / np.pi * _ANGLES) % _ANGLES)
    pattern = _patterns_of(cells, grade)
    strength = depth * (0.82 + 0.36 * ((cells.bits >> np.uint32(4)) % np.uint32(64)) / 64.0)
    keys = np.stack([size, stretch, angle, phase, pattern, row, col]).T.astype(int).tolist()
    for k, ((k_size, k_stretch, k_angle, k_phase, k_pattern, r, c), dark) in enumerate(
        zip(keys, strength.tolist(), strict=True)
    ):
        stamp = _stamp(cells.kind, k_size, k_stretch, k_angle, k_phase, k_pattern)
        at = r - stamp.half - canvas.box.top, c - stamp.half - canvas.box.left
        _press(canvas, at, stamp, dark, None if first is None else first + k)


def _press(
    canvas: Canvas, corner: tuple[int, int], stamp: _Stamp, dark: float, number: int | None
) -> None:
    top, left = corner
    rows, cols = canvas.h.shape
    side = len(stamp.kept)
    if top >= rows or left >= cols or top + side <= 0 or left + side <= 0:
        return
    kept, stain, eosin = stamp.kept, stamp.stain, stamp.eosin
    if top < 0 or left < 0 or top + side > rows or left + side > cols:
        cut = slice(max(0, -top), rows - top), slice(max(0, -left), cols - left)
        kept, stain, eosin = kept[cut], stain[cut], eosin[cut]
        top, left = max(top, 0), max(left, 0)
    here = slice(top, top + kept.shape[0]), slice(left, left + kept.shape[1])
    main = (canvas.red if stamp.is_red else canvas.h)[here]
    other = (canvas.h if stamp.is_red else canvas.red)[here]
    other *= kept
    main *= kept
    main += stain * np.float32(dark)
    e = canvas.e[here]
    e *= kept
    e += eosin
    if canvas.roll is None:
        return
    if number is None:
        canvas.roll.hide(1 - kept, here)
    else:
        canvas.roll.press(number, here, kept, stamp.kept)
