"""Paint carcinoma, the same in the mass, in nests before it and in a vessel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.capsule import RAGGED_UM, ragged
from pathoflow.phantom.painter.capsule import along_ring as along_ring
from pathoflow.phantom.painter.liver import lattice_cells
from pathoflow.phantom.painter.necrosis import paint_decay, paint_septa, spared
from pathoflow.phantom.painter.part import cut, marked_part
from pathoflow.phantom.painter.stamps import press_bodies, press_cells
from pathoflow.phantom.plan.growth import Growth, lumen_distance
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import extent_of
from pathoflow.phantom.shapes.cells import SINUSOID_CELLS, CellKind, Cells
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import Point

#: Sinusoids are evaluated on a lattice of about this step and interpolated between.
_FINE_UM = 2.0
#: No nucleus or drop of fat reaches further than this out of the tumour that it lies in, and no
#: nucleus is pushed further than this by the openings beside it.
_CELL_REACH_UM = 20.0


def growth_of(plan: Plan) -> Growth:
    """The growth pattern of the slide's tumour."""
    return Growth(plan.look, plan.spec.seed)


def tumour_tissue(plan: Plan, canvas: Canvas) -> tuple[Field, Field, Field]:
    """Carcinoma cytoplasm on every pixel of the canvas: H, E and red cells, without nuclei."""
    look, y, x, grade = plan.look, canvas.y_um, canvas.x_um, plan.look.grade
    growth = growth_of(plan)
    grain = look.texture(y, x, max(1.5, canvas.mpp), plan.seed("tumour grain"))
    cloud = look.texture(y, x, 9.5, plan.seed("tumour cloud"))
    nest = canvas.slow_noise(260.0, plan.seed("tumour nest"))
    texture = grain * np.float32(0.16)
    texture += cloud * np.float32(0.2)
    # Cell borders: thin pale lines where the clouds of neighbouring cells meet.
    texture -= np.clip(np.float32(0.16) - np.abs(cloud), 0, 1)
    # Some tumours are as pink as the liver, others bluer than their grade alone makes them.
    tone = plan.seed("tumour tone") / 2**32
    e = 1 + texture + nest * np.float32(0.13)
    e *= np.float32((0.29 - 0.05 * grade) * (1.08 - 0.12 * tone))
    h = 1 + texture * np.float32(1.3) - nest * np.float32(0.25)
    h *= np.float32((0.12 + 0.08 * grade) * (0.68 + 0.4 * tone))
    if look.clear:
        _clear_cells(plan, canvas, h, e)
    step = max(2, round(_FINE_UM / canvas.mpp))
    to_slit = canvas.interpolate(growth.axis_um, step)
    to_slit -= canvas.interpolate(growth.half_width_um)
    # A thin line of endothelium, then the lumen: a soft edge over about a µm.
    lining = np.clip(1.1 - np.abs(to_slit - np.float32(0.4)), 0, 1)
    h += lining * np.float32(0.05)
    opened = np.clip(np.float32(0.35) - to_slit * np.float32(0.75), 0, 1)
    e -= opened * (e - np.float32(0.045))
    h -= opened * (h - np.float32(0.016))
    # Red cells in some stretches of the sinusoids.
    blood = opened * np.clip(nest * np.float32(0.5) + cloud * np.float32(0.8) - 0.25, 0, 0.38)
    _open_lumens(plan, canvas, growth, h, e, blood)
    return h, e, blood


def _clear_cells(plan: Plan, canvas: Canvas, h: Field, e: Field) -> None:
    """Patches of clear cells: pale cytoplasm between thin pink membranes."""
    clear = canvas.interpolate(growth_of(plan).clear)
    if float(clear.max()) <= 0:
        return
    net = np.abs(plan.look.texture(canvas.y_um, canvas.x_um, 12.5, plan.seed("clear net")))
    membrane = np.clip(1 - net * np.float32(4.5), 0, 1)
    e -= clear * (e * np.float32(0.68) - membrane * np.float32(0.17))
    h -= clear * (h * np.float32(0.70) - membrane * np.float32(0.05))


def _open_lumens(
    plan: Plan, canvas: Canvas, growth: Growth, h: Field, e: Field, red: Field
) -> None:
    """Round lumens of pseudoglands: empty, or with pink secretion that shrank from the wall."""
    lumens = growth.lumens(canvas.extent)
    for k in range(len(lumens)):
        one = lumens.where(np.arange(len(lumens)) == k)
        reach = float(one.radius_um[0] * np.sqrt(one.elongation[0])) * 1.25 + 3
        part = canvas.window(extent_of(Point(float(one.y_um[0]), float(one.x_um[0])), reach))
        if part is None:
            continue
        dy = (part.y_um - one.y_um[0]).astype(np.float32)[:, None]
        dx = (part.x_um - one.x_um[0]).astype(np.float32)[None, :]
        uneven = plan.look.texture(part.y_um, part.x_um, 14.0, plan.seed("lumen"))
        depth = lumen_distance(one, dy, dx) + np.float32(2.6) * uneven
        rows, cols = part.box.within(canvas.box).slices
        inside = np.clip(np.float32(0.5) - depth * np.float32(0.8), 0, 1)
        secretion = 0.0
        kind = int(one.bits[0] >> np.uint32(7)) % 100
        if kind < 60:
            # Wrinkled secretion, set off from the wall.
            strength = 0.10 + 0.0025 * kind
            mottle = 1 + np.float32(0.25) * uneven
            secretion = strength * mottle * np.clip(-depth * np.float32(0.5) - 1.2, 0, 1)
        red[rows, cols] -= inside * red[rows, cols]
        e[rows, cols] += inside * (np.float32(0.03) + secretion - e[rows, cols])
        h[rows, cols] += inside * (np.float32(0.01) + 0.12 * secretion - h[rows, cols])


