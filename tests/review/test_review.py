from __future__ import annotations

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.review import Review
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR

V = made_vessel_id("A", 0)


def test_labels_are_exported_as_they_are_now_or_as_signed(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    assert isinstance(case.review, Review)
    case.review.reject(V, "rbc")
    names = {path.name for path in case.review.export_labels(made.out / "labels")}
    assert names == {"A.geojson", "rejected.csv"}
    assert f"A,{V},rbc,0.9" in (made.out / "labels" / "rejected.csv").read_text()
    with pytest.raises(ReviewRefused, match="no signed version 1"):
        case.review.export_labels(made.out / "labels", version=1)
