from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.plan.equivocal import fill_equivocal
from pathoflow.phantom.plan.filler import Filler
from pathoflow.phantom.plan.vessel import Contents, Vessel
from pathoflow.phantom.shapes.cells import CellKind, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

FILLER = Filler(seed=3, tumour=tumour_lattice(0.5), mixing=0.3)
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
LUMEN = WavyRing(Point(400.0, 400.0), 80.0 * (1 + 0.2 * np.cos(2 * _THETA)))


@pytest.fixture(scope="module")
def found() -> list[Contents]:
    return [fill_equivocal(LUMEN, FILLER, np.random.default_rng(seed)) for seed in range(60)]


def test_equivocal_contents_are_neither_positive_nor_negative(found: list[Contents]) -> None:
    for contents in found:
        assert contents.is_equivocal
        assert contents.name == "tumour"
        vessel = Vessel(0, "hepatic", LUMEN.inset(-4), LUMEN, contents)
        assert not vessel.is_mvi


def test_a_handful_of_detached_cells_are_two_to_five_each_in_a_body_of_its_own(
    found: list[Contents],
) -> None:
    scattered = [
        c for c in found if c.plug and c.plug.gap_um == 0.5 and c.plug.attachment == "floating"
    ]
    assert len(scattered) > 8
    for contents in scattered:
        assert contents.plug is not None
        assert 2 <= contents.count(CellKind.TUMOUR) <= 5
        assert len(contents.plug.bodies) == contents.count(CellKind.TUMOUR)


def test_fragments_lie_across_the_wall_within_the_vessels_square(found: list[Contents]) -> None:
    fragments = [c for c in found if c.plug and c.plug.gap_um < 0]
    assert len(fragments) > 8
    for contents in fragments:
        assert contents.plug is not None
        outline = contents.plug.body.polygon_um()
        to_lumen = LUMEN.signed_distance(outline[:, 0], outline[:, 1])
        assert to_lumen.max() > 3
        assert to_lumen.min() < -3
        assert np.hypot(*(outline - 400).T).max() <= LUMEN.reach_um + 3.1


def test_nuclei_beyond_the_wall_are_painted_but_not_counted(found: list[Contents]) -> None:
    spilled = [cells for contents in found for cells in contents.spilled]
    assert spilled
    for cells in spilled:
        assert (LUMEN.signed_distance(cells.y_um, cells.x_um) >= 0).all()
    for contents in found:
        for cells in contents.cells:
            assert (LUMEN.signed_distance(cells.y_um, cells.x_um) < 0).all()


def test_degenerate_nests_have_lost_some_of_their_nuclei(found: list[Contents]) -> None:
    nests = [c for c in found if c.plug and c.plug.tissue == "degenerate"]
    assert len(nests) > 8
    densities = [
        c.count(CellKind.TUMOUR) / c.plug.body.area_um2 for c in nests if c.plug is not None
    ]
    assert np.median(densities) < 0.8 * FILLER.tumour.density_um2