def press_tumour_nuclei(plan: Plan, canvas: Canvas, cells: Cells, is_settled: bool = False) -> None:
    """Stamp carcinoma nuclei, in the cords beside the sinusoids; a higher grade is darker.

    Fatty cells carry a drop beside their nucleus. Nuclei in vessels were settled when they were
    planned, for there they are counted.
    """
    growth = growth_of(plan)
    settled = cells if is_settled else growth.settle(cells)
    if plan.look.clear:
        press_bodies(canvas, _fat_drops(growth, settled))
    press_cells(canvas, settled, 0.92 + 0.33 * plan.look.grade, plan.look.grade)


def _fat_drops(growth: Growth, cells: Cells) -> Cells:
    clear = growth.clear(cells.y_um, cells.x_um)
    fatty = (clear > 0.4) & (cells.bits % np.uint32(97) < np.uint32(38))
    near = cells.where(fatty)
    size = np.float32(2.5) + np.asarray(near.bits >> np.uint32(11) & np.uint32(63), np.float32) / 9
    away = np.float32(0.8) * (near.radius_um + size)
    return replace(
        near,
        y_um=near.y_um + away * np.sin(2 * near.angle),
        x_um=near.x_um + away * np.cos(2 * near.angle),
        radius_um=np.asarray(size, np.float32),
        elongation=np.ones(len(near), np.float32),
        kind=CellKind.FAT,
    )


def paint_tumour_mass(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """Cover the canvas with tumour where ``distance_um`` to its outline is negative.

    Nests and satellites before it are painted too.
    """
    _paint_nests(plan, canvas)
    ring = plan.tissue.tumour
    if ring is None:
        return
    part = marked_part(canvas, distance_um < _CELL_REACH_UM)
    if part is None:
        return
    distance = cut(distance_um, canvas, part)
    _cover(part, part.soft(ragged(plan, part, distance)), tumour_tissue(plan, part))
    paint_septa(plan, part, distance)
    nuclei = _nuclei_in(plan, part, ring)
    _press_endothelium(plan, part, ring)
    press_tumour_nuclei(plan, part, nuclei.where(spared(plan, nuclei)), is_settled=True)
    paint_decay(plan, part, distance)


def _cover(canvas: Canvas, weight: Field, tissue: tuple[Field, Field, Field]) -> None:
    """Mix so that full weight leaves nothing, not even a last bit, of what lay there before.

    Deep in the mass no liver is painted under it, in a canvas that holds its border there may be.
    """
    rest = 1 - weight
    for sheet, value in zip((canvas.h, canvas.e, canvas.red), tissue, strict=True):
        sheet *= rest
        sheet += weight * value
    canvas.hide(weight)


def _nuclei_in(plan: Plan, canvas: Canvas, ring: WavyRing) -> Cells:
    """Tumour nuclei inside the outline with at most their edge outside, none in a gland's lumen."""
    growth = growth_of(plan)
    nuclei = lattice_cells(plan, canvas, plan.tumour_nuclei, _CELL_REACH_UM)
    nuclei = nuclei.where(~growth.in_lumen(nuclei))
    settled = growth.settle(nuclei)
    depth = ring.signed_distance(settled.y_um, settled.x_um)
    return settled.where(depth < -0.7 * settled.radius_um)


def _paint_nests(plan: Plan, canvas: Canvas) -> None:
    """Islands and satellites that reach into the canvas."""
    reach = RAGGED_UM + _CELL_REACH_UM
    for ring in plan.tissue.nests.meeting(canvas.extent.grow(reach + canvas.mpp)):
        part = canvas.window(extent_of(ring.centre_um, ring.reach_um + reach))
        if part is None:
            continue
        distance = part.interpolate(ring.signed_distance, 2)
        part.mix(part.soft(ragged(plan, part, distance)), *tumour_tissue(plan, part))
        _press_endothelium(plan, part, ring)
        press_tumour_nuclei(plan, part, _nuclei_in(plan, part, ring), is_settled=True)


def _press_endothelium(plan: Plan, canvas: Canvas, ring: WavyRing) -> None:
    """Flat nuclei of capillarised sinusoids, laid on the slits' walls."""
    growth = growth_of(plan)
    cells = lattice_cells(plan, canvas, SINUSOID_CELLS, 22.0)
    cells = cells.where(ring.signed_distance(cells.y_um, cells.x_um) < -14)
    cells = cells.where(~growth.in_lumen(cells))
    if not len(cells):
        return
    away, dy, dx = growth.walls(cells.y_um, cells.x_um)
    near = away < 9.0
    cells, away, dy, dx = cells.where(near), away[near], dy[near], dx[near]
    side = np.float32(0.6) - away
    press_cells(
        canvas,
        replace(
            cells,
            y_um=cells.y_um + side * dy,
            x_um=cells.x_um + side * dx,
            radius_um=np.clip(cells.radius_um, 1.5, 2.3).astype(np.float32),
            elongation=np.clip(cells.elongation * 1.4, 2.2, 4.2).astype(np.float32),
            angle=np.asarray((np.arctan2(dy, dx) + np.pi / 2) % np.pi, np.float32),
        ),
    )
