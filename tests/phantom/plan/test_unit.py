from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom import Plan
from pathoflow.phantom.plan.contents import Filler
from pathoflow.phantom.plan.look import draw_look
from pathoflow.phantom.plan.unit import Site, draw_unit_shape, realise_vessels
from pathoflow.phantom.plan.vein import Form, VeinSize
from pathoflow.phantom.plan.vessel import Vessel, VesselRole
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.cells import tumour_lattice
from pathoflow.space import Point

LOOK = draw_look(FAMILIES["test"], 1.0, np.random.default_rng(0))
FILLER = Filler(3, tumour_lattice(0.4), 0.4)


def site(role: VesselRole, reach_um: float, twin: bool = False, seed: int = 0) -> Site:
    return Site(
        middle_um=Point(1000.0, 2000.0),
        reach_um=reach_um,
        size=VeinSize(role, Form.ANGULAR, 120.0, 1.4, 0),
        content="empty",
        wanted_cells=None,
        is_equivocal=False,
        is_truncated=False,
        has_twin=twin,
        arteries=2 if role == "portal" else 0,
        first_index=7,
        seed=seed,
    )


def realised(found: Site) -> tuple[Vessel, ...]:
    return realise_vessels(found, draw_unit_shape(found, LOOK), FILLER)


@pytest.mark.parametrize("role", ["portal", "central"])
@pytest.mark.parametrize("reach", [700.0, 190.0, 120.0])
def test_a_unit_never_reaches_beyond_its_disc(role: VesselRole, reach: float) -> None:
    for seed in range(4):
        unit = realised(site(role, reach, twin=reach > 600, seed=seed))
        for vessel in unit:
            places = vessel.outer.polygon_um()
            assert np.hypot(places[:, 0] - 1000, places[:, 1] - 2000).max() <= reach + 1e-6


def test_profiles_are_numbered_vein_twin_arteries() -> None:
    unit = realised(site("portal", 700.0, twin=True))
    assert [vessel.index for vessel in unit] == [7, 8, 9, 10]
    assert [vessel.kind for vessel in unit] == ["portal", "portal", "artery", "artery"]
    assert [vessel.twin_of for vessel in unit] == [8, 7, None, None]
    assert all(vessel.has_muscle for vessel in unit[2:])


def test_a_wide_disc_leaves_the_first_draw_as_it_is() -> None:
    narrow, wide = site("central", 140.0), site("central", 500.0)
    a, b = draw_unit_shape(narrow, LOOK), draw_unit_shape(wide, LOOK)
    assert np.array_equal(a.veins[0][0].radius_um, b.veins[0][0].radius_um)


def test_lymphocytes_stand_beside_what_the_tract_holds(plan: Plan) -> None:
    for tract in plan.tracts:
        cells = tract.lymphocytes
        for duct in tract.ducts:
            assert (duct.outer.signed_distance(cells.y_um, cells.x_um) > 0).all()
        for vessel in plan.vessels:
            assert (vessel.outer.signed_distance(cells.y_um, cells.x_um) > 0).all()
