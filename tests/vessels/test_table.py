from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from pathoflow.store import VesselTable
from pathoflow.vessels.table import read_csv, read_geoparquet, write_csv, write_geoparquet

Rows = list[dict[str, Any]]

HEADER = [
    "id",
    "kind",
    "location",
    "truncated",
    "centroid_y_px",
    "centroid_x_px",
    "area_um2",
    "equivalent_diameter_um",
    "p_vessel",
    "p_mvi",
    "n_tumour_cells",
    "n_tumour_cells_low",
    "n_tumour_cells_high",
    "tumour_in_lumen_fraction",
    "attachment",
    "dist_edge_um",
    "dist_method",
    "flags",
    "kind_probability",
    "muscular_wall",
    "lumen_fraction",
    "wall_thickness_um",
    "elongation",
    "solidity",
    "perimeter_um",
    "cells_box",
    "cells_method",
    "piece",
    "p_mvi_calibrated",
]


NOTHING_KNOWN: dict[str, Any] = dict.fromkeys(
    "id outline centroid_px area_um2 equivalent_diameter_um kind location truncated p_vessel p_mvi n_tumour_cells "
    "n_tumour_cells_interval tumour_in_lumen_fraction attachment dist_edge_um dist_method flags".split()
)


@pytest.fixture
def rows() -> Rows:
    """A vessel of which all is known, and one of which little is."""
    known: dict[str, Any] = {
        "id": "3f1d2c0e-8a57-4c3e-9b1e-0d5f6a7b8c9d",
        "outline": {
            "type": "Polygon",
            "coordinates": [[[1000, 2000], [1120, 2000], [1120, 2090.25], [1000, 2000]]],
        },
        "centroid_px": [2045.0, 1060.5],
        "area_um2": 0.1 + 0.2,
        "equivalent_diameter_um": 58.63,
        "kind": "portal",
        "location": "peritumoral_near",
        "truncated": False,
        "p_vessel": 0.97,
        "p_mvi": 1e-12,
        "n_tumour_cells": 37,
        "n_tumour_cells_interval": [30, 44.5],
        "tumour_in_lumen_fraction": 0.4,
        "attachment": "floating",
        "dist_edge_um": 0.0,
        "dist_method": "auto",
        "flags": ["fold", "pen"],
    }
    unknown = NOTHING_KNOWN | {
        "id": "11111111-2222-4333-8444-555555555555",
        "outline": known["outline"],
        "centroid_px": [1.0, 2.0],
        "area_um2": 5.0,
        "equivalent_diameter_um": 2.5,
        "truncated": True,
        "flags": [],
    }
    return [known, unknown]


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_header_is_the_one_that_scripts_rely_on(tmp_path: Path, rows: Rows) -> None:
    write_csv(rows, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines()[0].split(",") == HEADER


def test_known_values_are_written_with_every_digit(tmp_path: Path, rows: Rows) -> None:
    write_csv(rows, tmp_path / "a.csv")
    known = cells(tmp_path / "a.csv")[0]
    assert float(known["area_um2"]) == 0.1 + 0.2
    assert (known["centroid_y_px"], known["centroid_x_px"]) == ("2045.0", "1060.5")
    assert (known["n_tumour_cells"], known["dist_edge_um"]) == ("37", "0.0")
    assert (known["truncated"], known["flags"]) == ("false", "fold;pen")


def test_unknown_is_empty(tmp_path: Path, rows: Rows) -> None:
    write_csv(rows, tmp_path / "a.csv")
    unknown = cells(tmp_path / "a.csv")[1]
    for name in ("p_mvi", "n_tumour_cells", "n_tumour_cells_low", "dist_edge_um", "kind", "flags"):
        assert unknown[name] == ""


@pytest.mark.parametrize("excel", [False, True])
def test_a_csv_comes_back_as_it_was(tmp_path: Path, rows: Rows, excel: bool) -> None:
    write_csv(rows, tmp_path / "a.csv", excel=excel)
    expected = VesselTable(tuple(rows)).to_pandas()
    # An empty list of flags and no flags look the same in a cell.
    expected["flags"] = expected["flags"].replace("", pd.NA)
    assert_frame_equal(read_csv(tmp_path / "a.csv"), expected)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf") is excel


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@cmd", "\t=1", "'=1", "a,b", 'say "x"', "a\nb", "µ 肝"]
)
def test_text_cannot_become_a_formula_and_comes_back_as_it_was(
    tmp_path: Path, rows: Rows, text: str
) -> None:
    rows[0]["flags"] = [text]
    write_csv(rows, tmp_path / "a.csv")
    assert cells(tmp_path / "a.csv")[0]["flags"][0] not in "=+-@\t\r"
    assert read_csv(tmp_path / "a.csv")["flags"][0] == text


def test_a_negative_number_is_not_escaped(tmp_path: Path, rows: Rows) -> None:
    rows[0]["centroid_px"] = [-4.5, 2.0]
    write_csv(rows, tmp_path / "a.csv")
    assert cells(tmp_path / "a.csv")[0]["centroid_y_px"] == "-4.5"


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_characters=";"), min_size=1))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv([{**NOTHING_KNOWN, "flags": [text]}], path)
    assert read_csv(path)["flags"][0] == text


def test_geoparquet_comes_back_with_outlines_and_unknowns(tmp_path: Path, rows: Rows) -> None:
    write_geoparquet(rows, tmp_path / "a.parquet")
    frame = read_geoparquet(tmp_path / "a.parquet")
    assert_frame_equal(
        pd.DataFrame(frame.drop(columns="geometry")), VesselTable(tuple(rows)).to_pandas()
    )
    assert list(frame.geometry[0].exterior.coords)[2] == (1120.0, 2090.25)


@pytest.mark.parametrize("n_rows", [0, 2])
def test_the_file_itself_says_wkb_and_no_coordinate_system(
    tmp_path: Path, rows: Rows, n_rows: int
) -> None:
    write_geoparquet(rows[:n_rows], tmp_path / "a.parquet", provenance={"pathoflow": "0.1.0"})
    table = pq.read_table(tmp_path / "a.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    # Null, not absent: absent would mean longitude and latitude.
    assert "crs" in column
    assert column["crs"] is None
    assert column["encoding"] == "WKB"
    assert json.loads(table.schema.metadata[b"pathoflow"]) == {"pathoflow": "0.1.0"}
    assert table.column_names == [*HEADER, "geometry"]
    assert table.num_rows == n_rows
    if n_rows:
        assert shapely.from_wkb(table["geometry"][0].as_py()).area == pytest.approx(120 * 90.25 / 2)


def test_no_vessels_still_give_files_with_all_columns(tmp_path: Path) -> None:
    write_csv([], tmp_path / "a.csv")
    write_geoparquet([], tmp_path / "a.parquet")
    assert list(read_csv(tmp_path / "a.csv").columns) == HEADER
    empty = gpd.read_parquet(tmp_path / "a.parquet")
    assert list(empty.columns) == [*HEADER, "geometry"]
    assert empty.crs is None
    assert len(read_geoparquet(tmp_path / "a.parquet")) == 0


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, rows: Rows) -> None:
    for name in ("a", "b"):
        write_csv(rows, tmp_path / f"{name}.csv")
        write_geoparquet(rows, tmp_path / f"{name}.parquet", provenance={"a": 1})
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
