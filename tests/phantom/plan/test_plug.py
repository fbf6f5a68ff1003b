from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.plan.plug import coat_cells, grow_plug, pressed
from pathoflow.phantom.plan.vessel import Plug
from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent, cells_in, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

LUMEN = WavyRing(Point(300.0, 300.0), np.full(ANGLES, 110.0))
CELLS = cells_in(tumour_lattice(0.3), Extent(190, 190, 410, 410), 7)


def grown(number: int, seed: int) -> tuple[Plug, Cells]:
    return grow_plug(LUMEN, CELLS, number, np.random.default_rng(seed))


@pytest.mark.parametrize("number", [1, 2, 17, 50, 90])
@pytest.mark.parametrize("seed", range(8))
def test_a_plug_holds_the_number_asked_for_and_their_nuclei_whole(number: int, seed: int) -> None:
    plug, cells = grown(number, seed)
    assert len(cells) == number
    bodies = np.stack([body.signed_distance(cells.y_um, cells.x_um) for body in plug.bodies])
    assert (bodies.min(axis=0) < -cells.radius_um).all()


def test_no_other_nucleus_of_the_tissue_lies_in_the_plug() -> None:
    for seed in range(8):
        plug, cells = grown(40, seed)
        to_lumen = LUMEN.signed_distance(CELLS.y_um, CELLS.x_um)
        depth = plug.signed_distance(CELLS.y_um, CELLS.x_um, to_lumen)
        inside = CELLS.where((depth < -CELLS.radius_um - 1.5) & (to_lumen < -CELLS.radius_um - 3))
        assert set(inside.y_um.tolist()) <= set(cells.y_um.tolist())


def test_floating_plugs_keep_off_the_wall_and_others_touch_it() -> None:
    seen = set()
    for seed in range(60):
        plug, cells = grown(35, seed)
        seen.add(plug.attachment)
        reach = np.hypot(cells.y_um - 300, cells.x_um - 300) + cells.radius_um
        if plug.attachment == "floating":
            assert plug.gap_um > 0.5
            assert reach.max() < 110 - plug.gap_um + 0.1
        else:
            wall = LUMEN.polygon_um()
            assert plug.body.signed_distance(wall[:, 0], wall[:, 1]).min() < 0
    assert seen == {"floating", "adherent"}


def test_a_number_that_needs_most_of_the_lumen_fills_it() -> None:
    for seed in range(5):
        assert grown(int(0.85 * np.pi * 110**2 * 0.0035), seed)[0].attachment == "filling"


def test_some_plugs_come_in_two_or_three_pieces_and_some_are_coated() -> None:
    plugs = [grown(45, seed)[0] for seed in range(80)]
    pieces = [len(plug.bodies) for plug in plugs]
    assert set(pieces) == {1, 2, 3}
    assert 0.08 < np.mean(np.array(pieces) > 1) < 0.4
    assert 0.1 < np.mean([plug.is_coated for plug in plugs]) < 0.5


def test_a_lumen_without_room_for_a_nucleus_gives_no_cells() -> None:
    tiny = WavyRing(Point(300.0, 300.0), np.full(ANGLES, 3.0))
    assert len(grow_plug(tiny, CELLS, 5, np.random.default_rng(0))[1]) == 0


def test_the_coat_lies_flat_on_the_free_surface() -> None:
    body = WavyRing(Point(300.0, 300.0), np.full(ANGLES, 50.0))
    cells = coat_cells(LUMEN, Plug(body, 1.0, "floating", True), np.random.default_rng(0))
    assert cells.kind is CellKind.ENDOTHELIUM
    # A nucleus every 15 µm of 2 pi 50 µm.
    assert len(cells) == 20
    y, x = cells.y_um - 300, cells.x_um - 300
    assert np.hypot(y, x) == pytest.approx(49.4, abs=0.2)
    across = np.abs(y * np.sin(cells.angle) + x * np.cos(cells.angle)) / 49.4
    assert across.max() < 0.05


def test_the_coat_leaves_out_what_touches_the_wall() -> None:
    body = WavyRing(Point(300.0, 390.0), np.full(ANGLES, 50.0))
    cells = coat_cells(LUMEN, Plug(body, 0.0, "adherent", True), np.random.default_rng(0))
    assert len(cells) > 3
    assert np.hypot(cells.y_um - 300, cells.x_um - 300).max() < 108


def test_nuclei_at_the_wall_are_flattened_along_it_and_none_grows_longer() -> None:
    cells = CELLS.where(LUMEN.signed_distance(CELLS.y_um, CELLS.x_um) < -CELLS.radius_um)
    flat = pressed(cells, LUMEN)
    long = cells.radius_um * np.sqrt(cells.elongation)
    assert (flat.radius_um * np.sqrt(flat.elongation) <= long + 1e-4).all()
    edge = np.hypot(cells.y_um - 300, cells.x_um - 300) > 107.5 - cells.radius_um
    assert edge.sum() > 5
    assert (flat.elongation[edge] > 1.25 * cells.elongation[edge]).all()
    deep = np.hypot(cells.y_um - 300, cells.x_um - 300) < 95
    assert np.array_equal(flat.elongation[deep], cells.elongation[deep])
