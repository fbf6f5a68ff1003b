"""Paint what lies in lumens: serum, plugs of every tissue, and their cells."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.plug import body_tissue
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.painter.tumour import press_tumour_nuclei
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import Plug, Vessel, extent_of
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.phantom.shapes.noise import seed_of, slow_noise_at
from pathoflow.phantom.shapes.outline import ANGLES

_EMPTY = (0.008, 0.02)
_BULGE_UM = 1.1
#: Cells further than this from a canvas do not touch it.
_CELL_REACH_UM = 16.0


def lumen_ground(plan: Plan, part: Canvas, vessel: Vessel) -> tuple[Field | float, Field | float]:
    """H and E of what surrounds a plug: nothing, serum fixed to a pink film, or fibrin."""
    ground = vessel.contents.ground
    if ground not in ("serum", "fibrin"):
        return _EMPTY
    look, y, x = plan.look, part.y_um, part.x_um
    cloud = look.texture(y, x, 7.0, plan.seed(f"serum {vessel.index}"))
    drift = part.slow_noise(60.0, plan.seed("drift"))
    # Real serum runs from a breath of pink to a film nearly as dark as cytoplasm.
    strength = np.float32(0.05 + 0.15 * _draw(vessel, "serum") ** 2)
    film = strength * (1 + np.float32(0.25) * cloud + np.float32(0.5) * drift)
    if ground == "fibrin":
        thread = np.abs(slow_noise_at(*part.places_um, 15.0, plan.seed(f"fibrin {vessel.index}")))
        net = np.clip(1 - thread * np.float32(12), 0, 1) * np.clip(0.6 + drift, 0, 1)
        film = np.float32(0.6) * film + np.float32(0.24) * net
    film = np.clip(film, 0.02, 0.4)
    film -= _bubbles(plan, part, vessel) * (film - np.float32(_EMPTY[1]))
    return np.float32(0.008) + film * np.float32(0.08), film


def _draw(vessel: Vessel, name: str) -> float:
    """A number in [0, 1) that is this vessel's own."""
    return seed_of(vessel.index, name) / 2**32


def _bubbles(plan: Plan, part: Canvas, vessel: Vessel) -> Field:
    """Where fixed serum has drawn away from the wall in round bites."""
    bites: Field = np.zeros(part.box.size.shape, np.float32)
    rng = np.random.default_rng(plan.seed(f"bubbles {vessel.index}"))
    lumen = vessel.lumen
    for _ in range(int(rng.integers(0, 10))):
        at = int(rng.integers(ANGLES))
        radius = float(min(lumen.reach_um * rng.uniform(0.06, 0.2), 24.0))
        away = float(lumen.radius_um[at]) - rng.uniform(0.1, 0.9) * radius
        theta = at * (2 * np.pi / ANGLES)
        y = lumen.centre_um.y + away * np.sin(theta)
        x = lumen.centre_um.x + away * np.cos(theta)
        rows, cols = part.places_um
        dy, dx = (rows - y).astype(np.float32), (cols - x).astype(np.float32)
        bites = np.maximum(bites, part.soft(np.sqrt(dy * dy + dx * dx) - np.float32(radius)))
    return bites


def paint_contents(plan: Plan, part: Canvas, vessel: Vessel, to_lumen: Field) -> None:
    """Press what the lumen holds onto ``part``; ``to_lumen`` is the distance to its outline."""
    contents, plug = vessel.contents, vessel.contents.plug
    if contents.name == "empty":
        return
    before = part.copied()
    pieces = [] if plug is None else _pieces(plan, part, plug, to_lumen)
    if plug is not None and plug.attachment == "floating" and contents.ground != "empty":
        # Fixation shrinks a floating nest: a clear line runs round it.
        halo = np.float32(0.8 + 2.2 * _draw(vessel, "halo"))
        for here, distance, _ in pieces:
            here.mix(here.soft(distance - halo), *_EMPTY)
    for here, distance, _ in pieces:
        assert plug is not None
        here.mix(here.soft(distance), *body_tissue(plan, here, vessel, plug.tissue, distance))
    for cells in (*contents.cells, *contents.spilled):
        _press(plan, part, vessel, cells)
    for here, distance, inner in pieces:
        assert plug is not None
        if plug.tissue == "degenerate":
            # Smudged: cytoplasm turned glassy pink runs over fading nuclei.
            here.mix(here.soft(distance) * np.float32(0.5), 0.12, 0.36)
        if plug.is_coated:
            skin = here.soft(np.abs(distance) - np.float32(0.5)) * here.soft(inner + 2)
            here.mix(skin * np.float32(0.8), 0.08, 0.22)
    if plug is None or plug.gap_um >= 0:
        # Nothing in a lumen covers its wall: drops of fat and nuclei end there.
        part.restore(before, part.soft(np.float32(0.5) - to_lumen))


def _pieces(
    plan: Plan, part: Canvas, plug: Plug, to_lumen: Field
) -> list[tuple[Canvas, Field, Field]]:
    """Each body's own window, the distance to its surface there, and that to the lumen's outline."""
    found = []
    for body in plug.bodies:
        here = part.window(extent_of(body.centre_um, body.reach_um + 5))
        if here is None:
            continue
        rows, cols = here.box.within(part.box).slices
        inner = to_lumen[rows, cols]
        # Cells bulge a little on a surface that is free; the outline itself stays the truth's.
        bulge = plan.look.texture(here.y_um, here.x_um, 6.0, plan.seed("bulge"))
        to_body = body.signed_distance(*here.places_um) + np.float32(_BULGE_UM) * bulge
        distance = np.maximum(to_body, inner + np.float32(plug.gap_um))
        found.append((here, distance, inner))
    return found


def _press(plan: Plan, part: Canvas, vessel: Vessel, cells: Cells) -> None:
    """Press those of the cells that can touch the canvas."""
    near = part.extent.grow(_CELL_REACH_UM)
    y, x = cells.y_um, cells.x_um
    cells = cells.where((y > near.top) & (y < near.bottom) & (x > near.left) & (x < near.right))
    tissue = None if vessel.contents.plug is None else vessel.contents.plug.tissue
    if cells.kind is CellKind.TUMOUR:
        press_tumour_nuclei(plan, part, cells, is_settled=True)
    elif cells.kind is CellKind.LEUCOCYTE and tissue == "histiocytes":
        # From pale vesicular histiocytes to dark blasts.
        press_cells(part, cells, 0.68 + 0.5 * _draw(vessel, "histiocytes"))
    elif cells.kind is CellKind.HEPATOCYTE:
        # Squeezed and dying nuclei shrink and darken.
        press_cells(part, cells, 1.0 + 0.5 * _draw(vessel, "dense"))
    else:
        press_cells(part, cells)
