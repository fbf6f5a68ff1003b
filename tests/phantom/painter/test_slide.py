from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.phantom import (
    Artefacts,
    PhantomSpec,
    Plan,
    Truth,
    paint,
    plan_slide,
    training_patch,
)
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.slide import box_mean
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Frame, Point, Size

# Inside is a vein with tumour cells, its tract, liver and fat.
SIDE = 340


@pytest.fixture(scope="module")
def region(plan: Plan) -> Box:
    centre = next(vessel for vessel in plan.vessels if vessel.is_mvi).outer.centre_um
    return Box(int(centre.y) - SIDE // 2, int(centre.x) - SIDE // 2, SIDE, SIDE)


@pytest.fixture(scope="module")
def painted(plan: Plan, region: Box) -> np.ndarray:
    return paint(plan, region)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(1, 140), st.integers(1, 140))
def test_a_pixel_does_not_know_in_which_box_it_was_painted(
    plan: Plan, region: Box, painted: np.ndarray, top: int, left: int, height: int, width: int
) -> None:
    box = Box(region.top + top, region.left + left, height, width).intersect(region)
    assert np.array_equal(paint(plan, box), painted[box.within(region).slices])


def test_the_tumour_border_and_the_glass_have_no_seams_either(plan: Plan) -> None:
    tumour = plan.tissue.tumour
    assert tumour is not None
    edge = int(tumour.centre_um.x + tumour.radius_um[0])
    for box in (Box(int(tumour.centre_um.y) - 90, edge - 120, 180, 240), Box(0, 0, 200, 300)):
        whole = paint(plan, box)
        for piece in box.pieces(Size(71, 97)):
            assert np.array_equal(paint(plan, piece), whole[piece.within(box).slices])


def test_outside_the_slide_is_white_and_glass_is_nearly_so(plan: Plan) -> None:
    pixels = paint(plan, Box(-20, -20, 40, 40))
    assert (pixels[:20] == 255).all()
    assert (pixels[:, :20] == 255).all()
    glass = pixels[20:, 20:].astype(float)
    assert glass.mean(axis=(0, 1)) == pytest.approx(plan.look.white, abs=0.6)
    assert 0.8 < glass.std(axis=(0, 1)).mean() < 1.8


