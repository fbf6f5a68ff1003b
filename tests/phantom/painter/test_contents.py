from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import rankdata

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.contents import lumen_ground, paint_contents
from pathoflow.phantom.painter.tumour import press_tumour_nuclei, tumour_tissue
from pathoflow.phantom.plan.contents import Filler, fill, fill_equivocal
from pathoflow.phantom.plan.growth import Growth
from pathoflow.phantom.plan.vessel import ContentName, Contents, Plug, Vessel
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Point

CENTRE = Point(400.0, 500.0)
LUMEN = WavyRing(CENTRE, np.full(ANGLES, 80.0))
BODY = WavyRing(Point(400.0, 490.0), np.full(ANGLES, 45.0))


def filler_of(plan: Plan) -> Filler:
    return Filler(plan.spec.seed, plan.tumour_nuclei, 0.5, Growth(plan.look, plan.spec.seed))


def vessel_with(contents: Contents, lumen: WavyRing = LUMEN, index: int = 0) -> Vessel:
    return Vessel(index, "hepatic", lumen.inset(-5), lumen, contents)


def painted(plan: Plan, vessel: Vessel, mpp: float = 0.5, box: Box | None = None) -> Canvas:
    """The lumen alone: ground and contents, as they come after the wall."""
    if box is None:
        extent = vessel.extent_um
        sides = (extent.top, extent.left, extent.bottom, extent.right)
        box = Box.spanning(*(int(v / mpp) for v in sides))
    canvas = Canvas(box, mpp)
    to_lumen = vessel.lumen.signed_distance(*canvas.places_um)
    canvas.mix(canvas.soft(to_lumen), *lumen_ground(plan, canvas, vessel))
    paint_contents(plan, canvas, vessel, to_lumen)
    return canvas


def test_a_plug_of_tumour_is_painted_pixel_for_pixel_as_the_mass(plan: Plan) -> None:
    contents = fill(LUMEN, "tumour", replace(filler_of(plan), mixing=0.0), np.random.default_rng(1))
    assert contents.plug is not None
    bare = replace(contents, plug=replace(contents.plug, is_coated=False))
    canvas = painted(plan, vessel_with(bare))
    mass = Canvas(canvas.box, 0.5)
    mass.h[:], mass.e[:], mass.red[:] = tumour_tissue(plan, mass)
    for cells in contents.cells:
        if cells.kind is CellKind.TUMOUR:
            press_tumour_nuclei(plan, mass, cells, is_settled=True)
    to_lumen = LUMEN.signed_distance(*canvas.places_um)
    deep = contents.plug.signed_distance(*canvas.places_um, to_lumen) < -2.5
    assert deep.sum() > 500
    assert np.allclose(canvas.h[deep], mass.h[deep], atol=1e-5)
    assert np.allclose(canvas.e[deep], mass.e[deep], atol=1e-5)


@pytest.mark.parametrize(
    "name", ["tumour", "leucocytes", "hepatocytes", "thrombus", "red_cells", "serum"]
)
def test_a_pixel_does_not_depend_on_the_window_it_is_painted_in(
    plan: Plan, name: ContentName
) -> None:
    for seed in range(4):
        vessel = vessel_with(fill(LUMEN, name, filler_of(plan), np.random.default_rng(seed)))
        whole = painted(plan, vessel)
        part = Box(whole.box.top + 61, whole.box.left + 47, 103, 90)
        piece = painted(plan, vessel, box=part)
        rows, cols = part.within(whole.box).slices
        for one, other in ((whole.h, piece.h), (whole.e, piece.e), (whole.red, piece.red)):
            assert np.array_equal(one[rows, cols], other)


def test_equivocal_contents_do_not_depend_on_the_window_either(plan: Plan) -> None:
    for seed in range(6):
        vessel = vessel_with(fill_equivocal(LUMEN, filler_of(plan), np.random.default_rng(seed)))
        whole = painted(plan, vessel)
        part = Box(whole.box.top + 33, whole.box.left + 71, 120, 77)
        rows, cols = part.within(whole.box).slices
        assert np.array_equal(whole.h[rows, cols], painted(plan, vessel, box=part).h)


