from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec, Plan, plan_slide
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.necrosis import dead
from pathoflow.phantom.painter.tumour import (
    growth_of,
    paint_tumour_mass,
    press_tumour_nuclei,
    tumour_tissue,
)
from pathoflow.phantom.plan.tissue import Decay
from pathoflow.phantom.shapes.cells import Extent, cells_in
from pathoflow.space import Box, Point


@pytest.fixture(scope="module")
def nested() -> Plan:
    """A slide of 6 mm with islands and a satellite."""
    plan = plan_slide(PhantomSpec(3, (6000, 6000), 1.0, "train", satellites=1, vessels=3))
    return replace(plan, tissue=replace(plan.tissue, decay=Decay()))


def canvas_at(centre: Point, side: int = 300, mpp: float = 0.5) -> Canvas:
    return Canvas(
        Box(int(centre.y / mpp) - side // 2, int(centre.x / mpp) - side // 2, side, side), mpp
    )


def with_pattern(plan: Plan, *weights: float, grade: float = 0.0, clear: float = 0.0) -> Plan:
    return replace(plan, look=replace(plan.look, pattern=weights, grade=grade, clear=clear))


def test_tumour_holds_more_haematoxylin_than_liver(nested: Plan) -> None:
    tumour = nested.tissue.tumour
    assert tumour is not None
    inside = canvas_at(tumour.centre_um)
    paint_tumour_mass(nested, inside, inside.interpolate(tumour.signed_distance))
    liver = Canvas(inside.box, 0.5)
    paint_liver(nested, liver)
    assert inside.h.mean() > 1.25 * liver.h.mean()


@pytest.mark.parametrize("grade", [0.0, 1.0])
def test_cytoplasm_has_the_concentrations_of_its_grade(nested: Plan, grade: float) -> None:
    plan = with_pattern(nested, 0.01, 0.98, 0.01, grade=grade)
    assert plan.tissue.tumour is not None
    h, e, _ = tumour_tissue(plan, canvas_at(plan.tissue.tumour.centre_um, 500))
    expected_h, expected_e = (0.12, 0.28) if grade == 0 else (0.20, 0.24)
    assert np.median(h) == pytest.approx(expected_h, rel=0.45)
    assert np.median(e) == pytest.approx(expected_e, rel=0.2)


def test_sinusoids_are_white_or_bloody_slits(nested: Plan) -> None:
    plan = with_pattern(nested, 0.98, 0.01, 0.01)
    canvas = canvas_at(Point(2000.0, 2000.0), 600)
    h, e, red = tumour_tissue(plan, canvas)
    rows, cols = (part.ravel() for part in np.broadcast_arrays(*canvas.places_um))
    distance = growth_of(plan).walls(rows, cols)[0].reshape(h.shape)
    slit, cord = distance < -1.5, distance > 3
    assert slit.mean() > 0.01
    assert np.median(e[slit]) < 0.08
    assert np.median(h[slit]) < 0.04
    assert np.median(e[cord]) > 0.2
    assert (red[cord] < 0.01).mean() > 0.99


def test_lumens_of_pseudoglands_are_paler_than_the_cells_round_them(nested: Plan) -> None:
    plan = with_pattern(nested, 0.05, 0.05, 0.9)
    canvas = canvas_at(Point(3000.0, 3000.0), 800)
    h, _, red = tumour_tissue(plan, canvas)
    lumens = growth_of(plan).lumens(canvas.extent)
    rows = ((lumens.y_um - canvas.extent.top) / 0.5).astype(int)
    cols = ((lumens.x_um - canvas.extent.left) / 0.5).astype(int)
    there = (rows >= 0) & (rows < 800) & (cols >= 0) & (cols < 800)
    assert there.sum() > 5
    assert h[rows[there], cols[there]].max() < 0.5 * np.median(h)
    assert red[rows[there], cols[there]].max() == 0


def test_clear_cells_are_pale(nested: Plan) -> None:
    canvas = canvas_at(Point(3000.0, 3000.0), 800, mpp=1.0)
    dark = tumour_tissue(with_pattern(nested, 0.1, 0.8, 0.1), canvas)[1]
    plan = with_pattern(nested, 0.1, 0.8, 0.1, clear=0.3)
    pale = tumour_tissue(plan, canvas)[1]
    clear = canvas.interpolate(growth_of(plan).clear)
    clearest = clear > 0.8 * clear.max()
    assert clear.max() > 0.6
    assert pale[clearest].mean() < 0.75 * dark[clearest].mean()
    assert np.array_equal(pale[clear == 0], dark[clear == 0])


def test_tissue_does_not_depend_on_the_canvas(nested: Plan) -> None:
    plan = with_pattern(nested, 0.4, 0.2, 0.4, clear=0.3)
    whole, part = Canvas(Box(3000, 3000, 200, 220), 0.5), Canvas(Box(3057, 3091, 90, 77), 0.5)
    rows, cols = part.box.within(whole.box).slices
    for wide, narrow in zip(tumour_tissue(plan, whole), tumour_tissue(plan, part), strict=True):
        assert np.array_equal(wide[rows, cols], narrow)


def test_nuclei_settled_when_planned_are_painted_where_they_are(nested: Plan) -> None:
    canvas, again = canvas_at(Point(2000.0, 2000.0)), canvas_at(Point(2000.0, 2000.0))
    extent = Extent(1940, 1940, 2060, 2060)
    cells = cells_in(nested.tumour_nuclei, extent, nested.seed("cells TUMOUR"))
    press_tumour_nuclei(nested, canvas, cells)
    press_tumour_nuclei(nested, again, growth_of(nested).settle(cells), is_settled=True)
    assert canvas.h.max() > 0.3
    assert np.array_equal(canvas.h, again.h)


def test_islands_and_satellites_are_painted_where_they_are_true(nested: Plan) -> None:
    rings = (nested.tissue.satellites[0], *nested.tissue.islands[:3])
    for ring in rings:
        canvas = canvas_at(ring.centre_um, int(2 * ring.reach_um / 0.5) + 60)
        paint_tumour_mass(nested, canvas, np.full(canvas.h.shape, 1e4, np.float32))
        distance = ring.signed_distance(*canvas.places_um)
        # Nothing lies more than the roughness outside, and no cord is missing inside.
        others = nested.tissue.tumour_distance(*canvas.places_um)
        assert float(canvas.e[others > 7].max(initial=0)) == 0
        assert (canvas.e[distance < -7] > 0.02).mean() > 0.99


def test_necrosis_lies_away_from_the_border_and_is_bright_pink(nested: Plan) -> None:
    plan = replace(nested, tissue=replace(nested.tissue, decay=Decay(necrosis=0.35)))
    tumour = plan.tissue.tumour
    assert tumour is not None
    side = int(2.1 * tumour.reach_um / 8)
    y = (tumour.centre_um.y + 8.0 * (np.arange(side) - side / 2))[:, None]
    x = (tumour.centre_um.x + 8.0 * (np.arange(side) - side / 2))[None, :]
    gone, depth = dead(plan, y, x), -tumour.signed_distance(y, x)
    assert (gone[depth < 100] == 0).all()
    deep = gone > 0.9
    assert deep.any()
    row, col = np.argwhere(deep)[len(np.argwhere(deep)) // 2]
    canvas = canvas_at(Point(float(y[row, 0]), float(x[0, col])), 40)
    paint_tumour_mass(plan, canvas, canvas.interpolate(tumour.signed_distance))
    assert np.median(canvas.e) == pytest.approx(0.42, rel=0.2)
    assert np.median(canvas.h) == pytest.approx(0.05, abs=0.03)


def test_a_mass_leaves_no_trace_of_what_it_covers(nested: Plan) -> None:
    tumour = nested.tissue.tumour
    assert tumour is not None
    bare, liver = canvas_at(tumour.centre_um, 120), canvas_at(tumour.centre_um, 120)
    paint_liver(nested, liver)
    for canvas in (bare, liver):
        paint_tumour_mass(nested, canvas, canvas.interpolate(tumour.signed_distance))
    for a, b in ((bare.h, liver.h), (bare.e, liver.e), (bare.red, liver.red)):
        assert np.array_equal(a, b)
