from __future__ import annotations

import numpy as np
import pytest
from shapely import Point as ShapelyPoint
from shapely import Polygon

from pathoflow.phantom.plan.contents import Filler, draw_cell_number, fill
from pathoflow.phantom.plan.vessel import ContentName
from pathoflow.phantom.shapes.cells import CellKind, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy

FILLER = Filler(seed=3, tumour=tumour_lattice(0.5), mixing=0.5)
LUMEN = WavyRing(Point(400.0, 700.0), np.full(ANGLES, 90.0))


@pytest.mark.parametrize("name", ["tumour", "red_cells", "leucocytes", "hepatocytes"])
@pytest.mark.parametrize("seed", range(4))
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
        for name in ("empty", "red_cells", "serum", "leucocytes", "hepatocytes"):
            contents = fill(LUMEN, name, FILLER, np.random.default_rng(seed))
            assert contents.count(CellKind.TUMOUR) == 0
        assert (
            fill(LUMEN, "tumour", FILLER, np.random.default_rng(seed)).count(CellKind.TUMOUR) >= 5
        )


def test_all_three_attachments_occur() -> None:
    found = set()
    for seed in range(40):
        plug = fill(LUMEN, "tumour", FILLER, np.random.default_rng(seed)).plug
        assert plug is not None
        found.add(plug.attachment)
    assert found == {"floating", "adherent", "filling"}


def test_cell_numbers_run_from_eight_to_several_hundred() -> None:
    rng = np.random.default_rng(1)
    numbers = np.array([draw_cell_number(rng) for _ in range(3000)])
    assert numbers.min() >= 8
    assert numbers.max() > 400
    assert 40 < np.median(numbers) < 50
