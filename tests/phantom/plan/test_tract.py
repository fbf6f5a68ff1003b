from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.phantom.plan.look import draw_look
from pathoflow.phantom.plan.tract import draw_artery_shape, draw_tract_shape, draw_vein_shape
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import to_xy

LOOK = draw_look(FAMILIES["train"], 1.0, np.random.default_rng(0))


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("diameter", [40.0, 120.0, 500.0])
def test_vein_artery_and_duct_lie_apart_inside_their_stroma(seed: int, diameter: float) -> None:
    rng = np.random.default_rng(seed)
    vein = draw_vein_shape(diameter, "portal", LOOK, rng)
    tract = draw_tract_shape(vein, diameter, LOOK, rng)
    tubes = [polygon(vein[0]), polygon(tract.artery[0]), polygon(tract.duct[0])]
    for k, tube in enumerate(tubes):
        assert tube.is_valid
        assert polygon(tract.stroma).contains(tube)
        assert all(tube.distance(other) >= 15 for other in tubes[:k])


def test_the_duct_is_a_ring_of_nuclei_in_its_epithelium() -> None:
    rng = np.random.default_rng(2)
    tract = draw_tract_shape(draw_vein_shape(150.0, "portal", LOOK, rng), 150.0, LOOK, rng)
    cells, (outer, lumen) = tract.duct_cells, tract.duct
    assert 6 <= len(cells) <= 30
    assert (outer.signed_distance(cells.y_um, cells.x_um) < 0).all()
    assert (lumen.signed_distance(cells.y_um, cells.x_um) > 0).all()


def test_walls_are_thin_in_veins_and_thick_in_arteries() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        outer, lumen = draw_vein_shape(100.0, "hepatic", LOOK, rng)
        assert lumen.area_um2 / outer.area_um2 > 0.6
        outer, lumen = draw_artery_shape(60.0, rng)
        assert 0.15 < lumen.area_um2 / outer.area_um2 < 0.45
