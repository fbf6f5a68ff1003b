from __future__ import annotations

import pytest

from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, Status
from pathoflow.mvi.kind_counts import CellBox, cell_box, count_kinds


@pytest.mark.parametrize(
    ("n", "interval", "box"),
    [
        (50, None, CellBox.UP_TO_50),
        (51, None, CellBox.OVER_50),
        (48, (35, 50), CellBox.UP_TO_50),
        (48, (35, 51), CellBox.UNDETERMINED),
        (60, (50, 70), CellBox.UNDETERMINED),
        (60, (51, 70), CellBox.OVER_50),
        (None, None, CellBox.UNDETERMINED),
        (0, None, CellBox.UP_TO_50),
    ],
)
def test_scenario_24_the_box_goes_by_the_interval(
    n: int | None, interval: tuple[int, int] | None, box: CellBox
) -> None:
    assert cell_box(n, interval) is box


def test_rows_are_those_of_the_template_and_the_capsule_is_portal() -> None:
    vessels = [
        InvadedVessel("a", 900.0, 20, kind=Kind.PORTAL),
        InvadedVessel("b", 2500.0, 51, kind=Kind.CAPSULAR),
        InvadedVessel("c", None, None, Location.PERITUMORAL_FAR, kind=Kind.PORTAL),
        InvadedVessel("d", 300.0, 9, status=Status.UNCERTAIN, kind=Kind.HEPATIC),
        InvadedVessel("e", kind=Kind.LYMPHATIC),
    ]
    rows = {row.kind: row for row in count_kinds(vessels, 10_000.0)}
    assert list(rows) == [Kind.PORTAL, Kind.HEPATIC, Kind.ARTERY, Kind.LYMPHATIC]
    portal = rows[Kind.PORTAL]
    assert (portal.n, portal.farthest_um, portal.n_far_unmeasured) == (3, 2500.0, 1)
    assert portal.boxes == {CellBox.UP_TO_50: 1, CellBox.OVER_50: 1, CellBox.UNDETERMINED: 1}
    assert portal.box is CellBox.OVER_50
    assert (rows[Kind.HEPATIC].n, rows[Kind.HEPATIC].n_uncertain) == (0, 1)
    assert rows[Kind.HEPATIC].box is None
    assert (rows[Kind.LYMPHATIC].n_unknown, rows[Kind.LYMPHATIC].box) == (1, CellBox.UNDETERMINED)
    assert rows[Kind.ARTERY].n == 0


def test_vessels_of_no_known_kind_have_a_row_only_where_there_are_any() -> None:
    assert [row.kind for row in count_kinds([InvadedVessel("a", 1.0)], 10_000.0)][
        -1
    ] is Kind.UNKNOWN
