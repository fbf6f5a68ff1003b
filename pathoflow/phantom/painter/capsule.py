"""Paint a tumour's coat: layers of collagen, flat nuclei, ductules, and slits where it came off."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.liver import lattice_cells
from pathoflow.phantom.painter.part import cut, marked_part
from pathoflow.phantom.painter.stamps import press_bodies, press_cells
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.tumour import Retraction
from pathoflow.phantom.shapes.cells import (
    CUFF_LYMPHOCYTES,
    FIBROBLASTS,
    CellKind,
    Cells,
    Extent,
    Lattice,
    cells_in,
)
from pathoflow.phantom.shapes.noise import noise_at, slow_noise_at
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing

#: Collagen lies in layers of about this thickness, bent over tens of µm.
_LAMELLA_UM = 3.6
_STEPS = 8
#: A table of layers, each a value in [-1, 1], smooth between; it repeats after 15 mm or so.
_ROWS = 4096
#: The front of a tumour is rough by at most this much, cell by cell.
RAGGED_UM = 5.0
_DUCTULES = Lattice(CellKind.DUCT, 150.0, 55.0, 0.35, 9.0, 0.25, (1.0, 1.5))
_DUCTULE_NUCLEI = 9
#: No nucleus or ductule reaches further than this out of the tissue that it lies in, µm.
_CELL_REACH_UM = 20.0


def _layer_table() -> Field:
    values = np.random.default_rng(1931).uniform(-1, 1, _ROWS).astype(np.float32)
    t = (np.arange(_STEPS) / np.float32(_STEPS)).astype(np.float32)
    t = t * t * (3 - 2 * t)
    table: Field = values[:, None] + (np.roll(values, -1) - values)[:, None] * t
    return table.ravel()


_LAYERS = _layer_table()


def collagen(plan: Plan, canvas: Canvas, depth_um: Field) -> tuple[Field, Field]:
    """H and E of lamellar collagen whose layers follow the level lines of ``depth_um``."""
    look, y, x = plan.look, canvas.y_um, canvas.x_um
    wide = look.texture(y, x, 46.0, plan.seed("sway"))
    fine = look.texture(y, x, 13.0, plan.seed("sway fine"))
    along = depth_um + np.float32(13) * wide
    along += np.float32(2.6) * fine
    along *= np.float32(_STEPS / _LAMELLA_UM)
    last = np.int64(len(_LAYERS) - 1)
    thin = np.take(_LAYERS, np.floor(along).astype(np.int64) & last)
    along *= np.float32(0.31)
    # Layers come and go: two sets take turns from place to place.
    bundle = np.take(_LAYERS, (np.floor(along).astype(np.int64) + 9001) & last)
    share = np.clip(np.float32(0.5) + fine * np.float32(0.9), 0, 1)
    fibre = thin * share + bundle * (np.float32(1.1) - share)
    h = np.float32(0.034) + np.float32(0.016) * fibre
    e = np.float32(0.235) * (1 + np.float32(0.34) * fibre + np.float32(0.12) * wide)
    return h, e


def ragged(plan: Plan, canvas: Canvas, distance_um: Field) -> Field:
    """The distance to a tumour's outline, made rough at the scale of a cell near it."""
    if float(np.abs(distance_um).min()) > RAGGED_UM + canvas.mpp:
        return distance_um
    rough = plan.look.texture(canvas.y_um, canvas.x_um, 8.0, plan.seed("front"))
    moved: Field = distance_um + np.clip(rough * np.float32(7), -RAGGED_UM, RAGGED_UM)
    return moved


