from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pathoflow.phantom import Plan, paint
from pathoflow.phantom.plan.artefact import (
    PEN_OD,
    Artefact,
    BlurDisc,
    Bubble,
    CoverslipEdge,
    Dropout,
    Dust,
    Fold,
    PenLine,
    StitchLine,
)
from pathoflow.phantom.recipe.spec import PEN_COLOURS, PenColour
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.phantom.shapes.square import Square
from pathoflow.phantom.shapes.stroke import Stroke
from pathoflow.space import Box, Point, Size

SIDE = 260


def line(y0: float, x0: float, y1: float, x1: float, half: float, number: int = 9) -> Stroke:
    points = np.linspace([y0, x0], [y1, x1], number)
    points[:, 0] += 10 * np.sin(np.linspace(0, np.pi, number))
    return Stroke(points, np.full(number, half))


def disc(y: float, x: float, radius: float) -> WavyRing:
    return WavyRing(Point(y, x), np.full(ANGLES, radius))


def pen_line(colour: PenColour, y: float, x: float) -> PenLine:
    stroke = line(y, x - 200, y, x + 200, 40.0)
    return PenLine(shape=stroke, colour=colour, strength=0.9, seed=4)


@pytest.fixture(scope="module")
def region(plan: Plan) -> Box:
    """A box of liver, tumour or both, well inside the tissue; a pixel is 1 µm here."""
    centre = plan.tissue.pieces[0].centre_um
    return Box(int(centre.y) - SIDE // 2, int(centre.x) - SIDE // 2, SIDE, SIDE)


@pytest.fixture(scope="module")
def clean(plan: Plan) -> Plan:
    return replace(plan, artefacts=())


@pytest.fixture(scope="module")
def untouched(clean: Plan, region: Box) -> np.ndarray:
    return paint(clean, region)


@pytest.fixture(scope="module")
def bare(plan: Plan) -> Plan:
    """The slide without its tissue: glass all over."""
    return replace(plan, tissue=replace(plan.tissue, pieces=(disc(1e5, 1e5, 10.0),)))


def soiled(plan: Plan, *artefacts: Artefact) -> Plan:
    return replace(plan, artefacts=artefacts)


def depth_of(artefact: Artefact, box: Box) -> np.ndarray:
    y, x = np.arange(box.top, box.bottom) + 0.5, np.arange(box.left, box.right) + 0.5
    return artefact.signed_distance(y[:, None], x[None, :])


def density(pixels: np.ndarray, plan: Plan) -> np.ndarray:
    return -np.log10(np.maximum(pixels.astype(float), 1) / plan.look.white)


@pytest.fixture(scope="module")
def every(plan: Plan, region: Box) -> Plan:
    """Every kind of artefact within one box."""
    t, s = region.top, region.left
    return soiled(
        plan,
        Fold(shape=line(t + 60, s + 20, t + 120, s + 240, 25), shift_um=(90.0, -35.0), slope=0.6,
             defocus_um=0.8, seed=2),
        pen_line("green", t + 200, s + 130),
        Bubble(shape=disc(t + 80, s + 180, 60), ring_um=12, strength=0.9, bleach=0.3, defocus_um=1.6),
        Dust(shape=line(t + 20, s + 30, t + 90, s + 90, 3.0), od=(0.5, 0.5, 0.6), soft_um=0.0),
        Dust(shape=disc(t + 150, s + 60, 9), od=(0.7, 0.7, 0.7), soft_um=4.0),
        BlurDisc(shape=disc(t + 150, s + 200, 80), defocus_um=5.5, soft_um=40),
        CoverslipEdge(shape=line(t + 240, s - 50, t + 246, s + 300, 8.0), strength=0.4),
        StitchLine(shape=Stroke(np.array([[0.0, s + 101.0], [9e3, s + 101.0]]), np.full(2, 2.0)), gain=0.04),
        Dropout(shape=Square(t + 10.0, s + 200.0, 32.0), is_black=False),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(1, 120), st.integers(1, 120))
def test_artefacts_do_not_know_in_which_box_they_were_painted(
    every: Plan,
    region: Box,
    soiled_pixels: np.ndarray,
    top: int,
    left: int,
    height: int,
    width: int,
) -> None:
    box = Box(region.top + top, region.left + left, height, width).intersect(region)
    assert np.array_equal(paint(every, box), soiled_pixels[box.within(region).slices])


@pytest.fixture(scope="module")
def soiled_pixels(every: Plan, region: Box) -> np.ndarray:
    return paint(every, region)


@pytest.mark.parametrize("mpp", [0.5, 2.0])
def test_artefacts_have_no_seams_at_other_scales(every: Plan, region: Box, mpp: float) -> None:
    side = int(1700 / mpp)
    other = replace(every, spec=replace(every.spec, mpp=mpp, size_px=(side, side)))
    box = Box(int((region.top + 60) / mpp), int((region.left + 110) / mpp), 130, 120)
    whole = paint(other, box)
    for piece in box.pieces(Size(47, 61)):
        assert np.array_equal(paint(other, piece), whole[piece.within(box).slices])


def test_every_artefact_shows_and_nothing_else_changes(
    every: Plan, clean: Plan, region: Box, untouched: np.ndarray
) -> None:
    for artefact in every.artefacts:
        changed = (paint(soiled(clean, artefact), region) != untouched).any(axis=2)
        depth = depth_of(artefact, region)
        assert changed[depth < 0].mean() > 0.2, artefact.kind
        # Beyond its fringe lies one more pixel or two that the lens reaches.
        assert not changed[depth > artefact.fringe_um + 4].any(), artefact.kind


@pytest.mark.parametrize("colour", PEN_COLOURS)
def test_ink_on_bare_glass_has_its_colour(bare: Plan, colour: PenColour) -> None:
    stroke = Stroke(np.array([[60.0, -900.0], [60.0, 9000.0]]), np.full(2, 300.0))
    pen = PenLine(shape=stroke, colour=colour, strength=0.9, seed=4)
    box = Box(0, 0, 420, 300)
    whole = paint(soiled(bare, pen), box)
    od, depth = density(whole, bare), depth_of(pen, box) + np.zeros((1, 300))
    ink, expected = od[depth < -10].mean(axis=0), np.array(PEN_OD[colour])
    assert ink @ expected / np.linalg.norm(ink) / np.linalg.norm(expected) > 0.995
    assert 0.5 < np.linalg.norm(ink) / 0.9 < 1.2
    assert np.abs(od[depth > 16]).mean() < 0.003
    assert np.array_equal(paint(soiled(bare, pen), Box(331, 47, 60, 70)), whole[331:391, 47:117])


def test_ink_dries_darkest_along_the_rim(bare: Plan) -> None:
    rim, middle = [], []
    for seed in range(8):
        stroke = Stroke(np.array([[60.0, -900.0], [60.0, 9000.0]]), np.full(2, 300.0))
        pen = PenLine(shape=stroke, colour="black", strength=0.9, seed=seed)
        box = Box(0, 0, 420, 60)
        depth = depth_of(pen, box) + np.zeros((1, 60))
        od = density(paint(soiled(bare, pen), box), bare)
        rim.append(od[(depth < -8) & (depth > -25)].mean())
        middle.append(od[depth < -60].mean())
    assert np.mean(rim) > 1.2 * np.mean(middle)


def test_ink_streaks_run_along_the_stroke(bare: Plan) -> None:
    stroke = Stroke(np.array([[400.0, -9000.0], [400.0, 9000.0]]), np.full(2, 300.0))
    pen = PenLine(shape=stroke, colour="blue", strength=0.9, seed=4)
    od = density(paint(soiled(bare, pen), Box(150, 0, 500, 500)), bare)[:, :, 0]
    od = ndimage.gaussian_filter(od, 4)
    assert np.abs(np.diff(od, axis=0)).mean() > 2.5 * np.abs(np.diff(od, axis=1)).mean()


def test_a_fold_is_two_layers_of_tissue_with_one_sharp_side(
    clean: Plan, region: Box, untouched: np.ndarray
) -> None:
    y = region.top + 130.0
    stroke = Stroke(np.array([[y, region.left - 99.0], [y, region.right + 99.0]]), np.full(2, 40.0))
    fold = Fold(shape=stroke, shift_um=(120.0, 0.0), slope=1.0, defocus_um=0.0, seed=1)
    od = density(paint(soiled(clean, fold), region), clean).mean(axis=2)
    beyond = density(paint(clean, region.shift(120, 0)), clean).mean(axis=2)
    flat = density(untouched, clean).mean(axis=2)
    across = np.arange(SIDE) - 129.5
    profile = ((od - flat) / beyond.mean()).mean(axis=1)
    assert profile[np.abs(across) > 42] == pytest.approx(0, abs=0.01)
    middle = profile[(across > -5) & (across < 5)].mean()
    assert 0.9 < middle < 1.6
    # The second layer carries its own nuclei: where they lie it is darker.
    band = (across > 5) & (across < 30)
    assert np.corrcoef((od - flat)[band].ravel(), beyond[band].ravel())[0, 1] > 0.85
    # One side falls to nothing within the lens, the other over its slope.
    steps = np.abs(np.diff(profile))
    sides = [steps[(across[:-1] < 0)].max(), steps[(across[:-1] > 0)].max()]
    assert max(sides) > 4 * min(sides)


def test_a_bubble_is_bright_inside_a_dark_ring(
    clean: Plan, region: Box, untouched: np.ndarray
) -> None:
    bubble = Bubble(
        shape=disc(region.top + 130, region.left + 130, 100), ring_um=15, strength=0.9, bleach=0.3,
        defocus_um=1.5,
    )  # fmt: skip
    pixels, depth = paint(soiled(clean, bubble), region).astype(float), depth_of(bubble, region)
    inside, ring = depth < -45, (depth < -1) & (depth > -4)
    before = untouched.astype(float)
    assert pixels[inside].mean() > before[inside].mean() + 10
    assert pixels[ring].mean() < 0.4 * before[ring].mean()
    assert pixels[inside].std() < before[inside].std()


def test_a_blur_disc_is_out_of_focus_in_the_middle_and_sharp_outside(
    clean: Plan, region: Box, untouched: np.ndarray
) -> None:
    blur = BlurDisc(
        shape=disc(region.top + 130, region.left + 130, 110), defocus_um=4.0, soft_um=40.0
    )
    pixels, depth = paint(soiled(clean, blur), region).astype(float), depth_of(blur, region)
    expected = ndimage.gaussian_filter(untouched.astype(float), (4.0, 4.0, 0))
    middle = depth < -45
    # Two sensors' noise lies between them.
    assert np.abs(pixels - expected)[middle].mean() < 1.5
    assert np.array_equal(pixels[depth > 2], untouched[depth > 2])


def test_dust_darkens_and_out_of_focus_it_is_paler_and_wider(
    clean: Plan, region: Box, untouched: np.ndarray
) -> None:
    y, x = region.top + 130.0, region.left + 130.0
    loss = []
    for soft in (0.0, 5.0):
        speck = Dust(shape=disc(y, x, 10), od=(0.6, 0.6, 0.6), soft_um=soft)
        od = density(paint(soiled(clean, speck), region), clean) - density(untouched, clean)
        loss.append(od.mean(axis=2))
    depth = depth_of(speck, region)
    assert loss[0][depth < -3].mean() > 1.3 * loss[1][depth < -3].mean() > 0.15
    assert (
        loss[1][(depth > 2) & (depth < 6)].mean() > 0.05 > loss[0][(depth > 2) & (depth < 6)].mean()
    )


@pytest.mark.parametrize("is_black", [False, True])
def test_a_lost_tile_is_a_square_of_exactly_one_value(
    clean: Plan, region: Box, untouched: np.ndarray, is_black: bool
) -> None:
    lost = Dropout(shape=Square(region.top + 70.0, region.left - 30.0, 100.0), is_black=is_black)
    expected = untouched.copy()
    expected[70:170, :70] = 0 if is_black else 255
    assert np.array_equal(paint(soiled(clean, lost), region), expected)


def test_light_is_off_right_of_a_stitch_line(bare: Plan) -> None:
    stroke = Stroke(np.array([[0.0, 80.0], [1500.0, 80.0]]), np.full(2, 2.0))
    pixels = paint(soiled(bare, StitchLine(shape=stroke, gain=-0.04)), Box(0, 0, 300, 240))
    column = pixels.mean(axis=(0, 2)) / bare.look.white.mean()
    assert column[:80] == pytest.approx(1, abs=0.002)
    assert column[80:84] == pytest.approx(0.96, abs=0.004)
    assert column[232:] == pytest.approx(1, abs=0.002)
