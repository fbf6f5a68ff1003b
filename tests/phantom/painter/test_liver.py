from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import cell_tones, liver_tissue, paint_liver
from pathoflow.phantom.plan.parenchyma import MARGIN_UM, hepatocytes_in, nuclei_of
from pathoflow.space import Box, Size

CANVAS = Canvas(Box(1400, 1400, 300, 300), 0.5)


@pytest.fixture(scope="module")
def lean(plan: Plan) -> Plan:
    return replace(plan, look=replace(plan.look, fat=0.0, background="normal"))


def test_liver_is_pink_plates_with_pale_sinusoids(lean: Plan) -> None:
    h, e, red = liver_tissue(lean, CANVAS)
    assert 0.15 < e.mean() < 0.36
    assert h.mean() < 0.5 * e.mean()
    assert 0.03 < (e < 0.12).mean() < 0.25
    assert not red.any()


def test_sinusoids_are_5_to_10_um_wide_where_they_gape(lean: Plan) -> None:
    _, e, _ = liver_tissue(lean, CANVAS)
    pale = e < 0.12
    half = ndimage.distance_transform_edt(pale) * 0.5
    ridge = half[(half == ndimage.maximum_filter(half, 9)) & (half > 1)]
    assert 2.5 < np.quantile(2 * ridge, 0.75) < 10


def test_cells_take_eosin_each_to_its_own_measure(lean: Plan) -> None:
    tone = cell_tones(lean, hepatocytes_in(lean, CANVAS.extent.grow(300)))
    assert abs(tone.mean()) < 0.12
    assert 0.04 < tone.std() < 0.15


def test_painting_the_same_place_twice_gives_the_same_dye(lean: Plan) -> None:
    first, second = Canvas(CANVAS.box, 0.5), Canvas(CANVAS.box, 0.5)
    paint_liver(lean, first)
    paint_liver(lean, second)
    assert np.array_equal(first.h, second.h)
    # Nuclei are the only deep blue.
    assert 0.01 < (first.h > 0.3).mean() < 0.25


def test_nuclei_are_painted_where_they_are_planned(lean: Plan) -> None:
    canvas = Canvas(CANVAS.box, 0.5)
    paint_liver(lean, canvas)
    extent = canvas.extent.grow(-10)
    nuclei = nuclei_of(hepatocytes_in(lean, canvas.extent.grow(MARGIN_UM)).within(extent))
    rows = (nuclei.y_um / 0.5).astype(int) - canvas.box.top
    cols = (nuclei.x_um / 0.5).astype(int) - canvas.box.left
    assert np.median(canvas.h[rows, cols]) > 0.3
    assert np.median(canvas.h) < 0.15


def test_fat_is_white_and_pushes_the_cytoplasm_aside(plan: Plan) -> None:
    fatty = replace(plan, look=replace(plan.look, fat=0.6, background="normal"))
    found = hepatocytes_in(fatty, CANVAS.extent.grow(2000))
    large = found.where(found.drop_um > 9)
    y, x = float(large.cells.y_um[5]), float(large.cells.x_um[5])
    canvas = Canvas(Box(int(2 * y) - 60, int(2 * x) - 60, 120, 120), 0.5)
    paint_liver(fatty, canvas)
    assert canvas.e[58:62, 58:62].max() < 0.05
    # A rim of cytoplasm is left between neighbours.
    assert canvas.e.max() > 0.2


@pytest.mark.parametrize("fat", [0.0, 0.45])
@pytest.mark.parametrize("background", ["normal", "cirrhosis", "fibrosis"])
def test_liver_has_no_seams(plan: Plan, fat: float, background: str) -> None:
    look = replace(plan.look, fat=fat, background=background)  # type: ignore[arg-type]
    other = replace(plan, look=look)
    whole = Canvas(Box(1403, 1391, 150, 150), 0.5)
    paint_liver(other, whole)
    for piece in whole.box.pieces(Size(71, 97)):
        canvas = Canvas(piece, 0.5)
        paint_liver(other, canvas)
        rows, cols = piece.within(whole.box).slices
        for name in ("h", "e", "red"):
            assert np.array_equal(getattr(canvas, name), getattr(whole, name)[rows, cols])


def comb(grey: np.ndarray, axis: int, period: int) -> float:
    """Power at the harmonics of ``period`` pixels over that between them; 1 without any seam."""
    line = np.diff(grey, axis=axis).mean(axis=1 - axis)
    power = np.abs(np.fft.rfft(line, len(grey))) ** 2
    power /= ndimage.uniform_filter1d(power, 25)
    step = len(grey) // period
    cycles = np.arange(2, 400)
    return float(power[cycles[cycles % step == 0]].mean() / power[cycles[cycles % step > 0]].mean())


def test_the_spectrum_has_no_peak_at_the_size_of_a_painted_piece(lean: Plan) -> None:
    side = 1024
    grey = np.zeros((side, side))
    for piece in Box(0, 0, side, side).pieces(Size(512, 512)):
        canvas = Canvas(piece, 0.5)
        paint_liver(lean, canvas)
        rows, cols = piece.slices
        grey[rows, cols] = canvas.e + canvas.h
    for period in (512, 256):
        seamed = grey.copy()
        for k in range(0, side, period):
            seamed[k] *= 1.3
            seamed[:, k] *= 1.3
        for axis in (0, 1):
            # Four standard deviations of the mean of 100 harmonics; a line one pixel wide is beyond.
            assert comb(grey, axis, period) < 1.4 < comb(seamed, axis, period)
