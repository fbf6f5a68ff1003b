from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec, Plan, plan_slide
from pathoflow.phantom.plan.sites import (
    EMPTY,
    LEUCOCYTES,
    PLUG_UM,
    PORTAL,
    ROLES,
    TUMOUR,
    Sites,
    smallest,
    with_reach,
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_slide(PhantomSpec(3, (9000, 9000), 1.0, "test", mvi_vessels=5))


@pytest.fixture(scope="module")
def sites(plan: Plan) -> Sites:
    return plan.tree.sites


def test_invaded_veins_come_first(sites: Sites) -> None:
    assert sites.is_invaded.tolist() == [True] * 5 + [False] * (len(sites) - 5)


def test_a_unit_by_itself_says_what_the_arrays_say(sites: Sites) -> None:
    for k in (0, 7, len(sites) - 1):
        site = sites.site(k, first_index=40)
        assert site.size.role == ROLES[sites.role[k]]
        assert (site.middle_um.y, site.middle_um.x) == (sites.y_um[k], sites.x_um[k])
        assert site.first_index == 40


def test_profiles_are_the_vein_its_twin_and_its_arteries(sites: Sites) -> None:
    counted = [
        1 + int(twin) + int(arteries)
        for twin, arteries in zip(sites.has_twin, sites.arteries, strict=True)
    ]
    assert sites.profiles.tolist() == counted
    assert not sites.arteries[sites.role != PORTAL].any()


def test_units_can_be_reordered(sites: Sites) -> None:
    order = np.arange(len(sites))[::-1]
    turned = sites.take(order)
    assert turned.seed.tolist() == sites.seed.tolist()[::-1]
    assert turned.take(order).y_um.tolist() == sites.y_um.tolist()


def test_discs_of_units_do_not_overlap(sites: Sites) -> None:
    dy = sites.y_um[:, None] - sites.y_um
    dx = sites.x_um[:, None] - sites.x_um
    apart = np.hypot(dy, dx) - sites.reach_um[:, None] - sites.reach_um
    assert apart[~np.eye(len(sites), dtype=bool)].min() > 0


def test_only_the_named_units_shrink_and_plugs_keep_their_room(sites: Sites) -> None:
    which = np.arange(len(sites)) % 2 == 0
    small = smallest(sites, which)
    assert (small.diameter_um[~which] == sites.diameter_um[~which]).all()
    assert (small.diameter_um[which] <= np.maximum(sites.diameter_um[which], PLUG_UM)).all()
    plugged = which & ((sites.content >= LEUCOCYTES) | sites.is_equivocal)
    assert (small.diameter_um[plugged] >= PLUG_UM).all()


def test_a_disc_holds_all_profiles_of_its_unit(plan: Plan, sites: Sites) -> None:
    first = np.cumsum(sites.profiles) - sites.profiles
    for k in range(0, len(sites), 9):
        for index in range(int(first[k]), int(first[k] + sites.profiles[k])):
            outline = plan.tree.vessel(index).outer.polygon_um()
            away = np.hypot(outline[:, 0] - sites.y_um[k], outline[:, 1] - sites.x_um[k])
            assert away.max() <= sites.reach_um[k] + 1e-6


def test_the_reach_is_a_function_of_the_arrays_alone(sites: Sites) -> None:
    assert with_reach(sites).reach_um.tolist() == sites.reach_um.tolist()


def test_look_alikes_are_at_least_as_many_as_invaded_veins(sites: Sites) -> None:
    alike = (sites.content >= LEUCOCYTES) & (sites.content != TUMOUR)
    assert alike.sum() >= sites.is_invaded.sum()
    assert (sites.content == EMPTY).any()
