from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from pathoflow.phantom.shapes.cells import (
    FAT_DROPS,
    HEPATOCYTES,
    LEUCOCYTES,
    RED_CELLS,
    CellKind,
    Cells,
    Extent,
    Lattice,
    cells_in,
    tumour_lattice,
)

ALL = [HEPATOCYTES, LEUCOCYTES, RED_CELLS, FAT_DROPS, tumour_lattice(0.0), tumour_lattice(1.0)]


@pytest.mark.parametrize("lattice", ALL, ids=lambda x: f"{x.kind.name} {x.spacing_um:g}")
def test_no_two_cells_of_a_kind_overlap(lattice: Lattice) -> None:
    side = 22 * lattice.spacing_um
    cells = cells_in(lattice, Extent(0, 0, side, side), 5)
    apart = squareform(pdist(np.stack([cells.y_um, cells.x_um], axis=1)))
    np.fill_diagonal(apart, np.inf)
    long = cells.radius_um * np.sqrt(cells.elongation)
    assert (apart - (long[:, None] + long[None, :])).min() > -1e-3
    assert len(cells) > 300


@settings(max_examples=20, deadline=None)
@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(20, 150), st.floats(20, 150))
def test_a_window_holds_exactly_the_cells_of_the_plane_that_lie_in_it(
    top: float, left: float, height: float, width: float
) -> None:
    plane = cells_in(HEPATOCYTES, Extent(-500, -500, 500, 500), 3)
    window = Extent(top, left, top + height, left + width)
    part = cells_in(HEPATOCYTES, window, 3)
    inside = plane.where(
        (plane.y_um >= window.top)
        & (plane.y_um < window.bottom)
        & (plane.x_um >= window.left)
        & (plane.x_um < window.right)
    )
    assert np.array_equal(part.bits, inside.bits)
    assert np.array_equal(part.y_um, inside.y_um)
    assert np.allclose(part.radius_um, inside.radius_um)


def test_carcinoma_is_as_dense_and_its_nuclei_as_large_as_in_the_literature() -> None:
    for grade in (0.0, 0.5, 1.0):
        lattice = tumour_lattice(grade)
        cells = cells_in(lattice, Extent(0, 0, 1000, 1000), 8)
        assert 2500 <= len(cells) <= 6000
        assert len(cells) == pytest.approx(lattice.density_um2 * 1e6, rel=0.05)
        assert 7.0 < 2 * cells.radius_um.mean() < 11.0
    benign = cells_in(HEPATOCYTES, Extent(0, 0, 1000, 1000), 8)
    assert 1500 <= len(benign) <= 2500
    ratio = (cells.radius_um**2).mean() / (benign.radius_um**2).mean()
    assert 1.4 < ratio < 2.4


def test_moving_cells_moves_only_their_places() -> None:
    cells = cells_in(HEPATOCYTES, Extent(0, 0, 100, 100), 1)
    moved = cells.moved(10.0, -5.0)
    assert np.allclose(moved.y_um - cells.y_um, 10.0)
    assert np.allclose(moved.x_um - cells.x_um, -5.0)
    assert np.array_equal(moved.bits, cells.bits)


def test_no_cells_are_no_cells() -> None:
    assert len(Cells.none(CellKind.TUMOUR)) == 0
    assert len(cells_in(HEPATOCYTES, Extent(0, 0, 0.01, 0.01), 1)) <= 1


def test_a_choice_thins_the_lattice_by_place() -> None:
    extent = Extent(0, 0, 400, 400)
    every = cells_in(HEPATOCYTES, extent, 1)
    upper = cells_in(HEPATOCYTES, extent, 1, lambda y, x, bits: (y < 200) & (x > 0))
    assert np.array_equal(upper.bits, every.bits[every.y_um < 200])
    assert len(cells_in(HEPATOCYTES, extent, 1, lambda y, x, bits: y + x < -1e9)) == 0
