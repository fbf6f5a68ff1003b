from __future__ import annotations

import pickle
from collections import Counter

import numpy as np
import pytest
from shapely import Polygon, STRtree

from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Plan, Truth, plan_slide
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.plan.vessels import GAP_UM
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import to_xy


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


def gaps_um(plan: Plan) -> list[float]:
    walls = [polygon(vessel.outer) for vessel in plan.vessels]
    a, b = STRtree(walls).query(walls, "dwithin", 60.0)
    return [float(walls[i].distance(walls[j])) for i, j in zip(a, b, strict=True) if i < j]


def fingerprint(vessel: Vessel) -> tuple[bytes, ...]:
    """All that is drawn of a vessel, as bytes."""
    rings = [vessel.outer, vessel.lumen]
    if vessel.contents.plug is not None:
        rings += vessel.contents.plug.bodies
    parts = [ring.polygon_um().tobytes() for ring in rings]
    for cells in vessel.contents.cells:
        parts += [cells.y_um.tobytes(), cells.radius_um.tobytes(), cells.bits.tobytes()]
    return tuple(parts)


@pytest.fixture(scope="module")
def large() -> Plan:
    """A section of 10 x 10 mm."""
    return plan_slide(PhantomSpec(2, (10000, 10000), 1.0, "train"))


@pytest.fixture(scope="module")
def again(large: Plan) -> Plan:
    """The same section, planned anew; nothing of it is drawn."""
    return plan_slide(large.spec)


@pytest.mark.parametrize("seed", range(2))
def test_vessels_never_come_closer_than_their_gap(seed: int) -> None:
    plan = plan_slide(PhantomSpec(seed, (6000, 6000), 0.5, "train", vessels=24))
    assert len(plan.vessels) == 24
    assert min(gaps_um(plan), default=GAP_UM) >= GAP_UM - 0.01


def test_some_vessels_of_one_tract_nearly_touch(large: Plan) -> None:
    assert sum(gap < GAP_UM + 1.5 for gap in gaps_um(large)) >= 1


def test_vessels_lie_in_the_liver_clear_of_glass_tumour_and_tears(large: Plan) -> None:
    truth = Truth(large)
    assert truth.mass is not None
    assert truth.tumour is not None
    tears = STRtree([polygon(hole) for hole in large.tissue.clefts])
    for vessel in large.vessels:
        wall = truth.polygon(vessel.outer)
        assert truth.tissue.contains(wall) != vessel.is_truncated
        assert not truth.tumour.intersects(wall)
        assert not len(tears.query(polygon(vessel.outer), "intersects"))


def test_a_section_has_two_vessels_per_square_millimetre_and_as_many_portal_as_hepatic_veins(
    large: Plan,
) -> None:
    kinds = Counter(vessel.kind for vessel in large.vessels)
    area_mm2 = large.tissue.liver_area_um2 / 1e6
    assert len(large.vessels) == pytest.approx(2 * area_mm2, rel=0.05)
    assert kinds["portal"] == pytest.approx(kinds["hepatic"] + kinds["capsular"], rel=0.2)
    assert len(large.tracts) <= kinds["artery"] <= 2 * len(large.tracts)
    assert 1 <= kinds["capsular"] <= 4


def test_invaded_veins_are_as_many_as_in_life_and_have_room_for_a_plug(large: Plan) -> None:
    invaded = [vessel for vessel in large.vessels if vessel.is_mvi]
    veins = sum(vessel.kind != "artery" for vessel in large.vessels)
    assert len(invaded) == max(2, round(0.03 * veins))
    assert all(vessel.kind != "artery" for vessel in invaded)
    assert all(vessel.diameter_um >= 48 for vessel in invaded)


def test_look_alikes_number_at_least_the_invaded_veins() -> None:
    plan = plan_slide(PhantomSpec(1, (7000, 7000), 0.5, "test", vessels=24, mvi_vessels=5))
    names = Counter(v.contents.name for v in plan.vessels if not v.contents.is_equivocal)
    assert names["tumour"] == sum(vessel.is_mvi for vessel in plan.vessels) == 5
    assert names["leucocytes"] + names["hepatocytes"] + names["thrombus"] >= 5


