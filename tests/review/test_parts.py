from __future__ import annotations

import pytest
import shapely
from shapely import box

from pathoflow.review.parts import part_outline
from pathoflow.review.records import Records
from pathoflow.testing.cases import MadeCase


def test_two_round_vessels_with_a_neck_are_two_and_one_is_one(mapped: MadeCase) -> None:
    record = Records(mapped.out)["A"]
    # Circles of 60 µm at 0.5 µm per pixel that overlap a little.
    one, other = shapely.Point(500, 500).buffer(60), shapely.Point(612, 500).buffer(60)
    parts = part_outline(one.union(other), record)
    assert len(parts) == 2
    assert sum(part.area for part in parts) == pytest.approx(one.union(other).area, rel=0.05)
    assert part_outline(one, record) == [one]
    assert part_outline(box(0, 0, 300, 100), record) == [box(0, 0, 300, 100)]
