"""Plugs that look like tumour and are not: leucocytes, hepatocytes and thrombi.

Their outlines are grown as those of tumour; only what they hold differs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pathoflow.phantom.plan.filler import Filler
from pathoflow.phantom.plan.vessel import Plug, PlugTissue
from pathoflow.phantom.shapes.cells import (
    FIBROBLASTS,
    HEPATOCYTES,
    LEUCOCYTES,
    CellKind,
    Cells,
    Lattice,
)
from pathoflow.phantom.shapes.noise import noise_at, unit_interval
from pathoflow.phantom.shapes.outline import WavyRing, waves, wavy_ellipse

#: Hepatocytes pressed together lie closer than in their plates.
_SQUEEZED = replace(HEPATOCYTES, spacing_um=15.0, stray_um=4.4)
_LYMPHOCYTES = replace(LEUCOCYTES, spacing_um=8.8, stray_um=2.2)
_HISTIOCYTES = Lattice(CellKind.LEUCOCYTE, 12.2, 3.4, 0.92, 4.1, 0.17, (1.0, 1.5))
_SPINDLES = replace(FIBROBLASTS, spacing_um=16.0, presence=0.85)
#: Of the veins filled with leucocytes: lymphocytes, granulocytes, histiocytes, one to three giant
#: cells.
_LEUCOCYTE_KINDS = ("lymphocytes", "granulocytes", "histiocytes", "giants")
_LEUCOCYTE_SHARES = (0.3, 0.32, 0.28, 0.1)
#: Lobes of a granulocyte's nucleus: turn along the thread in radians, distance from the cell's
#: middle and size in radii of a round nucleus.
_LOBES = ((0.0, 0.75, 0.56), (1.4, 0.72, 0.5), (2.7, 0.7, 0.46), (3.9, 0.65, 0.4))
_GRANULOCYTES = replace(LEUCOCYTES, spacing_um=9.8, stray_um=2.6)


def hepatocyte_plug(
    lumen: WavyRing, filler: Filler, plug: Plug, rng: np.random.Generator
) -> tuple[Plug, list[Cells]]:
    """Liver cells squeezed into a vein, more or less close; a section misses some nuclei."""
    plug = replace(plug, tissue="hepatocytes")
    lattice = _SQUEEZED if rng.random() < 0.7 else HEPATOCYTES
    return plug, [_thinned(filler.in_plug(lattice, lumen, plug), 0.88)]


def leucocyte_plug(
    lumen: WavyRing, filler: Filler, plug: Plug, rng: np.random.Generator
) -> tuple[Plug, list[Cells]]:
    """Lymphocytes, granulocytes, histiocytes or a few giant cells."""
    kind = _LEUCOCYTE_KINDS[int(rng.choice(4, p=_LEUCOCYTE_SHARES))]
    if kind == "giants":
        return _giants(lumen, plug, rng)
    if kind == "histiocytes":
        plug = replace(plug, tissue="histiocytes")
        return plug, [filler.in_plug(_HISTIOCYTES, lumen, plug)]
    plug = replace(plug, tissue="leucocytes")
    lattice = _GRANULOCYTES if kind == "granulocytes" else _LYMPHOCYTES
    cells = _thinned(filler.in_plug(lattice, lumen, plug), float(rng.uniform(0.6, 1.3)))
    return plug, [_lobed(cells) if kind == "granulocytes" else cells]


def _thinned(cells: Cells, share: float) -> Cells:
    """About that share of the cells, more here and fewer there."""
    drift = noise_at(cells.y_um, cells.x_um, 30.0, 11)
    return cells.where(unit_interval(cells.bits, 21) < share * (1 + np.float32(0.5) * drift))


def _lobed(cells: Cells) -> Cells:
    """Granulocytes: in the place of each nucleus two to four lobes strung on a bent thread."""
    parts = []
    for k, (turn, away, size) in enumerate(_LOBES):
        bend = turn * (0.6 + 0.8 * unit_interval(cells.bits, 30))
        theta = cells.angle + np.float32(2 * np.pi) * unit_interval(cells.bits, 31) + bend
        reach = away * cells.radius_um * (0.75 + 0.5 * unit_interval(cells.bits, 32 + k))
        part = replace(
            cells,
            y_um=cells.y_um + reach * np.sin(theta),
            x_um=cells.x_um + reach * np.cos(theta),
            radius_um=np.asarray(size * cells.radius_um, np.float32),
            elongation=1 + unit_interval(cells.bits, 36 + k),
            angle=np.asarray((theta + np.pi / 2) % np.pi, np.float32),
        )
        parts.append(part.where(2 + 0.65 * (unit_interval(cells.bits, 40) * 3) > k))
    return _joined(parts)


def _joined(parts: list[Cells]) -> Cells:
    """Cells of one kind as one."""
    return Cells(
        np.concatenate([part.y_um for part in parts]),
        np.concatenate([part.x_um for part in parts]),
        np.concatenate([part.radius_um for part in parts]),
        np.concatenate([part.elongation for part in parts]),
        np.concatenate([part.angle for part in parts]),
        np.concatenate([part.bits for part in parts]),
        parts[0].kind,
    )


def _giants(lumen: WavyRing, plug: Plug, rng: np.random.Generator) -> tuple[Plug, list[Cells]]:
    """One to three megakaryocytes: a large dark folded nucleus in a wide cell, singly."""
    centres = [body.centre_um for body in plug.bodies]
    bodies, parts = [], []
    for centre in centres:
        nucleus = float(rng.uniform(5.0, 8.5))
        cell = min(nucleus * rng.uniform(1.5, 2.1), 0.8 * lumen.reach_um)
        ring = wavy_ellipse(
            rng, centre, (1.1 * cell, 0.9 * cell), rng.uniform(0, np.pi), waves(rng, 0.05, 5)
        )
        bodies.append(ring)
        theta = rng.uniform(0, 2 * np.pi) + np.arange(3) * 2.1
        lobe = 0.45 * nucleus
        parts.append(
            Cells(
                centre.y + lobe * np.sin(theta),
                centre.x + lobe * np.cos(theta),
                np.full(3, 0.62 * nucleus, np.float32),
                rng.uniform(1.0, 1.5, 3).astype(np.float32),
                rng.uniform(0, np.pi, 3).astype(np.float32),
                rng.integers(0, 2**32, 3, dtype=np.uint32),
                CellKind.LEUCOCYTE,
            )
        )
    giant = Plug(bodies[0], 0.0, "floating", False, "histiocytes", tuple(bodies[1:]))
    return giant, [_in_lumen(_joined(parts), lumen)]


def _in_lumen(cells: Cells, lumen: WavyRing) -> Cells:
    return cells.where(lumen.signed_distance(cells.y_um, cells.x_um) < -0.5 * cells.radius_um)


def thrombus(
    lumen: WavyRing, filler: Filler, plug: Plug, rng: np.random.Generator
) -> tuple[Plug, list[Cells]]:
    """Layered fibrin with the blood cells it caught, or the same grown through by spindle cells."""
    tissue: PlugTissue = "organised" if rng.random() < 0.4 else "fibrin"
    plug = replace(plug, tissue=tissue)
    trapped = _thinned(filler.in_plug(LEUCOCYTES, lumen, plug), float(rng.uniform(0.1, 1.0)))
    if rng.random() < 0.5:
        trapped = _lobed(trapped)
    if tissue == "fibrin":
        return plug, [trapped]
    return plug, [filler.in_plug(_SPINDLES, lumen, plug), trapped]
