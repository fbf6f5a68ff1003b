from __future__ import annotations

import numpy as np
import pytest
from shapely import Point as ShapelyPoint
from shapely import Polygon

from pathoflow.phantom.plan.contents import Filler, draw_cell_number, fill
from pathoflow.phantom.plan.vessel import ContentName
from pathoflow.phantom.shapes.cells import CellKind, Extent, cells_in, tumour_lattice
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy

FILLER = Filler(seed=3, tumour=tumour_lattice(0.5), mixing=0.5)
LUMEN = WavyRing(Point(400.0, 700.0), np.full(ANGLES, 90.0))
LOOKALIKES: tuple[ContentName, ...] = ("leucocytes", "hepatocytes", "thrombus")


@pytest.mark.parametrize("name", ["tumour", "red_cells", *LOOKALIKES])
@pytest.mark.parametrize("seed", range(6))
def test_every_planned_cell_has_its_centre_in_the_lumen(name: ContentName, seed: int) -> None:
    contents = fill(LUMEN, name, FILLER, np.random.default_rng(seed))
    polygon = Polygon(to_xy(LUMEN.polygon_um()))
    assert contents.name == name
    assert contents.cells
    for cells in contents.cells:
        assert all(
            polygon.contains(ShapelyPoint(x, y))
            for y, x in zip(cells.y_um, cells.x_um, strict=True)
        )


def test_only_tumour_content_holds_tumour_cells() -> None:
    for seed in range(6):
        for name in ("empty", "red_cells", "serum", *LOOKALIKES):
            contents = fill(LUMEN, name, FILLER, np.random.default_rng(seed))
            assert contents.count(CellKind.TUMOUR) == 0
            assert not contents.is_equivocal
        tumour = fill(LUMEN, "tumour", FILLER, np.random.default_rng(seed))
        assert tumour.count(CellKind.TUMOUR) >= 5


@pytest.mark.parametrize("wanted", [1, 5, 49, 50, 51, 70])
@pytest.mark.parametrize("seed", range(5))
def test_a_wanted_number_of_tumour_cells_is_hit_exactly(wanted: int, seed: int) -> None:
    contents = fill(LUMEN, "tumour", FILLER, np.random.default_rng(seed), wanted)
    assert contents.count(CellKind.TUMOUR) == wanted


def test_more_than_a_thousand_tumour_cells_fit_a_wide_vein() -> None:
    wide = WavyRing(Point(900.0, 900.0), np.full(ANGLES, 360.0))
    contents = fill(wide, "tumour", FILLER, np.random.default_rng(0), 1200)
    assert contents.count(CellKind.TUMOUR) == 1200


def test_a_lumen_too_small_for_the_wanted_cells_is_filled() -> None:
    contents = fill(LUMEN, "tumour", FILLER, np.random.default_rng(0), 5000)
    assert contents.plug is not None
    assert contents.plug.attachment == "filling"
    room = np.pi * (90.0 - FILLER.tumour.radius_um) ** 2 * FILLER.tumour.density_um2
    assert contents.count(CellKind.TUMOUR) == pytest.approx(room, rel=0.12)


def test_a_plug_of_tumour_is_a_piece_cut_out_of_the_tumours_own_lattice() -> None:
    contents = fill(LUMEN, "tumour", FILLER, np.random.default_rng(1), 40)
    (cells,) = (group for group in contents.cells if group.kind is CellKind.TUMOUR)
    mass = cells_in(FILLER.tumour, Extent(300, 600, 500, 800), seed_of(3, "cells TUMOUR"))
    places = set(zip(mass.y_um.tolist(), mass.x_um.tolist(), strict=True))
    assert places.issuperset(zip(cells.y_um.tolist(), cells.x_um.tolist(), strict=True))


def test_the_same_generator_gives_the_same_contents() -> None:
    for name in ("tumour", "red_cells", *LOOKALIKES):
        one, two = (fill(LUMEN, name, FILLER, np.random.default_rng(4)) for _ in range(2))
        assert one.ground == two.ground
        assert [c.y_um.tolist() for c in one.cells] == [c.y_um.tolist() for c in two.cells]


def test_look_alikes_take_the_same_room_as_tumour() -> None:
    areas = {}
    for name in ("tumour", "leucocytes", "thrombus"):
        found = []
        for seed in range(40):
            plug = fill(LUMEN, name, FILLER, np.random.default_rng(seed)).plug
            assert plug is not None
            if plug.tissue == "histiocytes" and plug.body.reach_um < 20:
                continue
            found.append(sum(body.area_um2 for body in plug.bodies))
        areas[name] = np.median(found)
    assert areas["leucocytes"] == pytest.approx(areas["tumour"], rel=0.25)
    assert areas["thrombus"] == pytest.approx(areas["tumour"], rel=0.25)


def test_cell_numbers_run_from_five_to_over_a_thousand_about_fifty() -> None:
    rng = np.random.default_rng(1)
    numbers = np.array([draw_cell_number(rng) for _ in range(4000)])
    assert numbers.min() == 5
    assert numbers.max() > 1000
    assert 40 < np.median(numbers) < 50
    assert np.mean((numbers > 35) & (numbers < 65)) > 0.1
