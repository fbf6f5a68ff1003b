from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pathoflow.store import COLUMNS, VesselTable


@pytest.fixture
def table(result_data: dict[str, Any]) -> VesselTable:
    return VesselTable(tuple(result_data["vessels"]))


def test_it_behaves_like_a_sequence_of_rows(table: VesselTable) -> None:
    assert len(table) == 2
    assert [row["kind"] for row in table] == ["portal", "unknown"]
    assert table[-1]["truncated"] is True
    assert len(table[:1]) == 1
    assert table[0] in table


def test_a_vessel_is_found_by_its_id_and_a_stranger_is_not(table: VesselTable) -> None:
    assert table.find("3f1d2c0e-8a57-4c3e-9b1e-0d5f6a7b8c9d")["n_tumour_cells"] == 37
    with pytest.raises(KeyError, match="none of the 2 vessels"):
        table.find("no such id")


def test_the_frame_names_the_units_and_splits_pairs(table: VesselTable) -> None:
    frame = table.to_pandas()
    known = frame.iloc[0]
    assert (known.centroid_y_px, known.centroid_x_px) == (2045.0, 1060.0)
    assert (known.n_tumour_cells_low, known.n_tumour_cells_high) == (30.0, 44.5)
    assert known.dist_edge_um == 4210.0
    assert known["flags"] == "fold"


def test_unknown_is_missing_and_neither_zero_nor_false(table: VesselTable) -> None:
    unknown = table.to_pandas().iloc[1]
    for name in ("location", "p_mvi", "n_tumour_cells", "n_tumour_cells_low", "dist_edge_um"):
        assert unknown[name] is pd.NA


def test_an_empty_table_keeps_every_column_and_its_type() -> None:
    frame = VesselTable(()).to_pandas()
    assert frame.shape == (0, len(COLUMNS))
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        column.name: column.dtype for column in COLUMNS
    }


def test_numbers_with_a_unit_say_it_in_their_name() -> None:
    unitless = {
        "p_vessel", "p_mvi", "tumour_in_lumen_fraction",
        "kind_probability", "lumen_fraction", "elongation", "solidity",
    }  # fmt: skip
    for column in COLUMNS:
        if column.dtype == "Float64" and not column.name.startswith("n_"):
            assert column.name in unitless or column.name.endswith(("_px", "_um", "_um2"))
