from __future__ import annotations

from typing import Any

from pathoflow.report.ranking import rank_vessels
from pathoflow.report.table import COLUMNS, tabulate


def column(table: Any, header: str) -> list[Any]:
    index = [c.header.en for c in COLUMNS].index(header)
    return [row.cells[index] for row in table.rows]


def test_keys_are_the_stored_numbers(result: dict[str, Any]) -> None:
    ranked = rank_vessels(result)
    table = tabulate(ranked)
    for header, name in {
        "MVI score": "p_mvi",
        "Tumour cells": "n_tumour_cells",
        "To tumour edge (mm)": "dist_edge_um",
        "Area (µm²)": "area_um2",
    }.items():
        stored = [item.vessel[name] for item in ranked]
        keys = [float(cell.key) if cell.key else None for cell in column(table, header)]
        assert keys == stored


def test_text_is_in_the_unit_of_the_header(result: dict[str, Any]) -> None:
    table = tabulate(rank_vessels(result))
    assert column(table, "To tumour edge (mm)")[0].text == "1.89"
    assert column(table, "Tumour in lumen (%)")[0].text == "78"
    assert column(table, "Centre x (px)")[0].text == "17900"
    assert column(table, "Centre y (px)")[0].text == "12000"


def test_no_cell_is_blank(result: dict[str, Any]) -> None:
    table = tabulate(rank_vessels(result))
    assert all(cell.text for row in table.rows for cell in row.cells)


def test_a_long_table_ends_but_keeps_every_candidate(result: dict[str, Any]) -> None:
    ranked = rank_vessels(result)
    assert (len(tabulate(ranked, max_rows=7).rows), tabulate(ranked, max_rows=7).n_hidden) == (7, 5)
    assert len(tabulate(ranked, max_rows=2).rows) == 5
