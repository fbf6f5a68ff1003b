from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.optics import optics_of, thickness_of
from pathoflow.space import Box

# Concentrations of H and E and the colours that Beer's law gives with QuPath's vectors on white
# 255: hepatocyte cytoplasm and nucleus, collagen, necrosis, empty lumen.
COLOURS = {
    (0.08, 0.30): (195, 129, 164),
    (0.40, 0.20): (127, 92, 151),
    (0.03, 0.24): (216, 156, 184),
    (0.05, 0.42): (192, 108, 144),
    (0.01, 0.03): (247, 237, 244),
}


def plain(plan: Plan, **changes: object) -> Plan:
    """The plan with QuPath's stain vectors, white of 255 and a lens without faults."""
    density = np.array([[0.651, 0.701, 0.290], [0.216, 0.801, 0.558], [0.122, 0.721, 0.682]])
    still = {"blur_um": 0.0, "chroma_shift_um": (0.0, 0.0), "white": np.full(3, 255.0)}
    look = replace(plan.look, density=density, **(still | changes))  # type: ignore[arg-type]
    return replace(plan, look=look)


@pytest.mark.parametrize(("dye", "colour"), COLOURS.items())
def test_light_behind_dye_has_the_colours_of_beers_law(
    plan: Plan, dye: tuple[float, float], colour: tuple[int, int, int]
) -> None:
    optics = optics_of(plain(plan).look, 0.5)
    canvas = Canvas(Box(0, 0, 4, 4), 0.5)
    canvas.h[:], canvas.e[:] = dye
    thickness = np.ones((4, 4), np.float32)
    light = [optics.transmit(canvas, thickness, None, channel)[0, 0] for channel in range(3)]
    assert light == pytest.approx(colour, abs=1)


def test_densities_add_and_a_film_lies_on_glass_too(plan: Plan) -> None:
    optics = optics_of(plain(plan).look, 0.5)
    canvas = Canvas(Box(0, 0, 1, 1), 0.5)
    canvas.e[:] = 0.3
    film = np.full((3, 1, 1), 0.4, np.float32)
    for thick in (0.0, 1.0, 2.0):
        light = optics.transmit(canvas, np.full((1, 1), thick, np.float32), film, 1)
        assert light[0, 0] == pytest.approx(255 * 10 ** -(thick * 0.3 * 0.801 + 0.4), rel=0.01)


def test_the_lens_blurs_like_a_gaussian_of_its_width(plan: Plan) -> None:
    optics = optics_of(plain(plan, blur_um=0.8).look, 0.5)
    light = np.random.default_rng(0).uniform(0, 255, (80, 90)).astype(np.float32)
    margin = optics.margin_px
    expected = ndimage.gaussian_filter(light.astype(float), 1.6)[margin:-margin, margin:-margin]
    assert optics.focus(light, 0) == pytest.approx(expected, abs=2.5)


@pytest.mark.parametrize("mpp", [0.25, 0.5, 2.0])
def test_red_and_blue_lie_apart_by_twice_the_shift(plan: Plan, mpp: float) -> None:
    shift = (0.3, -0.2)
    optics = optics_of(plain(plan, blur_um=0.6, chroma_shift_um=shift).look, mpp)
    dot = np.zeros((61, 61), np.float32)
    dot[30, 30] = 200.0
    red, green, blue = (
        np.array(ndimage.center_of_mass(optics.focus(dot, channel))) + optics.margin_px
        for channel in range(3)
    )
    assert green == pytest.approx([30, 30], abs=0.01)
    assert (red - green) * mpp == pytest.approx(shift, abs=0.02)
    assert (blue - green) * mpp == pytest.approx([-0.3, 0.2], abs=0.02)


@pytest.mark.parametrize("mpp", [0.25, 0.5, 1.0, 2.0])
def test_even_light_leaves_the_lens_as_it_came(plan: Plan, mpp: float) -> None:
    optics = optics_of(plan.look, mpp)
    for channel in range(3):
        for level in (optics.light[channel, 0], optics.light[channel, 700]):
            light = np.full((40, 40), level, np.float32)
            assert np.array_equal(np.unique(optics.focus(light, channel)), [level])


def test_the_sensor_adds_even_noise_that_is_independent_of_its_neighbours(plan: Plan) -> None:
    optics = optics_of(plan.look, 0.5)
    box = Box(900, 500, 300, 300)
    sheets = [np.full((1, 1), 150.25, np.float32)] * 3
    pixels = optics.develop(sheets, box, 5).astype(float)
    assert pixels.mean(axis=(0, 1)) == pytest.approx([150.25] * 3, abs=0.02)
    # The noise, and rounding on top.
    assert pixels.std(axis=(0, 1)) == pytest.approx([(1.3**2 + 1 / 12) ** 0.5] * 3, rel=0.02)
    flat = pixels.reshape(-1, 3)
    assert np.abs(np.corrcoef(flat.T) - np.eye(3)).max() < 0.015
    beside = np.corrcoef(pixels[:, 1:, 0].ravel(), pixels[:, :-1, 0].ravel())[0, 1]
    assert abs(beside) < 0.015
    part = optics.develop(sheets, Box(1000, 600, 50, 60), 5)
    assert np.array_equal(part, pixels[100:150, 100:160])


def test_thickness_varies_slowly_within_its_bounds(plan: Plan) -> None:
    look = replace(plan.look, thickness=0.15)
    fields = []
    for seed in range(6):
        canvas = Canvas(Box(0, 0, 900, 900), 2.0)
        deep = np.full(canvas.h.shape, -1000.0, np.float32)
        fields.append(thickness_of(canvas, deep, look, seed))
    every = np.stack(fields)
    assert 0.85 - 1e-6 <= every.min() < 0.93
    assert 1.07 < every.max() <= 1.15 + 1e-6
    # Half a millimetre further it is much the same; 100 µm away nothing has happened.
    assert np.abs(every[:, 50:] - every[:, :-50]).max() < 0.06


def test_the_edge_of_the_tissue_is_a_little_thicker_and_glass_has_none(plan: Plan) -> None:
    canvas = Canvas(Box(0, 0, 400, 1), 1.0)
    to_glass = np.arange(-390, 10, dtype=np.float32)[:, None]
    look = replace(plan.look, thickness=0.1)
    deep = thickness_of(canvas, to_glass - 500, look, 3)
    edge = thickness_of(canvas, to_glass, look, 3)
    extra = (edge - deep)[:, 0]
    assert extra[:200] == pytest.approx(0, abs=1e-6)
    assert 0.03 < extra[388] < 0.07
    assert (np.diff(extra[212:389]) > 0).all()
    assert (edge[392:] == 0).all()
