from __future__ import annotations

import pytest

from pathoflow.errors import UsageError
from pathoflow.review.records import Records
from pathoflow.store import save_result
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_result, made_vessel_id
from tests.review.conftest import NEAR


def test_tumours_and_pieces_are_traced_where_they_were_painted(mapped: MadeCase) -> None:
    record = Records(mapped.out)["A"]
    (tumour,) = record.tumours
    # Traced through pixel centres, so corners are cut by a part of a pixel of 4 x 4.
    assert tumour.bounds == pytest.approx((800, 400, 2400, 1200))
    assert tumour.area == pytest.approx(1600 * 800, rel=0.001)
    assert {number: piece.bounds for number, piece in record.pieces.items()} == {
        1: pytest.approx((0, 0, 4000, 2400)),
        2: pytest.approx((0, 2800, 4000, 3600)),
    }


def test_outlines_are_the_machines(mapped: MadeCase) -> None:
    record = Records(mapped.out)["A"]
    outline = record.outline(made_vessel_id("A", 1))
    assert outline is not None
    assert outline.bounds == (1200, 2000, 1320, 2090)
    assert record.outline("strange") is None


def test_a_slide_is_known_again_by_its_file_and_by_what_was_found(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    known = Records(made.out)["A"].fingerprint
    # Another time of running is no other answer.
    data = made_result("A", [NEAR])
    data["provenance"]["finished_utc"] = "2027-01-01T00:00:00Z"
    save_result(made.out / "A", data)
    assert Records(made.out)["A"].fingerprint == known
    save_result(made.out / "A", made_result("A", [NEAR.but(n_cells=3)]))
    assert Records(made.out)["A"].fingerprint != known


def test_a_slide_without_a_result_has_nothing(made: MadeCase) -> None:
    records = Records(made.out)
    assert (records["A"].result, records["A"].fingerprint, records["A"].rows) == (None, None, {})
    assert (records["A"].tumours, records["A"].pieces) == ((), {})
    with pytest.raises(UsageError):
        _ = records["A"].mpp
    made.slide("A", [NEAR])
    records.forget()
    assert records["A"].result is not None
