from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.roll import Roll, Seen
from pathoflow.phantom.painter.stamps import press_bodies, press_cells
from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent
from pathoflow.space import Box

BOX = Box(0, 0, 120, 120)


def cell(y: float, x: float, radius: float = 5.0, kind: CellKind = CellKind.HEPATOCYTE) -> Cells:
    one = np.ones(1, np.float32)
    return Cells(
        np.array([y]), np.array([x]), radius * one, one, 0 * one, np.array([7], np.uint32), kind
    )


@pytest.fixture
def canvas() -> Canvas:
    """60 µm across."""
    return Canvas(BOX, 0.5, Roll.of(BOX.size.shape))


def seen(canvas: Canvas) -> Seen:
    assert canvas.roll is not None
    return canvas.roll.seen()


def test_a_lone_nucleus_is_seen_whole_at_its_place(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.3, 27.8, kind=CellKind.DUCT))
    found = seen(canvas)
    assert found.places_um.tolist() == [[30.3, 27.8]]
    assert found.kinds.tolist() == [CellKind.DUCT]
    assert found.share == pytest.approx([1.0], abs=1e-6)


@pytest.mark.parametrize(("weight", "left"), [(1.0, 0.5), (0.4, 0.8)])
def test_a_layer_over_one_half_hides_as_much_of_that_half(
    canvas: Canvas, weight: float, left: float
) -> None:
    press_cells(canvas, cell(30.0, 30.0))
    cover = np.zeros(BOX.size.shape, np.float32)
    cover[:, 60:] = weight
    canvas.mix(cover, 0.1, 0.2)
    assert seen(canvas).share == pytest.approx([left], abs=0.03)


def test_layers_on_some_pixels_and_on_all_hide_alike(canvas: Canvas) -> None:
    other = Canvas(BOX, 0.5, Roll.of(BOX.size.shape))
    weight = np.random.default_rng(3).random(BOX.size.shape).astype(np.float32)
    places = np.nonzero(weight)
    for one in (canvas, other):
        press_cells(one, cell(30.0, 30.0))
    ink = np.full(len(places[0]), 0.3, np.float32)
    canvas.mix(weight, 0.3, 0.3)
    other.mix_at(places, weight[places], ink, ink)
    assert np.allclose(canvas.h, other.h)
    assert seen(canvas).share == pytest.approx(seen(other).share)


def test_two_layers_of_a_half_leave_a_quarter(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.0, 30.0))
    half = np.full(BOX.size.shape, 0.5, np.float32)
    canvas.mix(half, 0.1, 0.2)
    canvas.mix(half, 0.1, 0.2)
    assert seen(canvas).share == pytest.approx([0.25], abs=1e-6)


def test_a_nucleus_pressed_on_another_hides_it(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.0, 30.0))
    press_cells(canvas, cell(30.0, 30.0, 6.0, CellKind.TUMOUR))
    assert seen(canvas).share == pytest.approx([0.0, 1.0], abs=1e-6)


def test_bodies_are_not_called_but_hide(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.0, 30.0))
    press_bodies(canvas, cell(30.0, 30.0, 8.0, CellKind.FAT))
    found = seen(canvas)
    assert found.kinds.tolist() == [CellKind.HEPATOCYTE]
    assert found.share == pytest.approx([0.0], abs=0.02)


def test_a_window_enters_its_nuclei_on_the_canvas_s_roll(canvas: Canvas) -> None:
    part = canvas.window(Extent(20, 20, 40, 40))
    assert part is not None
    press_cells(part, cell(30.0, 30.0))
    part.mix(np.ones(part.box.size.shape, np.float32), 0.0, 0.0)
    press_cells(canvas, cell(50.0, 50.0))
    assert seen(canvas).share == pytest.approx([0.0, 1.0], abs=1e-6)


def test_half_a_nucleus_beyond_the_canvas_is_half_seen(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.0, 0.0))
    assert seen(canvas).share == pytest.approx([0.5], abs=0.06)


def test_what_is_put_back_takes_away_what_was_pressed_since(canvas: Canvas) -> None:
    press_cells(canvas, cell(30.0, 20.0))
    before = canvas.copied()
    press_cells(canvas, cell(30.0, 20.0, 6.0, CellKind.TUMOUR))
    press_cells(canvas, cell(30.0, 45.0, 5.0, CellKind.TUMOUR))
    back = np.zeros(BOX.size.shape, np.float32)
    back[:, :70] = 1
    canvas.restore(before, back)
    assert np.allclose(canvas.h[:, :70], before.h[:, :70], atol=1e-6)
    assert seen(canvas).share == pytest.approx([1.0, 0.0, 1.0], abs=1e-6)


def test_a_roll_changes_no_dye() -> None:
    canvases = [Canvas(BOX, 0.5), Canvas(BOX, 0.5, Roll.of(BOX.size.shape))]
    for canvas in canvases:
        press_cells(canvas, cell(30.0, 30.0))
        canvas.mix(np.full(BOX.size.shape, 0.3, np.float32), 0.1, 0.2)
    assert np.array_equal(canvases[0].h, canvases[1].h)
    assert np.array_equal(canvases[0].e, canvases[1].e)
