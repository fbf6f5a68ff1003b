"""Draw cells: each is a small stamp, made once per shape and pressed many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.shapes.cells import CellKind, Cells

#: Stamps come in sizes 8 % apart, shapes 20 % apart, 6 angles, 4 places between pixels and 3
#: patterns.
_SIZE_STEP, _STRETCH_STEP, _ANGLES, _PHASES, _PATTERNS = math.log(1.08), math.log(1.2), 6, 2, 3
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


INKS: dict[CellKind, Ink] = {
    CellKind.HEPATOCYTE: Ink(0.48, 0.20, nucleoli=1, rim=0.3, clumps=0.2),
    CellKind.TUMOUR: Ink(0.56, 0.22, wobble=0.05, clumps=0.4, rim=0.25, nucleoli=1),
    CellKind.LEUCOCYTE: Ink(0.78, 0.16, wobble=0.05, clumps=0.3, rim=0.0),
    CellKind.ENDOTHELIUM: Ink(0.55, 0.20, clumps=0.2, rim=0.0),
    CellKind.FIBROBLAST: Ink(0.48, 0.22, clumps=0.2, rim=0.0),
    CellKind.DUCT: Ink(0.58, 0.20, clumps=0.25, rim=0.15),
    CellKind.RED_CELL: Ink(0.0, 0.02, red=0.52, wobble=0.05),
    CellKind.FAT: Ink(0.005, 0.015, wobble=0.015),
}


@lru_cache(maxsize=64)
def _pattern(kind: CellKind, pattern: int) -> tuple[Field, Field]:
    """Tables over a nucleus: relative depth of stain, and by how much its outline is drawn in."""
    ink = INKS[kind]
    along = (np.arange(_TABLE_SIDE) + 0.5) / _TABLE_SIDE * 2 * _TABLE_HALF - _TABLE_HALF
    v, u = along[:, None], along[None, :]
    d2 = u * u + v * v
    rng = np.random.default_rng(1000 * int(kind) + pattern)
    theta, wave = np.arctan2(v, u), np.zeros_like(d2)
    for k in (2, 3, 4):
        wave += rng.normal(0, ink.wobble) / (k - 1) * np.cos(k * theta + rng.uniform(0, 2 * np.pi))
    wave = np.clip(wave, -0.12, 0.12)
    if kind is CellKind.FAT:
        tone = np.ones_like(d2)
    elif kind is CellKind.RED_CELL:
        tone = 1.0 - 0.30 * np.exp(-d2 / 0.2)
    else:
        tone = np.full(d2.shape, 0.92) + ink.rim * np.clip((d2 - 0.5) / 0.4, 0, 1)
        spots = [(rng.uniform(0.15, 0.35), ink.clumps * rng.uniform(-1, 1), 0.8) for _ in range(9)]
        spots += [(0.2, 0.6, 0.45)] * ink.nucleoli
        for size, strength, spread in spots:
            cu, cv = rng.uniform(-spread, spread, 2)
            tone += strength * np.exp(-((u - cu) ** 2 + (v - cv) ** 2) / size**2)
    return np.clip(tone, 0.3, 1.9).astype(np.float32), wave.astype(np.float32)


@lru_cache(maxsize=8000)
def _stamp(
    kind: CellKind, size: int, stretch: int, angle: int, phase: int, pattern: int
) -> tuple[int, Field, Field]:
    """Half the stamp's side, its cover, its relative depth; centred where the phase says."""
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
    return half, cover.astype(np.float32), tone[at]


def press_cells(canvas: Canvas, cells: Cells, depth: float = 1.0) -> None:
    """Stamp ``cells`` on the canvas in their order; ``depth`` multiplies their stain."""
    if not len(cells):
        return
    ink = INKS[cells.kind]
    y, x = cells.y_um / canvas.mpp, cells.x_um / canvas.mpp
    row, col = np.floor(y), np.floor(x)
    phase = np.floor((y - row) * _PHASES) * _PHASES + np.floor((x - col) * _PHASES)
    size = np.round(np.log(cells.radius_um / canvas.mpp) / _SIZE_STEP)
    # Drops of fat are large and round: one shape keeps their many sizes cheap.
    shaped = cells.kind is not CellKind.FAT
    stretch = shaped * np.round(np.log(cells.elongation) / _STRETCH_STEP)
    angle = shaped * (np.round(cells.angle / np.pi * _ANGLES) % _ANGLES)
    pattern = cells.bits % np.uint32(_PATTERNS if shaped else 1)
    strength = depth * (0.82 + 0.36 * ((cells.bits >> np.uint32(4)) % np.uint32(64)) / 64.0)
    keys = np.stack([size, stretch, angle, phase, pattern, row, col]).T.astype(int).tolist()
    for (k_size, k_stretch, k_angle, k_phase, k_pattern, r, c), dark in zip(
        keys, strength.tolist(), strict=True
    ):
        half, cover, tone = _stamp(cells.kind, k_size, k_stretch, k_angle, k_phase, k_pattern)
        _press(
            canvas, (r - half - canvas.box.top, c - half - canvas.box.left), cover, tone, ink, dark
        )


def _press(
    canvas: Canvas, corner: tuple[int, int], cover: Field, tone: Field, ink: Ink, dark: float
) -> None:
    top, left = corner
    rows, cols = canvas.h.shape
    side = len(cover)
    if top >= rows or left >= cols or top + side <= 0 or left + side <= 0:
        return
    if top < 0 or left < 0 or top + side > rows or left + side > cols:
        cut = slice(max(0, -top), rows - top), slice(max(0, -left), cols - left)
        cover, tone = cover[cut], tone[cut]
        top, left = max(top, 0), max(left, 0)
    here = slice(top, top + cover.shape[0]), slice(left, left + cover.shape[1])
    h, e, red = canvas.h[here], canvas.e[here], canvas.red[here]
    h += cover * (tone * np.float32(ink.h * dark) - h)
    e += cover * (np.float32(ink.e) - e)
    if ink.red:
        red += cover * (tone * np.float32(ink.red * dark) - red)
    else:
        red -= cover * red