def test_equivocal_veins_are_neither_invaded_nor_clean_and_exactly_as_many_as_asked() -> None:
    spec = PhantomSpec(4, (7000, 7000), 0.5, "test", vessels=24, mvi_vessels=4, equivocal=3)
    vessels = plan_slide(spec).vessels
    assert sum(vessel.contents.is_equivocal for vessel in vessels) == 3
    assert sum(vessel.is_mvi for vessel in vessels) == 4


def test_the_recipe_decides_how_many_vessels_hold_tumour_cells(plan: Plan) -> None:
    assert len(plan.vessels) == 9
    assert sum(vessel.is_mvi for vessel in plan.vessels) == 2
    none = plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", mvi_vessels=0))
    assert not any(vessel.is_mvi for vessel in none.vessels)
    clean = plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", tumour=False))
    assert not any(vessel.is_mvi for vessel in clean.vessels)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 8, 13])
def test_the_number_of_vessels_is_exact(number: int) -> None:
    assert len(plan_slide(PhantomSpec(6, (5000, 5000), 0.5, "train", vessels=number)).vessels) == (
        number
    )


def test_twins_name_each_other_and_are_profiles_of_the_same_kind(large: Plan) -> None:
    twins = [vessel for vessel in large.vessels if vessel.twin_of is not None]
    assert twins
    for vessel in twins:
        assert vessel.twin_of is not None
        other = large.vessels[vessel.twin_of]
        assert other.twin_of == vessel.index
        assert other.role == vessel.role
        assert polygon(vessel.outer).distance(polygon(other.outer)) >= GAP_UM


def test_a_vessel_drawn_alone_equals_the_same_vessel_of_the_full_list(
    large: Plan, again: Plan
) -> None:
    whole = [fingerprint(vessel) for vessel in large.vessels]
    assert [vessel.index for vessel in large.vessels] == list(range(len(whole)))
    for index in np.random.default_rng(0).permutation(len(whole))[:40].tolist():
        assert fingerprint(again.tree.vessel(index)) == whole[index]
    copied = pickle.loads(pickle.dumps(again.tree))
    assert fingerprint(copied.vessel(5)) == whole[5]


def test_asking_for_a_rectangle_gives_what_the_full_list_has_there(
    large: Plan, again: Plan
) -> None:
    for top, left in ((1000.0, 2000.0), (6000.0, 3000.0), (4000.0, 7000.0), (0.0, 0.0)):
        extent = Extent(top, left, top + 900, left + 1500)
        wanted = [v.index for v in large.vessels if extent.meets(v.extent_um)]
        assert [vessel.index for vessel in again.vessels_in(extent)] == wanted
        tracts = [t for t in large.tracts if extent.meets(t.extent_um)]
        found = again.tracts_in(extent)
        assert [t.stroma.centre_um for t in found] == [t.stroma.centre_um for t in tracts]


def test_central_veins_are_known_without_drawing_any_vessel(large: Plan, again: Plan) -> None:
    centres = again.central_veins_um
    expected = [v.outer.centre_um for v in large.vessels if v.role == "central"]
    places = {(c.y, c.x) for c in expected}
    assert len(centres) <= len(expected)
    assert {(y, x) for y, x in centres.tolist()} <= places


def test_more_vessels_than_fit_are_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError, match=r"vessels = 150 do not fit.*lower vessels"):
        plan_slide(PhantomSpec(1, (1500, 1500), 0.5, "train", vessels=150))
    with pytest.raises(UsageError, match="mvi_vessels = 9 exceeds"):
        plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", vessels=6, mvi_vessels=9))
    with pytest.raises(UsageError, match="equivocal = 9 exceeds"):
        plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", vessels=9, equivocal=9))
