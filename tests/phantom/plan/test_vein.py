from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon

from pathoflow.phantom.plan.look import draw_look
from pathoflow.phantom.plan.vein import Form, VeinSize, coat, draw_vein_shape
from pathoflow.phantom.plan.vessel import VesselRole
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy

LOOK = draw_look(FAMILIES["train"], 1.0, np.random.default_rng(0))


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


def sides(ring: WavyRing) -> tuple[float, float]:
    """Short and long side of the narrowest rectangle round an outline."""
    corners = np.asarray(shapely.minimum_rotated_rectangle(polygon(ring)).exterior.coords)
    lengths = np.hypot(*np.diff(corners, axis=0)[:2].T)
    return float(lengths.min()), float(lengths.max())


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("seed", range(5))
def test_every_form_is_a_valid_lumen_inside_its_wall(form: Form, seed: int) -> None:
    aspect = 6.0 if form is Form.SLIT else 1.8
    size = VeinSize("portal", form, 120.0, aspect, 100)
    outer, lumen = draw_vein_shape(size, LOOK, np.random.default_rng(seed))
    assert polygon(outer).is_valid
    assert polygon(lumen).is_valid
    assert polygon(outer).contains(polygon(lumen))


@pytest.mark.parametrize(
    ("role", "diameter", "low", "high"),
    [
        ("central", 40.0, 1.0, 3.0),
        ("central", 110.0, 1.0, 3.0),
        ("portal", 60.0, 2.0, 8.0),
        ("portal", 400.0, 10.0, 30.0),
        ("sublobular", 300.0, 15.0, 80.0),
        ("sublobular", 900.0, 15.0, 80.0),
        ("capsular", 60.0, 1.0, 3.0),
    ],
)
def test_walls_are_as_thick_as_in_life(
    role: VesselRole, diameter: float, low: float, high: float
) -> None:
    for seed in range(8):
        size = VeinSize(role, Form.OVAL, diameter, 1.4, 0)
        outer, lumen = draw_vein_shape(size, LOOK, np.random.default_rng(seed))
        # Mean thickness: the wall's area over its middle length. Unevenness keeps its mean near 1.
        area = polygon(outer).area - polygon(lumen).area
        thickness = area / (0.5 * (polygon(outer).length + polygon(lumen).length))
        assert 0.8 * low <= thickness <= 1.3 * high


def test_the_short_side_is_the_wanted_diameter() -> None:
    found = []
    for seed in range(20):
        size = VeinSize("central", Form.OVAL, 80.0, 1.7, 33)
        found.append(sides(draw_vein_shape(size, LOOK, np.random.default_rng(seed))[0])[0])
    assert np.mean(found) == pytest.approx(80.0, rel=0.08)


def test_the_walls_of_a_slit_nearly_touch() -> None:
    for seed in range(10):
        size = VeinSize("central", Form.SLIT, 90.0, 6.0, 45)
        _, lumen = draw_vein_shape(size, LOOK, np.random.default_rng(seed))
        short, long = sides(lumen)
        assert 3.5 < long / short < 9.5
        # An open vein of this girth holds several times as much.
        assert lumen.area_um2 < 0.45 * np.pi * 45**2


def test_the_tilt_turns_the_long_side() -> None:
    for tilt in (0, 90, 250):
        size = VeinSize("central", Form.OVAL, 80.0, 2.6, tilt)
        outer, _ = draw_vein_shape(size, LOOK, np.random.default_rng(1))
        along = int(np.argmax(outer.radius_um))
        assert abs((along - tilt + 180) % 360 - 180) < 50


def test_a_coat_is_equally_thick_all_round_a_circle_and_a_slit() -> None:
    circle = WavyRing(Point(0.0, 0.0), np.full(ANGLES, 40.0))
    assert coat(circle, np.full(ANGLES, 5.0)).radius_um == pytest.approx(45.0, abs=1e-6)
    theta = np.arange(ANGLES) * 2 * np.pi / ANGLES
    radius = 15.0 / np.sqrt(np.sin(theta) ** 2 + (15 / 90 * np.cos(theta)) ** 2)
    lumen = WavyRing(Point(0.0, 0.0), radius)
    outer = polygon(coat(lumen, np.full(ANGLES, 6.0)))
    assert outer.symmetric_difference(polygon(lumen).buffer(6.0, quad_segs=32)).area < (
        0.06 * polygon(lumen).buffer(6.0).area
    )