def test_serum_is_pink_and_has_drawn_away_from_the_wall_in_round_bites(plan: Plan) -> None:
    bitten = 0
    for index in range(8):
        vessel = vessel_with(Contents("serum", ground="serum"), index=index)
        canvas = painted(plan, vessel)
        to_lumen = LUMEN.signed_distance(*canvas.places_um)
        assert np.median(canvas.e[to_lumen < -30]) > 0.04
        rim = canvas.e[(to_lumen < -1) & (to_lumen > -6)]
        bitten += bool((rim < 0.025).mean() > 0.02)
        assert canvas.e[to_lumen < -1].max() < 0.41
    assert bitten >= 4


def test_a_clear_line_runs_round_a_floating_nest_in_serum(plan: Plan) -> None:
    plug = Plug(BODY, 1.0, "floating", tissue="leucocytes")
    canvas = painted(plan, vessel_with(Contents("leucocytes", plug, "serum"), index=2))
    distance = BODY.signed_distance(*canvas.places_um)
    # Bulging cells move the surface by up to 1.1 µm, and the line is at least 0.8 µm wide.
    ring = canvas.e[(distance > 0.5) & (distance < 2.0)]
    assert np.quantile(ring, 0.3) < 0.03
    assert np.median(canvas.e[distance < -3]) > 0.12


def test_red_cells_lie_off_the_plane_of_the_two_stains(plan: Plan) -> None:
    plug = Plug(LUMEN.scaled(1.05), 0.0, "filling", tissue="red_cells")
    canvas = painted(plan, vessel_with(Contents("red_cells", plug)))
    inside = LUMEN.signed_distance(*canvas.places_um) < -2
    assert canvas.red[inside].min() > 0.15
    assert canvas.h[inside].max() < 0.05


def test_nothing_is_painted_beyond_the_lumen_but_fragments(plan: Plan) -> None:
    for seed in range(12):
        contents = fill(LUMEN, "tumour", filler_of(plan), np.random.default_rng(seed))
        canvas = painted(plan, vessel_with(contents))
        outside = LUMEN.signed_distance(*canvas.places_um) > 3.5
        assert canvas.h[outside].max() == 0


def test_darkness_and_blueness_do_not_tell_tumour_from_its_look_alikes(plan: Plan) -> None:
    """Area under the ROC curve of simple features over painted lumens, below 0.85 here."""
    parts: list[tuple[ContentName, int]] = [
        ("tumour", 14),
        ("leucocytes", 10),
        ("hepatocytes", 7),
        ("thrombus", 7),
    ]
    names = [name for name, number in parts for _ in range(number)]
    features = []
    for k, name in enumerate(names):
        rng = np.random.default_rng(500 + k)
        centre = Point(300.0 + 40 * (k % 11), 300.0 + 55 * (k % 7))
        lumen = WavyRing(centre, np.full(ANGLES, rng.uniform(40, 110)))
        vessel = vessel_with(fill(lumen, name, filler_of(plan), rng), lumen, k)
        canvas = painted(plan, vessel, 1.0)
        inside = lumen.signed_distance(*canvas.places_um) < 0
        od = np.stack([canvas.h, canvas.e, canvas.red], axis=-1)[inside] @ plan.look.density
        light = 10.0**-od
        blue = light[:, 2] / light.sum(axis=1)
        blob = od.sum(axis=1) > 0.25
        features.append([od.mean(), canvas.h[inside].mean(), blob.sum(), blue.mean()])
    is_tumour = np.array([name == "tumour" for name in names])
    n, m = is_tumour.sum(), (~is_tumour).sum()
    for values in np.array(features).T:
        area = (rankdata(values)[is_tumour].sum() - n * (n + 1) / 2) / (n * m)
        assert 0.15 < area < 0.85
