from __future__ import annotations

import pytest

from pathoflow.bench import Table


def test_a_table_reads_as_markdown_with_three_digits_and_gaps_named() -> None:
    table = Table("t", ["way", "s"], [["own", 1.23456], ["peer", None]], {"rounds": 3})
    assert table.markdown().splitlines() == [
        "| way | s |",
        "|---|---|",
        "| own | 1.23 |",
        "| peer | not measured |",
        "",
        "rounds: 3",
    ]


def test_a_table_is_plain_rows_for_scripts() -> None:
    plain = Table("t", ["way", "s"], [["own", 1.5]]).plain()
    assert plain == {"title": "t", "notes": {}, "rows": [{"way": "own", "s": 1.5}]}


def test_a_table_comes_back_from_plain_rows() -> None:
    table = Table("t", ["way", "s"], [["own", 1.5], ["peer", None]], {"rounds": 3})
    assert Table.from_plain(table.plain()) == table


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit the columns"):
        Table("t", ["way", "s"], [["own"]])
