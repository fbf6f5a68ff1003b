from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pathoflow.phantom import Truth
from pathoflow.phantom.truth.names import vessel_uuid
from pathoflow.phantom.truth.survey import survey
from pathoflow.phantom.truth.table import truth_table


@pytest.fixture(scope="module")
def rows(drawn: Truth) -> list[dict[str, Any]]:
    return survey(drawn).rows


def test_the_table_is_plain_json_with_every_fact_of_every_vessel(
    drawn: Truth, rows: list[dict[str, Any]]
) -> None:
    assert json.loads(json.dumps(truth_table(drawn, rows), allow_nan=False))["synthetic"] is True
    assert len({frozenset(row) for row in rows}) == 1
    assert rows[1]["role"] == "sublobular"
    assert rows[1]["has_muscle"] is True
    assert rows[0]["is_coated"] is True


def test_the_two_profiles_of_one_vein_name_each_other(
    drawn: Truth, rows: list[dict[str, Any]]
) -> None:
    assert rows[1]["twin_of"] == rows[2]["id"] == vessel_uuid(drawn.plan.spec, 2)
    assert rows[2]["twin_of"] == rows[1]["id"]
    assert rows[0]["twin_of"] is None


def test_distances_run_from_wall_to_mass_and_their_ends_lie_that_far_apart(
    rows: list[dict[str, Any]],
) -> None:
    # Centres 1,500 µm apart, less the radii of 1,000 and 50.
    assert rows[0]["dist_edge_um"] == pytest.approx(450, abs=0.05)
    on_wall, on_mass = rows[0]["dist_end_points_px"]
    assert on_wall == pytest.approx([10000, 2 * 6450], abs=2)
    assert on_mass == pytest.approx([10000, 2 * 6000], abs=2)
    for row in rows:
        (y0, x0), (y1, x1) = row["dist_end_points_px"]
        assert 0.5 * math.hypot(y1 - y0, x1 - x0) == pytest.approx(row["dist_edge_um"], abs=0.02)


def test_a_vessel_lies_in_the_mass_at_its_coat_or_beside_it(rows: list[dict[str, Any]]) -> None:
    places = [row["location"] for row in rows]
    # The fifth lies wholly in the coat; a vein without a coat near it is beside the mass.
    assert places[3] == "intratumoral"
    assert places[4] == "capsular"
    assert {places[k] for k in (0, 1, 2, 5, 6)} == {"peritumoral_near"}
    assert rows[3]["dist_edge_um"] == 0


def test_of_a_truncated_vein_only_what_lies_in_tissue_counts(rows: list[dict[str, Any]]) -> None:
    # The tissue's edge runs through its centre, nearly straight.
    assert rows[5]["is_truncated"] is True
    assert rows[5]["area_um2"] == pytest.approx(0.5 * math.pi * 100**2, rel=0.02)
    assert rows[5]["centroid_px"][0] < 2 * 9500


def test_equivocal_veins_count_their_cells_but_are_not_invaded(rows: list[dict[str, Any]]) -> None:
    assert (rows[0]["is_mvi"], rows[0]["is_equivocal"]) == (True, False)
    assert (rows[6]["is_mvi"], rows[6]["is_equivocal"]) == (False, True)
    assert rows[6]["n_tumour_cells"] == rows[0]["n_tumour_cells"] == 3


def test_separate_nests_are_counted_and_their_area_is_that_of_the_lumen_they_fill(
    rows: list[dict[str, Any]],
) -> None:
    assert rows[0]["n_nests"] == 2
    assert rows[0]["tumour_in_lumen_fraction"] == pytest.approx(2 * 10**2 / 45**2, abs=1e-3)
    assert rows[1]["n_nests"] == 0


def test_artefacts_are_named_where_they_cover_more_than_a_fifth(
    rows: list[dict[str, Any]],
) -> None:
    assert rows[1]["artefacts"] == ["pen"]
    # The grain of dust covers nine hundredths of the vein.
    assert rows[2]["artefacts"] == []


def test_every_tumour_cell_of_a_vein_has_its_place(
    drawn: Truth, rows: list[dict[str, Any]], hand: SimpleNamespace
) -> None:
    cells = survey(drawn).cells
    assert cells.shape == (6, 3)
    assert cells[0].tolist() == [10000, 2 * 6480, 1]
    for row in rows:
        assert (cells[:, 2] == row["label"]).sum() == row["n_tumour_cells"]
    assert survey(Truth(hand.Drawing())).cells.shape == (0, 3)
    assert np.isfinite(cells).all()