def test_a_patch_is_the_rounded_mean_of_the_level_0_pixels_under_it(
    plan: Plan, region: Box, painted: np.ndarray
) -> None:
    step = 4
    box = Box(region.top // step + 1, region.left // step + 1, 70, 61)
    patch = training_patch(plan, Frame(step, step), box)
    fine = Box(box.top * step, box.left * step, 280, 244)
    pixels = painted[fine.within(region).slices].astype(int)
    sums = pixels.reshape(70, step, 61, step, 3).sum(axis=(1, 3))
    assert np.array_equal(patch, np.floor(sums / 16 + 0.5).astype(np.uint8))


def test_a_patch_refuses_a_scale_that_is_not_whole(plan: Plan) -> None:
    with pytest.raises(ValueError, match="whole number"):
        training_patch(plan, Frame(2.5, 2.5), Box(0, 0, 8, 8))


def test_ragged_edges_average_the_pixels_that_are_there() -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    mean = box_mean(pixels, 4)
    assert mean.shape == (2, 2, 3)
    assert mean[1, 1].tolist() == np.floor(pixels[4:, 4:].mean(axis=(0, 1)) + 0.5).tolist()


def test_lumens_are_lighter_than_the_liver_round_them_unless_something_fills_them(
    plan: Plan,
) -> None:
    truth = Truth(plan)
    for vessel in plan.vessels:
        if vessel.contents.name != "empty" or vessel.lumen.area_um2 < 800:
            continue
        centre = vessel.outer.centre_um
        box = Box(int(centre.y) - 100, int(centre.x) - 100, 200, 200)
        pixels = paint(plan, box).mean(axis=2)
        walls, lumens = truth.vessel_labels(box, Frame(1, 1)), truth.lumen_labels(box, Frame(1, 1))
        assert pixels[lumens == vessel.index + 1].mean() > pixels[walls == 0].mean() + 20


def test_families_look_different(spec: PhantomSpec) -> None:
    means = []
    for family in ("train", "test", "stress"):
        plan = plan_slide(replace(spec, family=family, stain_jitter=0.0))
        piece = plan.tissue.pieces[0].centre_um
        means.append(paint(plan, Box(int(piece.y), int(piece.x), 64, 64)).mean(axis=(0, 1)))
    for k in range(3):
        assert np.abs(means[k] - means[k - 1]).max() > 3


@pytest.mark.parametrize("mpp", [0.25, 2.0])
def test_other_resolutions_paint_the_same_tissue(spec: PhantomSpec, plan: Plan, mpp: float) -> None:
    size = (int(1500 / mpp), int(1700 / mpp))
    other = plan_slide(replace(spec, mpp=mpp, size_px=size))
    side = round(160 / mpp)
    centre = next(vessel for vessel in plan.vessels if vessel.is_mvi).outer.centre_um
    here = paint(plan, Box(int(centre.y) - 80, int(centre.x) - 80, 160, 160))
    there = paint(
        other,
        Box(int(int(centre.y) / mpp) - side // 2, int(int(centre.x) / mpp) - side // 2, side, side),
    )
    assert here.mean(axis=(0, 1)) == pytest.approx(there.mean(axis=(0, 1)), abs=8)


@pytest.mark.parametrize("mpp", [0.5, 2.0])
def test_even_tissue_has_no_period_of_pieces_or_lattices(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, mpp: float
) -> None:
    def flat(_: Plan, canvas: Canvas) -> None:
        canvas.h[:], canvas.e[:] = 0.1, 0.3

    monkeypatch.setattr("pathoflow.phantom.painter.slide.paint_tissue", flat)
    wide = WavyRing(Point(1500.0, 1500.0), np.full(ANGLES, 1e5))
    size = (4000, 4000)
    even = replace(
        plan,
        spec=replace(plan.spec, mpp=mpp, size_px=size),
        tissue=replace(plan.tissue, pieces=(wide,)),
        artefacts=(),
    )
    pixels = paint(even, Box(301, 77, 1024, 1024)).mean(axis=2)
    pixels -= pixels.mean()
    for lines in (pixels, pixels.T):
        # Averaging along the lines keeps what stands upright and quietens noise.
        power = np.abs(np.fft.rfft(lines.mean(axis=0) * np.hanning(1024))) ** 2
        for period in (512, 256):
            # A seam every so often is a comb of all its harmonics.
            comb = np.arange(8, 500) % (1024 // period) == 0
            assert power[8:500][comb].mean() < 1.4 * power[8:500][~comb].mean()
        for period in (32, 16, 8, 4):
            at = 1024 // period
            beside = np.median(np.concatenate([power[at - 12 : at - 2], power[at + 3 : at + 13]]))
            assert power[at] < 12 * beside


#: Paints a box with vessel, liver and artefacts. `nudge` moves every third result of the functions
#: that C libraries and processors round differently to the next number.
_OTHER_MACHINE = """
import sys
import numpy as np

def nudge(f):
    def nudged(*args, **kwargs):
        out = np.asarray(f(*args, **kwargs))
        third = np.arange(out.size).reshape(out.shape) * 2654435761 // 128 % 3 == 0
        return np.where(third, np.nextafter(out, out.dtype.type(np.inf)), out)[()]
    return nudged

if sys.argv[1] == "nudge":
    for name in ("sin", "cos", "tan", "exp", "log", "log2", "arctan2", "hypot"):
        setattr(np, name, nudge(getattr(np, name)))

from pathoflow.phantom import *
from pathoflow.space import Box

sys.stdout.buffer.write(paint(plan_slide(eval(sys.argv[2])), eval(sys.argv[3])).tobytes())
"""


@pytest.fixture(scope="module")
def soiled() -> PhantomSpec:
    soil = Artefacts(pen=("blue",), folds=2, bubbles=1, blurs=1, dust=9, tears=1, dropouts=1)
    return PhantomSpec(
        seed=5,
        size_px=(1500, 1700),
        mpp=1.0,
        family="test",
        vessels=9,
        mvi_vessels=2,
        artefacts=soil,
    )


@pytest.fixture(scope="module")
def soiled_box(soiled: PhantomSpec) -> Box:
    centre = next(v for v in plan_slide(soiled).vessels if v.is_mvi).outer.centre_um
    return Box(int(centre.y) - 120, int(centre.x) - 120, 240, 240)


@pytest.fixture(scope="module")
def painted_here(soiled: PhantomSpec, soiled_box: Box) -> bytes:
    return paint(plan_slide(soiled), soiled_box).tobytes()


def paint_elsewhere(mode: str, spec: PhantomSpec, box: Box, **environment: str) -> bytes:
    code = [sys.executable, "-c", _OTHER_MACHINE, mode, repr(spec), repr(box)]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        code, env=os.environ | environment, cwd=root, capture_output=True, check=True
    )
    return done.stdout


def test_processors_without_wide_vectors_paint_the_same_bytes(
    soiled: PhantomSpec, soiled_box: Box, painted_here: bytes
) -> None:
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # type: ignore[call-overload,index,unused-ignore]
    if not found:
        pytest.skip("this processor offers NumPy nothing to leave out")
    without = {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    assert paint_elsewhere("plain", soiled, soiled_box, **without) == painted_here


def test_the_last_bit_of_a_sine_does_not_reach_the_pixels(
    soiled: PhantomSpec, soiled_box: Box, painted_here: bytes
) -> None:
    assert paint_elsewhere("nudge", soiled, soiled_box) == painted_here
