from __future__ import annotations

import dataclasses
import pickle

import pytest
from shapely import box

from pathoflow.space import Box, Point
from pathoflow.vessels import Vessel


def vessel() -> Vessel:
    return Vessel("id", 1, box(0, 0, 4, 2), Point(1, 2), Box(0, 0, 2, 4), 8.0, 3.19, 0.9, False)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        vessel().area_um2 = 1.0  # type: ignore[misc]


def test_records_compare_by_content_and_travel_to_other_processes() -> None:
    assert vessel() == vessel()
    assert pickle.loads(pickle.dumps(vessel())) == vessel()
