from __future__ import annotations

import numpy as np
import pytest

from pathoflow.errors import UsageError
from pathoflow.loopnet.grid import (
    GridSettings,
    arrange,
    cell_grid,
    choose_evenly,
    cut_cells,
    join_grids,
    lay_out,
)


def coloured(side: int = 60) -> np.ndarray:
    """Every pixel says where it lies."""
    y, x = np.mgrid[:side, :side].astype(np.uint8)
    return np.stack([y, x, np.full_like(y, 7)], axis=2)


def test_rows_run_from_top_to_bottom_and_each_from_left_to_right() -> None:
    centres = np.array([(10, 5), (1, 9), (2, 3), (11, 1), (20, 4.0)])
    # Five on three columns: the upper three, then the lower two.
    expected = [[2, 0, 1], [3, 4, -1], [-1, -1, -1]]
    assert arrange(centres, 3).tolist() == expected


def test_the_order_in_which_nuclei_are_given_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    centres, mixed = rng.uniform(0, 100, (40, 2)), rng.permutation(40)
    straight, other = arrange(centres, 5), arrange(centres[mixed], 5)
    assert np.array_equal(centres[straight], centres[mixed][other])


def test_of_too_many_those_furthest_from_each_other_are_taken() -> None:
    line = np.stack([np.arange(100.0), np.zeros(100)], axis=1)
    assert choose_evenly(line, 3).tolist() == [0, 49, 99]
    # A lone nucleus far from a crowd is not passed over.
    crowd = np.random.default_rng(0).uniform(0, 10, (500, 2))
    assert 500 in choose_evenly(np.vstack([crowd, [(90, 90)]]), 4)


def test_nuclei_on_one_spot_are_taken_once_each() -> None:
    assert sorted(choose_evenly(np.ones((5, 2)), 4).tolist()) == [0, 1, 2, 3]
    assert choose_evenly(np.zeros((0, 2)), 4).tolist() == []
    assert (arrange(np.zeros((0, 2)), 2) == -1).all()


def test_a_cell_lies_in_the_middle_of_its_place_and_is_white_outside_the_lumen() -> None:
    rgb, inside = coloured(), np.ones((60, 60), bool)
    inside[:, 33:] = False
    (cell,) = cut_cells(rgb, inside, np.array([(20.4, 30.0)]), 8)
    assert cell[4, 4].tolist() == [20, 30, 7]
    assert cell[0, 0].tolist() == [16, 26, 7]
    assert (cell[:, 7] == 255).all()
    assert not (cell[:, 6] == 255).any()


def test_beyond_the_crop_it_is_white() -> None:
    (cell,) = cut_cells(coloured(), np.ones((60, 60), bool), np.array([(0.0, 59.0)]), 8)
    assert (cell[:4] == 255).all()
    assert (cell[:, 5:] == 255).all()
    assert cell[4:, :5, 0].tolist() == [[row] * 5 for row in range(4)]


def test_places_are_laid_out_row_after_row() -> None:
    cells = np.stack([np.full((8, 8, 3), value, np.uint8) for value in (10, 20)])
    picture = lay_out(cells, np.array([1, 5]), 3)
    assert picture.shape == (24, 24, 3)
    assert (picture[:8, 8:16] == 10).all()
    assert (picture[8:16, 16:] == 20).all()
    assert (picture == 255).all(axis=2).sum() == 7 * 64


def test_only_nuclei_in_the_lumen_get_a_place_and_all_of_them_are_counted() -> None:
    inside = np.zeros((60, 60), bool)
    inside[10:50, 10:50] = True
    centres = np.array([(5, 5), (40, 20), (20, 40), (30, 30), (12, 12), (45, 45.0)])
    found = cell_grid(coloured(), inside, 0.5, centres, GridSettings(side=2, place_px=8))
    assert (len(found), found.n_inside) == (4, 5)
    assert 0 not in found.nucleus
    assert found.at.tolist() == [0, 1, 2, 3]
    for cell, nucleus in zip(found.cells, found.nucleus, strict=True):
        assert cell[4, 4, :2].tolist() == centres[nucleus].tolist()


def test_finer_pixels_are_brought_to_the_grids_scale() -> None:
    # Blocks of two by two are one pixel of the coarse picture, and the centre of block i is pixel 2 i + 0.5.
    coarse = coloured()
    fine = coarse.repeat(2, axis=0).repeat(2, axis=1)
    settings = GridSettings(side=2, place_px=8)
    found = cell_grid(fine, np.ones((120, 120), bool), 0.25, np.array([(60.5, 40.5)]), settings)
    expected = coarse[26:34, 16:24].astype(int)
    assert np.abs(found.cells[0].astype(int) - expected).max() <= 1


def test_too_coarse_pixels_and_masks_of_another_crop_are_refused() -> None:
    rgb, inside, none = coloured(), np.ones((60, 60), bool), np.zeros((0, 2))
    with pytest.raises(UsageError, match=r"1 µm/px; read the slide at 0\.5"):
        cell_grid(rgb, inside, 1.0, none)
    with pytest.raises(UsageError, match="cut both from one box"):
        cell_grid(rgb, inside[1:], 0.5, none)
    with pytest.raises(
        UsageError, match="side must be at least 2, not 1; place_px must be a power"
    ):
        GridSettings(side=1, place_px=20)


def test_a_lumen_without_nuclei_has_an_empty_grid() -> None:
    found = cell_grid(coloured(), np.zeros((60, 60), bool), 0.5, np.array([(9.0, 9.0)]))
    assert len(found) == found.n_inside == 0
    assert found.cells.shape == (0, 32, 32, 3)


def test_a_lumen_read_in_pieces_gives_the_grid_of_one_that_was_read_at_once() -> None:
    rng = np.random.default_rng(4)
    rgb = rng.integers(0, 256, (64, 128, 3), np.uint8)
    centres = np.column_stack([rng.uniform(12, 52, 30), rng.uniform(12, 116, 30)])
    # None so near the cut that its square would reach over it.
    centres = centres[np.abs(centres[:, 1] - 63.5) > 6]
    settings = GridSettings(side=6, place_px=8)
    whole = cell_grid(rgb, np.ones((64, 128), bool), 0.5, centres, settings)
    pieces = []
    for left in (0, 64):
        own = centres[(centres[:, 1] >= left) & (centres[:, 1] < left + 64)]
        inside = np.ones((64, 64), bool)
        grid = cell_grid(rgb[:, left : left + 64], inside, 0.5, own - (0, left), settings)
        pieces.append((grid, own))
    joined = join_grids(pieces, settings)
    assert np.array_equal(joined.cells, whole.cells)
    assert np.array_equal(joined.at, whole.at)
    assert joined.n_inside == whole.n_inside == len(centres)
    every = np.concatenate([own for _, own in pieces])
    assert np.array_equal(every[joined.nucleus], centres[whole.nucleus])


def test_of_pieces_with_too_many_cells_the_places_are_filled_from_all() -> None:
    rgb, inside = np.zeros((64, 64, 3), np.uint8), np.ones((64, 64), bool)
    settings = GridSettings(side=2, place_px=8)
    own = np.array([(y, x) for y in (10.0, 30, 50) for x in (10.0, 30, 50)])
    grid = cell_grid(rgb, inside, 0.5, own, settings)
    joined = join_grids([(grid, own), (grid, own + np.array([0, 1000]))], settings)
    assert len(joined) == 4
    assert joined.n_inside == 18
    assert {int(i) // 9 for i in joined.nucleus} == {0, 1}, "both ends of the vein are shown"
