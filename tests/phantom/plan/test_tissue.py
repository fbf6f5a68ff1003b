from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon, box

from pathoflow.phantom.plan.tissue import plan_tissue
from pathoflow.space import Size, to_xy


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [Size(20000, 20000), Size(9000, 24000), Size(3000, 2500)])
def test_tissue_covers_half_to_three_quarters_of_the_slide_and_leaves_glass_round_it(
    seed: int, size: Size
) -> None:
    tissue = plan_tissue(size, 0.5, True, np.random.default_rng(seed))
    slide = box(0, 0, size.width * 0.5, size.height * 0.5)
    pieces = [Polygon(to_xy(piece.polygon_um())) for piece in tissue.pieces]
    assert all(slide.buffer(-0.02 * min(size.shape) * 0.5).contains(piece) for piece in pieces)
    assert 0.45 < sum(piece.area for piece in pieces) / slide.area < 0.76
    assert all(not a.intersects(b) for k, a in enumerate(pieces) for b in pieces[:k])


def test_a_ten_millimetre_slide_has_a_tumour_of_several_millimetres_with_a_coat_on_part_of_it() -> (
    None
):
    for seed in range(5):
        tissue = plan_tissue(Size(20000, 20000), 0.5, True, np.random.default_rng(seed))
        assert tissue.tumour is not None
        assert tissue.capsule is not None
        assert 2000 < 2 * np.sqrt(tissue.tumour.area_um2 / np.pi) < 6000
        assert 100 <= tissue.capsule.thickness_um.max() <= 300
        assert (tissue.capsule.thickness_um > 20).mean() > 0.2


def test_a_liver_without_tumour_has_neither_tumour_nor_capsule() -> None:
    tissue = plan_tissue(Size(4000, 4000), 0.5, False, np.random.default_rng(1))
    assert tissue.tumour is None
    assert tissue.capsule is None


def test_the_distance_to_tissue_is_that_to_the_nearest_piece() -> None:
    tissue = plan_tissue(Size(3000, 8000), 0.5, False, np.random.default_rng(1))
    assert len(tissue.pieces) == 3
    for piece in tissue.pieces:
        centre = np.array([piece.centre_um.y]), np.array([piece.centre_um.x])
        assert tissue.tissue_distance(*centre)[0] < -100
    assert tissue.tissue_distance(np.array([0.0]), np.array([0.0]))[0] > 0
