from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.phantom.plan.look import draw_look
from pathoflow.phantom.plan.tract import draw_artery_shape, draw_duct, draw_tract_shape
from pathoflow.phantom.plan.vein import Form, Tube, VeinSize, draw_vein_shape
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import to_xy

LOOK = draw_look(FAMILIES["train"], 1.0, np.random.default_rng(0))


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


def vein(diameter: float, rng: np.random.Generator) -> Tube:
    return draw_vein_shape(VeinSize("portal", Form.OVAL, diameter, 1.5, 40), LOOK, rng)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("diameter", [25.0, 120.0, 500.0])
def test_veins_arteries_and_ducts_lie_apart_inside_their_stroma(seed: int, diameter: float) -> None:
    rng = np.random.default_rng(seed)
    tract = draw_tract_shape((vein(diameter, rng), vein(0.7 * diameter, rng)), diameter, 2, rng)
    vessels = [polygon(tube[0]) for tube in (*tract.veins, *tract.arteries)]
    assert len(vessels) == 4
    assert 1 <= len(tract.ducts) <= 2
    ducts = [polygon(tube[0]) for tube in tract.ducts]
    for k, tube in enumerate(vessels):
        assert tube.is_valid
        assert all(tube.distance(other) >= 15 for other in vessels[:k])
    for tube in (*vessels, *ducts):
        assert polygon(tract.stroma).contains(tube)
    for k, duct in enumerate(ducts):
        assert all(duct.distance(other) >= 6.5 for other in (*vessels, *ducts[:k]))


@pytest.mark.parametrize("diameter", [20.0, 35.0, 60.0])
def test_a_duct_is_a_ring_of_8_to_20_nuclei_in_its_epithelium(diameter: float) -> None:
    (outer, lumen), cells = draw_duct(diameter, np.random.default_rng(2))
    assert 8 <= len(cells) <= 20
    assert (outer.signed_distance(cells.y_um, cells.x_um) < 0).all()
    assert (lumen.signed_distance(cells.y_um, cells.x_um) > 0).all()


def test_the_wall_of_an_artery_is_about_as_thick_as_its_lumen_is_wide() -> None:
    for seed in range(10):
        outer, lumen = draw_artery_shape(60.0, np.random.default_rng(seed))
        wide = 2 * np.sqrt(lumen.area_um2 / np.pi)
        thickness = np.sqrt(outer.area_um2 / np.pi) - 0.5 * wide
        assert 0.7 < thickness / wide < 1.35
        assert polygon(outer).contains(polygon(lumen))