def paint_tumour_border(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """The capsule outside the outline, and the slits round tumour and nests."""
    ring, capsule = plan.tissue.tumour, plan.tissue.capsule
    if ring is not None and capsule is not None:
        thickest = float(capsule.thickness_um.max())
        if float(distance_um.max()) > -15 and float(distance_um.min()) < thickest + 25:
            _paint_capsule(plan, canvas, ring, distance_um)
    for slit in plan.tissue.retractions_in(canvas.extent.grow(4)):
        part = canvas.window(slit.extent_um.grow(3))
        if part is not None:
            _paint_slit(plan, part, slit)


def _paint_slit(plan: Plan, part: Canvas, slit: Retraction) -> None:
    """White where the outer outline holds a pixel and the inner one does not."""
    extent = part.extent
    middle = [np.array([0.5 * (extent.top + extent.bottom)])]
    middle.append(np.array([0.5 * (extent.left + extent.right)]))
    half = 0.5 * math.hypot(extent.bottom - extent.top, extent.right - extent.left)
    # A slit round a whole mass meets few of the pieces within its square.
    if abs(float(slit.outer.signed_distance(*middle)[0])) > 2 * half + 100:
        return
    outer = part.interpolate(slit.outer.signed_distance, 2)
    if float(outer.min()) > 2 + part.mpp or float(outer.max()) < -60:
        return
    inner = part.interpolate(slit.inner.signed_distance, 2)
    ragged = plan.look.texture(part.y_um, part.x_um, 7.0, plan.seed("slit")) * np.float32(1.5)
    gap = np.minimum(inner - outer, 1.0)
    weight = np.minimum(part.soft(outer + ragged), part.soft(np.float32(0.6) - inner + ragged))
    part.mix(weight * np.clip(gap, 0, 1), 0.004, 0.012)


def _paint_capsule(plan: Plan, canvas: Canvas, ring: WavyRing, distance_um: Field) -> None:
    capsule = plan.tissue.capsule
    if capsule is None:
        return
    coat = ring.inset(-capsule.thickness_um)
    to_coat = canvas.interpolate(coat.signed_distance)
    near = (to_coat < _CELL_REACH_UM) & (distance_um > -_CELL_REACH_UM)
    part = marked_part(canvas, near)
    if part is None:
        return
    distance_um, to_coat = cut(distance_um, canvas, part), cut(to_coat, canvas, part)
    canvas = part
    # How much coat there is between the two outlines; nothing where they coincide.
    there = np.clip((distance_um - to_coat) * np.float32(0.5) - 1, 0, 1)
    rough = plan.look.texture(canvas.y_um, canvas.x_um, 9.0, plan.seed("coat edge"))
    weight = np.minimum(
        canvas.soft(-ragged(plan, canvas, distance_um)),
        canvas.soft(to_coat + np.float32(3.5) * rough),
    )
    weight *= there
    if float(weight.max()) > 0:
        canvas.mix(weight, *_coat(plan, canvas, distance_um, to_coat))
    # Nuclei reach a little further than the coat that they lie in.
    press_cells(canvas, _spindles(plan, canvas, ring, coat))
    press_cells(canvas, _lymphocytes(plan, canvas, ring, coat))
    _paint_ductules(plan, canvas, ring, coat)


def _coat(plan: Plan, canvas: Canvas, distance_um: Field, to_coat_um: Field) -> tuple[Field, Field]:
    """Collagen of the coat, with a loose layer two thirds of the way out where it has two."""
    h, e = collagen(plan, canvas, distance_um)
    capsule = plan.tissue.capsule
    if capsule is not None and capsule.layers > 1:
        part = distance_um / np.maximum(distance_um - to_coat_um, 1)
        loose = np.clip(1 - np.abs(part - np.float32(0.62)) * np.float32(7), 0, 1)
        e *= 1 - np.float32(0.38) * loose
    return h, e


def _spindles(plan: Plan, canvas: Canvas, ring: WavyRing, coat: WavyRing) -> Cells:
    """Flat nuclei that lie along the capsule's fibres."""
    cells = lattice_cells(plan, canvas, FIBROBLASTS, 14.0)
    inside = coat.signed_distance(cells.y_um, cells.x_um) < -3
    # Cellular bundles lie beside poor ones.
    rich = noise_at(cells.y_um, cells.x_um, 45.0, plan.seed("capsule bundles"))
    inside &= (cells.bits >> np.uint32(7)) % np.uint32(100) < 62 + 75 * rich
    kept = cells.where(inside & (ring.signed_distance(cells.y_um, cells.x_um) > 3))
    return along_ring(
        replace(kept, elongation=np.asarray(kept.elongation * np.float32(1.35), np.float32)), ring
    )


def _lymphocytes(plan: Plan, canvas: Canvas, ring: WavyRing, coat: WavyRing) -> Cells:
    """Small groups in the outer half of the coat, and few elsewhere in it."""
    cells = cells_in(CUFF_LYMPHOCYTES, canvas.extent.grow(9), plan.seed("capsule lymphocytes"))
    to_coat = coat.signed_distance(cells.y_um, cells.x_um)
    cells = cells.where((to_coat < -4) & (ring.signed_distance(cells.y_um, cells.x_um) > 8))
    to_coat = coat.signed_distance(cells.y_um, cells.x_um)
    group = slow_noise_at(cells.y_um, cells.x_um, 120.0, plan.seed("capsule groups"))
    chance = (cells.bits >> np.uint32(6)) % np.uint32(1000) / 1000.0
    dense = np.clip((group - 0.35) * 2.2, 0, 0.8) * np.where(to_coat > -90, 1.0, 0.35)
    return cells.where(chance < (dense + 0.02) * (0.35 + plan.look.inflammation))


def _paint_ductules(plan: Plan, canvas: Canvas, ring: WavyRing, coat: WavyRing) -> None:
    """Small ducts caught in the coat: rings of dark nuclei, with a lumen where there is room."""
    sites = _ductule_sites(plan, canvas.extent, ring, coat)
    if not len(sites):
        return
    turn = (np.arange(_DUCTULE_NUCLEI) / _DUCTULE_NUCLEI * 2 * np.pi)[None, :]
    unrest = sites.bits[:, None] >> (np.arange(_DUCTULE_NUCLEI, dtype=np.uint32) * 3)
    turn = turn + (unrest % np.uint32(8)) / 8.0 * 0.35
    wide = np.sqrt(sites.elongation)[:, None]
    u, v = (
        sites.radius_um[:, None] * wide * np.cos(turn),
        sites.radius_um[:, None] / wide * np.sin(turn),
    )
    c, s = np.cos(sites.angle)[:, None], np.sin(sites.angle)[:, None]
    number = u.size
    lumens = replace(
        sites,
        radius_um=np.asarray(sites.radius_um * np.float32(0.3), np.float32),
        kind=CellKind.FAT,
    )
    press_bodies(canvas, _epithelium(sites), 0.28)
    press_bodies(canvas, lumens)
    press_cells(
        canvas,
        Cells(
            (sites.y_um[:, None] + u * s + v * c).ravel(),
            (sites.x_um[:, None] + u * c - v * s).ravel(),
            np.full(number, 2.6, np.float32),
            np.full(number, 1.3, np.float32),
            np.asarray((turn + sites.angle[:, None]).ravel() % np.pi, np.float32),
            unrest.ravel().astype(np.uint32),
            CellKind.DUCT,
        ),
    )


def ductules_in(plan: Plan, extent: Extent) -> Cells:
    """Small ducts of the coat that may reach into ``extent``: ellipses round their epithelium."""
    ring, capsule = plan.tissue.tumour, plan.tissue.capsule
    if ring is None or capsule is None:
        return Cells.none(CellKind.DUCT)
    coat = ring.inset(-capsule.thickness_um)
    return _epithelium(_ductule_sites(plan, extent, ring, coat))


def _ductule_sites(plan: Plan, extent: Extent, ring: WavyRing, coat: WavyRing) -> Cells:
    """Ellipses on which the nuclei of the coat's ductules stand."""
    sites = cells_in(_DUCTULES, extent.grow(28), plan.seed("ductules"))
    inside = coat.signed_distance(sites.y_um, sites.x_um) < -22
    sites = sites.where(inside & (ring.signed_distance(sites.y_um, sites.x_um) > 22))
    return along_ring(sites, ring) if len(sites) else sites


def _epithelium(sites: Cells) -> Cells:
    """The ellipses that the cytoplasm of ductules fills."""
    radius = np.asarray(sites.radius_um * np.float32(1.35), np.float32)
    return replace(sites, radius_um=radius, kind=CellKind.DUCT)


def along_ring(cells: Cells, ring: WavyRing) -> Cells:
    """The same cells with their long sides laid along the ring, but for a little unrest."""
    centre = ring.centre_um
    angle = np.arctan2(cells.y_um - centre.y, cells.x_um - centre.x) + np.pi / 2
    at = ((angle - np.pi / 2) % (2 * np.pi) / (2 * np.pi) * ANGLES).astype(int) % ANGLES
    ahead, behind = ring.radius_um[(at + 2) % ANGLES], ring.radius_um[at - 2]
    lean = np.arctan2((ahead - behind) / (4 * 2 * np.pi / ANGLES), ring.radius_um[at])
    unrest = 0.3 * noise_at(cells.y_um, cells.x_um, 15.0, 5)
    return replace(cells, angle=np.asarray((angle - lean + unrest) % np.pi, np.float32))
