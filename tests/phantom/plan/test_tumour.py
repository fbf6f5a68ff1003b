from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.phantom.plan.rings import Rings
from pathoflow.phantom.plan.tumour import (
    Mass,
    Retraction,
    capsule_slit,
    draw_islands,
    draw_mass,
    draw_satellites,
)
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy

#: A piece of tissue 10 mm across.
PIECE = WavyRing(Point(5500.0, 5500.0), np.full(ANGLES, 5000.0))
SEEDS = range(8)


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


def mass_of(seed: int) -> Mass:
    return draw_mass(PIECE, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mass_is_some_millimetres_wide_and_its_outline_is_simple(seed: int) -> None:
    outline = mass_of(seed).outline
    assert 3300 < 2 * np.sqrt(outline.area_um2 / np.pi) < 6500
    assert polygon(outline).is_valid
    # Steeper flanks would leave the first-order distance.
    assert outline.lean.max() < 2.2


def test_masses_push_on_part_of_their_border_and_infiltrate_on_the_rest() -> None:
    fronts = [mass_of(seed).front for seed in range(40)]
    shares = np.array([(front > 0.5).mean() for front in fronts])
    assert ((shares > 0.1) & (shares < 0.7)).mean() > 0.5
    assert (shares < 0.02).any()
    assert (shares > 0.8).any()
    assert all((front >= 0).all() and (front <= 1).all() for front in fronts)


def test_an_infiltrating_front_is_more_broken_than_a_pushing_one() -> None:
    rough = {"push": 0.0, "infiltrate": 0.0}
    for seed in range(20):
        mass = mass_of(seed)
        bend = np.abs(np.diff(mass.outline.radius_um, 2, append=mass.outline.radius_um[:2]))
        rough["push"] += float(bend[mass.front < 0.05].mean()) if (mass.front < 0.05).any() else 0
        rough["infiltrate"] += float(
            bend[mass.front > 0.95].sum() / (mass.front > 0.95).sum().clip(1)
        )
    assert rough["infiltrate"] > 4 * rough["push"]


def test_a_capsule_is_100_to_800_um_thick_and_missing_where_the_tumour_infiltrates() -> None:
    thickest = []
    for seed in range(30):
        mass = mass_of(seed)
        thickness = mass.capsule.thickness_um
        assert (thickness >= 0).all()
        assert (thickness[mass.front > 0.6] == 0).all()
        if (mass.front < 0.3).mean() > 0.2:
            thickest.append(thickness.max())
            assert (thickness[mass.front < 0.02] > 0).all()
    assert min(thickest) >= 60
    assert 200 < max(thickest) <= 800


def test_a_small_mass_has_a_thin_capsule() -> None:
    small = PIECE.scaled(0.15)
    for seed in SEEDS:
        mass = draw_mass(small, np.random.default_rng(seed))
        assert mass.capsule.thickness_um.max() < 0.15 * mass.outline.reach_um


@pytest.mark.parametrize("seed", SEEDS)
def test_islands_are_small_lie_before_the_front_and_touch_nothing(seed: int) -> None:
    mass = mass_of(seed)
    islands, slits = draw_islands(mass, PIECE, np.random.default_rng(seed))
    tumour = polygon(mass.outline)
    outer = {id(slit.inner): slit.outer for slit in slits}
    bodies = [polygon(outer.get(id(ring), ring)) for ring in islands]
    for ring, body in zip(islands, bodies, strict=True):
        assert 30 < 2 * np.sqrt(ring.area_um2 / np.pi) < 330
        assert 3 < body.distance(tumour) <= 250
        assert polygon(PIECE).contains(body)
    assert all(a.distance(b) >= 12 for k, a in enumerate(bodies) for b in bodies[:k])


def test_only_an_infiltrating_front_sheds_islands_and_some_lie_in_slits() -> None:
    found, slit_number = 0, 0
    for seed in range(30):
        mass = mass_of(seed)
        islands, slits = draw_islands(mass, PIECE, np.random.default_rng(seed))
        found, slit_number = found + len(islands), slit_number + len(slits)
        if (mass.front > 0.7).mean() == 0:
            assert islands == ()
        for ring in islands:
            dy = ring.centre_um.y - mass.outline.centre_um.y
            dx = ring.centre_um.x - mass.outline.centre_um.x
            at = int(np.arctan2(dy, dx) % (2 * np.pi) / (2 * np.pi) * ANGLES) % ANGLES
            assert mass.front[(at + np.arange(-8, 9)) % ANGLES].max() > 0.6
    assert found > 100
    assert 0.2 < slit_number / found < 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_satellites_lie_half_to_three_millimetres_from_the_mass(seed: int) -> None:
    mass, rng = mass_of(seed), np.random.default_rng(seed)
    islands, _ = draw_islands(mass, PIECE, rng)
    satellites = draw_satellites(mass, PIECE, Rings(islands), 3, rng)
    assert len(satellites) == 3
    tumour = polygon(mass.outline)
    shapes = [polygon(ring) for ring in satellites]
    for shape in shapes:
        assert 480 <= shape.distance(tumour) <= 3000
        assert polygon(PIECE).contains(shape)
        assert all(shape.distance(polygon(island)) > 12 for island in islands)
    assert all(a.distance(b) > 12 for k, a in enumerate(shapes) for b in shapes[:k])


def test_a_slit_lies_between_its_two_outlines() -> None:
    inner = WavyRing(Point(0.0, 0.0), np.full(ANGLES, 100.0))
    width = np.where(np.arange(ANGLES) < 200, 10.0, 0.0)
    slit = Retraction(inner, WavyRing(inner.centre_um, inner.radius_um + width))
    (found,) = slit.polygons_um()
    area = Polygon(to_xy(found)).area
    sector = 200 / ANGLES * np.pi * (110**2 - 100**2)
    assert area == pytest.approx(sector, rel=0.02)
    assert slit.extent_um.top == -110


def test_a_slit_all_the_way_round_is_one_ring() -> None:
    inner = WavyRing(Point(0.0, 0.0), np.full(ANGLES, 100.0))
    slit = Retraction(inner, WavyRing(inner.centre_um, inner.radius_um + 10))
    (found,) = slit.polygons_um()
    assert Polygon(to_xy(found)).buffer(0).area == pytest.approx(np.pi * 2100, rel=0.01)


def test_the_slit_at_a_capsule_is_narrow_and_lies_in_the_coat() -> None:
    slits = 0
    for seed in range(20):
        mass = mass_of(seed)
        slit = capsule_slit(mass, np.random.default_rng(seed))
        if slit is None:
            continue
        slits += 1
        width = (slit.outer.radius_um - slit.inner.radius_um) / mass.outline.lean
        assert (width >= 0).all()
        assert width.max() < 35
        assert (width[mass.capsule.thickness_um == 0] == 0).all()
        outermost = mass.outline.inset(-mass.capsule.thickness_um).radius_um
        is_open = width > 0.5
        assert (slit.inner.radius_um >= mass.outline.radius_um - 1e-6)[is_open].all()
        assert (slit.outer.radius_um <= outermost + 1e-6)[is_open].all()
    assert slits > 8
