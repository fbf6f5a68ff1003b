from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.scar import along_scar, paint_scar
from pathoflow.phantom.plan.scar import septum_depth
from pathoflow.phantom.shapes.cells import FIBROBLASTS, Extent, cells_in
from pathoflow.space import Box


@pytest.fixture(scope="module")
def cirrhotic(plan: Plan) -> Plan:
    return replace(plan, look=replace(plan.look, background="cirrhosis"))


@pytest.fixture(scope="module")
def septum(cirrhotic: Plan) -> Box:
    """A box amid whose pixels of 1 µm a septum lies, somewhere on an endless plane."""
    places = np.arange(0, 8000, 40.0)
    depth = septum_depth(cirrhotic.spec.seed, places[:, None], places[None, :])
    row, col = np.argwhere((depth < -30) & (depth > -45))[7]
    return Box(int(places[row]) - 90, int(places[col]) - 90, 180, 180)


def liver(box: Box) -> Canvas:
    canvas = Canvas(box, 1.0)
    canvas.h[:], canvas.e[:], canvas.red[:] = 0.5, 0.9, 0.2
    return canvas


def test_a_septum_is_pale_collagen_and_leaves_the_liver_beside_it(
    cirrhotic: Plan, septum: Box
) -> None:
    canvas = liver(septum)
    paint_scar(cirrhotic, canvas)
    depth = septum_depth(cirrhotic.spec.seed, canvas.y_um[:, None], canvas.x_um[None, :])
    inside, outside = depth < -8, depth > 8
    assert 0.12 < np.median(canvas.e[inside]) < 0.30
    assert np.median(canvas.h[inside]) < 0.08
    assert canvas.red[inside].max() < 0.01
    beside = np.isclose(canvas.e[outside], 0.9).mean() if outside.any() else 1.0
    assert beside > 0.9


def test_a_septum_has_no_seams(cirrhotic: Plan, septum: Box) -> None:
    whole, part = liver(septum), liver(Box(septum.top + 61, septum.left + 37, 77, 90))
    for canvas in (whole, part):
        paint_scar(cirrhotic, canvas)
    rows, cols = part.box.within(whole.box).slices
    for name in ("h", "e", "red"):
        assert np.array_equal(getattr(whole, name)[rows, cols], getattr(part, name))


def test_spindle_nuclei_lie_along_the_septum(cirrhotic: Plan, septum: Box) -> None:
    seed = cirrhotic.spec.seed
    extent = Extent(septum.top, septum.left, septum.bottom, septum.right)
    cells = along_scar(cirrhotic, cells_in(FIBROBLASTS, extent, 1))
    ahead, aside = [], []
    for sign in (-1, 1):
        dy, dx = sign * 5 * np.sin(cells.angle), sign * 5 * np.cos(cells.angle)
        ahead.append(septum_depth(seed, cells.y_um + dy, cells.x_um + dx))
        aside.append(septum_depth(seed, cells.y_um - dx, cells.x_um + dy))
    # Along the nucleus the depth hardly changes, across it does.
    assert np.median(np.abs(ahead[1] - ahead[0])) < 0.4 * np.median(np.abs(aside[1] - aside[0]))


def test_a_normal_liver_stays_as_it_is(plan: Plan, septum: Box) -> None:
    normal = replace(plan, look=replace(plan.look, background="normal"))
    canvas = liver(septum)
    paint_scar(normal, canvas)
    assert (canvas.e == np.float32(0.9)).all()
