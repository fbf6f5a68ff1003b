from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import Polygon

from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Plan, plan_slide
from pathoflow.phantom.plan.sites import CAPSULAR
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import to_xy


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


def drawn(plan: Plan, which: NDArray[np.bool_]) -> list[Vessel]:
    """The first vessels of some units; no others are drawn."""
    profiles = plan.tree.sites.profiles
    first = (np.cumsum(profiles) - profiles)[which]
    return [plan.tree.vessel(index) for index in first.tolist()]


def test_invaded_veins_stand_exactly_at_the_distances_of_the_recipe() -> None:
    wanted = (0.0, 25.0, 900.0, 9999.0, 10001.0)
    spec = PhantomSpec(
        3, (27000, 27000), 1.0, "train", vessels=40, mvi_vessels=7, mvi_distances_um=wanted
    )
    plan = plan_slide(spec)
    assert plan.tissue.tumour is not None
    mass = polygon(plan.tissue.tumour)
    invaded = drawn(plan, plan.tree.sites.is_invaded)
    assert len(invaded) == 7
    assert all(vessel.is_mvi for vessel in invaded)
    found = [polygon(vessel.outer).distance(mass) for vessel in invaded]
    assert found[:5] == pytest.approx(wanted, abs=0.05)
    assert all(not polygon(v.outer).overlaps(mass) for v in invaded)


def test_wanted_numbers_of_tumour_cells_are_met() -> None:
    wanted = (5, 49, 50, 51, 120)
    spec = PhantomSpec(5, (8000, 8000), 1.0, "test", vessels=30, mvi_vessels=6, mvi_cells=wanted)
    plan = plan_slide(spec)
    invaded = drawn(plan, plan.tree.sites.is_invaded)
    assert tuple(vessel.n_tumour_cells for vessel in invaded[:5]) == wanted


def test_a_distance_or_a_plug_beyond_the_slide_is_refused_with_a_remedy() -> None:
    far = PhantomSpec(
        1, (3000, 3000), 0.5, "train", vessels=9, mvi_vessels=2, mvi_distances_um=(9999.0,)
    )
    with pytest.raises(UsageError, match=r"mvi_distances_um = 9999 does not fit.*enlarge size_px"):
        plan_slide(far)
    full = PhantomSpec(1, (3000, 3000), 0.5, "train", vessels=9, mvi_vessels=2, mvi_cells=(5000,))
    with pytest.raises(UsageError, match=r"mvi_cells = 5000 does not fit.*enlarge size_px"):
        plan_slide(full)


def test_capsular_veins_lie_at_the_mass_with_their_long_side_along_it() -> None:
    plan = plan_slide(PhantomSpec(2, (10000, 10000), 1.0, "train"))
    mass, coat = plan.tissue.tumour, plan.tissue.capsule
    assert mass is not None
    assert coat is not None
    outline = polygon(mass)
    capsular = drawn(plan, plan.tree.sites.role == CAPSULAR)
    assert capsular
    for vessel in capsular:
        wall = polygon(vessel.outer)
        assert 5.0 <= wall.distance(outline) <= 1.2 * float(coat.thickness_um.max()) + 6.0
        places = vessel.outer.polygon_um()
        c = vessel.outer.centre_um
        offsets = places - np.array([c.y, c.x])
        along = offsets[int(np.argmax(np.hypot(*offsets.T)))]
        nearest = mass.polygon_um()
        gaps = np.hypot(nearest[:, 0] - c.y, nearest[:, 1] - c.x)
        k = int(np.argmin(gaps))
        border = nearest[(k + 4) % len(nearest)] - nearest[k - 4]
        lean = abs(float(along @ border)) / np.linalg.norm(along) / np.linalg.norm(border)
        assert lean > 0.75


def test_half_of_the_invaded_veins_lie_near_the_tumour() -> None:
    spec = PhantomSpec(8, (40000, 40000), 1.0, "train", vessels=300, mvi_vessels=60)
    plan = plan_slide(spec)
    sites, tissue = plan.tree.sites, plan.tissue
    invaded, clean = sites.is_invaded, ~sites.is_invaded
    near = tissue.mass_distance(sites.y_um, sites.x_um) < 4000
    assert near[invaded].mean() > near[clean].mean() + 0.15


def test_a_truncated_vein_is_cut_by_the_edge_of_the_tissue() -> None:
    plan = plan_slide(PhantomSpec(1, (16000, 16000), 1.0, "train"))
    cut = drawn(plan, plan.tree.sites.is_truncated)
    assert all(vessel.is_truncated for vessel in cut)
    assert 1 <= len(cut) <= 3
    for vessel in cut:
        wall = polygon(vessel.outer)
        inside = sum(wall.intersection(polygon(piece)).area for piece in plan.tissue.pieces)
        assert 0.3 < inside / wall.area < 0.999
