from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec, Plan, Truth, plan_slide
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.truth.outlines import CONTENT_VALUES, QUALITY_VALUES
from pathoflow.space import Box, Frame, Size

FRAME = Frame(2.0, 2.0)
#: The same 2 µm on slides of 0.5 µm.
FRAME4 = Frame(4.0, 4.0)


@pytest.fixture(scope="module")
def truth(plan: Plan) -> Truth:
    return Truth(plan)


def whole(truth: Truth) -> Box:
    return FRAME.size(truth.plan.size).box()


def test_labelled_areas_are_those_of_the_outlines(truth: Truth) -> None:
    labels = truth.vessel_labels(whole(truth), FRAME)
    for vessel, wall in zip(truth.plan.vessels, truth.walls, strict=True):
        found = (labels == vessel.index + 1).sum() * 4.0
        border = wall.length * 2.0
        assert abs(found - wall.area) < 0.25 * border
        assert wall.area == pytest.approx(vessel.outer.area_um2, rel=1e-6)


def test_labels_of_a_part_are_that_part_of_the_labels(truth: Truth) -> None:
    labels = truth.vessel_labels(whole(truth), FRAME)
    for box in whole(truth).pieces(Size(173, 211)):
        assert np.array_equal(truth.vessel_labels(box, FRAME), labels[box.slices])


def test_lumens_lie_in_their_vessels_and_share_their_number(truth: Truth) -> None:
    walls, lumens = (
        truth.vessel_labels(whole(truth), FRAME),
        truth.lumen_labels(whole(truth), FRAME),
    )
    inside = lumens > 0
    assert np.array_equal(walls[inside], lumens[inside])
    assert 0 < inside.sum() < (walls > 0).sum()


def test_tumour_tissue_is_the_mass_and_the_bodies_in_vessels(truth: Truth) -> None:
    box = whole(truth)
    tissue, mass, plugs = (
        draw(box, FRAME) for draw in (truth.tumour_tissue_mask, truth.tumour_mask, truth.plug_mask)
    )
    vessels = truth.vessel_mask(box, FRAME)
    assert (tissue & plugs).sum() == plugs.sum() > 0
    assert not (tissue & vessels & ~plugs).any()
    assert (tissue & mass).sum() > 0.9 * mass.sum()
    assert not (plugs & ~vessels).any()


def test_every_tumour_nucleus_of_a_vessel_lies_in_its_labelled_body(truth: Truth) -> None:
    for vessel in truth.plan.vessels:
        cells = [c for c in vessel.contents.cells if c.kind is CellKind.TUMOUR]
        assert vessel.is_mvi == bool(cells)
        for group in cells:
            fine = Frame(1.0, 1.0)
            mask = truth.plug_mask(fine.size(truth.plan.size).box(), fine)
            assert mask[group.y_um.astype(int), group.x_um.astype(int)].all()
            assert len(group) == vessel.n_tumour_cells


def test_the_distance_to_the_tumour_is_measured_from_wall_to_mass(truth: Truth) -> None:
    assert truth.mass is not None
    for vessel, wall in zip(truth.plan.vessels, truth.walls, strict=True):
        vertices = np.asarray(wall.exterior.coords)
        from shapely import Point

        nearest = min(truth.mass.distance(Point(xy)) for xy in vertices[::3])
        assert truth.distance_to_tumour_um(vessel) == pytest.approx(nearest, abs=3.0)


def test_without_a_tumour_there_is_no_distance_and_no_mask(spec: PhantomSpec) -> None:
    truth = Truth(plan_slide(replace(spec, tumour=False, mvi_vessels=0)))
    box = whole(truth)
    assert truth.distance_to_tumour_um(truth.plan.vessels[0]) is None
    assert not truth.tumour_tissue_mask(box, FRAME).any()


def test_the_tissue_mask_has_the_area_of_the_silhouette(truth: Truth) -> None:
    area = truth.tissue_mask(whole(truth), FRAME).sum() * 4.0
    assert area == pytest.approx(truth.tissue.area, rel=0.005)


def test_a_small_box_asks_the_plan_for_its_own_place_only(drawing: Any) -> None:
    truth = Truth(drawing)
    drawing.asked.clear()
    found = truth.vessel_labels(Box(2450, 3200, 100, 100), FRAME4)
    assert set(np.unique(found)) == {0, 1}
    assert len(drawing.asked) == 1
    asked = drawing.asked[0]
    assert (asked.top, asked.left, asked.bottom, asked.right) == (4900, 6400, 5100, 6600)
    assert list(truth._walls) == [0]


def test_contents_are_the_body_of_cells_and_what_surrounds_it(drawn: Truth) -> None:
    box = Box(2450, 3200, 100, 100)
    content, lumen = drawn.content_labels(box, FRAME4), drawn.lumen_labels(box, FRAME4)
    assert np.array_equal(content > 0, lumen > 0)
    tumour = content == CONTENT_VALUES["tumour"]
    assert tumour.sum() * 4.0 == pytest.approx(2 * np.pi * 10**2, rel=0.1)
    assert (content[(lumen > 0) & ~tumour] == CONTENT_VALUES["serum"]).all()
    assert np.array_equal(tumour, drawn.plug_mask(box, FRAME4))


def test_quality_names_the_artefact_on_every_pixel(drawn: Truth) -> None:
    box = FRAME4.size(drawn.plan.size).box()
    quality = drawn.quality_labels(box, FRAME4)
    area = {kind: (quality == value).sum() * 4.0 for kind, value in QUALITY_VALUES.items()}
    assert area["bubble"] == pytest.approx(np.pi * 300**2, rel=0.01)
    assert area["pen"] == pytest.approx(np.pi * 80**2, rel=0.03)
    assert area["tear"] == area["fold"] == 0


def test_a_vein_on_a_piece_without_tumour_has_no_distance(hand: SimpleNamespace) -> None:
    disc, vein = hand.disc, hand.vein
    pieces = (disc(2500, 2500, 2000), disc(7500, 7500, 2000))
    tissue = SimpleNamespace(
        pieces=pieces,
        tumour=disc(2500, 2500, 500),
        capsule=None,
        clefts=(),
        islands=(),
        retractions=(),
        satellites=(),
    )
    drawing = hand.Drawing((vein(0, 2500, 4000), vein(1, 7500, 7500)), tissue=tissue)
    truth = Truth(drawing)
    near, far = drawing.vessels
    assert truth.distance_to_tumour_um(near) == pytest.approx(950, abs=0.1)
    assert truth.distance_to_tumour_um(far) is None


def test_the_tumour_is_the_mass_with_its_islands_and_satellites(hand: SimpleNamespace) -> None:
    drawing = hand.Drawing()
    drawing.tissue.islands = (hand.disc(5000, 3900, 40),)
    truth = Truth(drawing)
    assert truth.tumour is not None
    assert truth.mass is not None
    expected = np.pi * (1000**2 + 40**2 + 150**2)
    assert truth.tumour.area / 4 == pytest.approx(expected, rel=1e-3)
    assert truth.mass.area / 4 == pytest.approx(np.pi * 1000**2, rel=1e-3)
