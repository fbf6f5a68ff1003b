from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pathoflow.phantom import Plan
from pathoflow.phantom.plan.parenchyma import (
    MARGIN_UM,
    Hepatocytes,
    hepatocytes_in,
    nuclei_of,
    sinusoid_cells,
    sinusoid_red_cells,
)
from pathoflow.phantom.shapes.cells import STRAY_LYMPHOCYTES, Cells, Extent, cells_in

FIELD = Extent(2000, 2000, 3000, 3000)
SMALL = Extent(2100, 2150, 2300, 2350)


def with_fat(plan: Plan, fat: float) -> Plan:
    return replace(plan, look=replace(plan.look, fat=fat))


@pytest.fixture(scope="module")
def lean(plan: Plan) -> Plan:
    return with_fat(plan, 0.0)


@pytest.fixture(scope="module")
def field(lean: Plan) -> Hepatocytes:
    return hepatocytes_in(lean, FIELD.grow(MARGIN_UM))


def inside(cells: Cells, extent: Extent) -> Cells:
    rows = (cells.y_um >= extent.top) & (cells.y_um < extent.bottom)
    return cells.where(rows & (cells.x_um >= extent.left) & (cells.x_um < extent.right))


def test_all_nuclei_together_are_as_dense_as_in_liver(lean: Plan, field: Hepatocytes) -> None:
    flat = sinusoid_cells(lean, field, FIELD)
    number = len(inside(nuclei_of(field), FIELD)) + len(inside(flat, FIELD))
    number += len(cells_in(STRAY_LYMPHOCYTES, FIELD, 3))
    assert 1500 <= number <= 2500


def test_hepatocytes_are_20_to_30_um_wide_with_nuclei_of_6_to_9_um(field: Hepatocytes) -> None:
    cells = field.within(FIELD)
    assert 20 < np.sqrt(1e6 / len(cells)) < 30
    diameter = 2 * nuclei_of(cells).radius_um
    assert 6 < np.median(diameter) < 9
    assert diameter.max() < 12.5
    # Some are polyploid, and caps of cut spheres make small ones.
    assert 0.01 < (diameter > 10).mean() < 0.12
    assert 0.05 < (diameter < 6).mean() < 0.5


def test_a_tenth_to_a_quarter_of_hepatocytes_has_two_nuclei(field: Hepatocytes) -> None:
    nuclei = nuclei_of(field)
    one = np.isin(nuclei.bits, field.cells.bits)
    assert 0.10 < (~one).sum() / one.sum() < 0.25


def test_nuclei_lie_within_their_own_cells(field: Hepatocytes) -> None:
    nuclei = nuclei_of(field.within(FIELD))
    places = np.stack([field.cells.y_um, field.cells.x_um], axis=1)
    apart, _ = cKDTree(places).query(np.stack([nuclei.y_um, nuclei.x_um], axis=1))
    assert apart.max() < 7


def test_a_window_holds_the_cells_of_the_plane(plan: Plan) -> None:
    fatty = with_fat(plan, 0.45)
    wide, near = (
        hepatocytes_in(fatty, SMALL.grow(margin)) for margin in (3 * MARGIN_UM, MARGIN_UM)
    )
    first, second = wide.within(SMALL), near.within(SMALL)
    assert np.array_equal(first.cells.bits, second.cells.bits)
    assert np.array_equal(first.cells.y_um, second.cells.y_um)
    assert np.array_equal(first.drop_um, second.drop_um)
    for planned in (sinusoid_cells, sinusoid_red_cells):
        one, two = (inside(planned(fatty, cells, SMALL), SMALL) for cells in (wide, near))
        assert len(one) > 3
        assert np.array_equal(one.y_um, two.y_um)
        assert np.array_equal(one.angle, two.angle)


def test_flat_nuclei_lie_between_cells_of_two_plates_and_along_them(
    lean: Plan, field: Hepatocytes
) -> None:
    flat = inside(sinusoid_cells(lean, field, FIELD), FIELD)
    places = np.stack([flat.y_um, flat.x_um], axis=1)
    odd, even = (
        np.stack([h.cells.y_um, h.cells.x_um], axis=1)
        for h in (field.where(field.is_odd), field.where(~field.is_odd))
    )
    (to_odd, a), (to_even, b) = (cKDTree(side).query(places) for side in (odd, even))
    # As near to one plate as to the other, but for the wall on which they lie.
    assert np.quantile(np.abs(to_odd - to_even), 0.95) < 5
    across = even[b] - odd[a]
    across /= np.linalg.norm(across, axis=1)[:, None]
    along = np.stack([np.sin(flat.angle), np.cos(flat.angle)], axis=1)
    assert np.median(np.abs((across * along).sum(axis=1))) < 0.15


def test_fat_comes_in_patches_and_only_where_the_slide_has_it(plan: Plan, lean: Plan) -> None:
    assert not hepatocytes_in(lean, FIELD).drop_um.any()
    drop = hepatocytes_in(with_fat(plan, 0.45), Extent(0, 0, 3000, 3000)).drop_um
    wide = 2 * drop[drop > 0]
    assert wide.min() >= 5
    assert wide.max() <= 80
    assert 8 < np.median(wide) < 30
    assert 0.1 < (drop > 0).mean() < 0.6


def test_no_cell_is_left_inside_a_swollen_neighbour(plan: Plan) -> None:
    found = hepatocytes_in(with_fat(plan, 0.45), FIELD)
    places = np.stack([found.cells.y_um, found.cells.x_um], axis=1)
    for k in np.flatnonzero(found.reach_um > 0)[:300]:
        apart = np.hypot(*(places - places[k]).T) + found.reach_um
        apart[k] = np.inf
        assert apart.min() >= found.reach_um[k]
