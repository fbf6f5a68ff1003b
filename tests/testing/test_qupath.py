"""The rules our GeoJSON is held to are themselves held to files that QuPath refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pathoflow.testing import qupath_problems

Rings = list[list[list[float]]]

BOW_TIE: Rings = [[[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]]
HOLE_OUTSIDE: Rings = [
    [[0, 0], [50, 0], [50, 50], [0, 50], [0, 0]],
    [[40, 10], [70, 10], [70, 20], [40, 20], [40, 10]],
]
SPECK: Rings = [[[5, 5], [5.9, 5], [5.9, 5.9], [5, 5.9], [5, 5]]]


@pytest.fixture
def good() -> dict[str, Any]:
    """One annotation as QuPath itself exports it."""
    feature = {
        "type": "Feature",
        "id": "6f1c1d0e-6f0b-4f43-9f4e-0f8f4dbb4b52",
        "geometry": {
            "type": "Polygon",
            "coordinates": [
                [[1000, 2000], [1120.25, 2000], [1120.25, 2090], [1000, 2090], [1000, 2000]]
            ],
        },
        "properties": {
            "objectType": "annotation",
            "classification": {"names": ["Vessel", "MVI"], "color": [214, 39, 40]},
            "isLocked": False,
            "measurements": {"p MVI": 0.93},
            "metadata": {"mpp": "0.5"},
        },
    }
    return {"type": "FeatureCollection", "features": [feature]}


def put(feature: Any, *steps: Any, value: Any) -> None:
    for step in steps[:-1]:
        feature = feature[step]
    feature[steps[-1]] = value


def test_an_export_of_qupath_itself_has_no_problem(good: dict[str, Any]) -> None:
    assert qupath_problems(good) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("id",), "V1"),
        (("type",), "Thing"),
        (("geometry",), {"type": "GeometryCollection", "geometries": []}),
        (
            ("geometry", "coordinates"),
            BOW_TIE,
        ),
        (
            ("geometry", "coordinates"),
            HOLE_OUTSIDE,
        ),
        (
            ("geometry", "coordinates"),
            SPECK,
        ),
        (
            (
                "geometry",
                "coordinates",
                0,
                -1,
            ),
            [7, 7],
        ),
        (
            (
                "geometry",
                "coordinates",
                0,
                1,
            ),
            [1120.123, 2000],
        ),
        (
            (
                "geometry",
                "crs",
            ),
            {},
        ),
        (
            (
                "properties",
                "objectType",
            ),
            "vessel",
        ),
        (
            (
                "properties",
                "classification",
                "color",
            ),
            None,
        ),
        (
            (
                "properties",
                "classification",
                "names",
            ),
            ["Vessel: MVI"],
        ),
        (
            (
                "properties",
                "measurements",
                "p MVI",
            ),
            "high",
        ),
        (
            (
                "properties",
                "measurements",
                "p MVI",
            ),
            None,
        ),
        (
            (
                "properties",
                "metadata",
                "mpp",
            ),
            0.5,
        ),
    ],
)
def test_what_qupath_would_refuse_or_lose_is_named(
    good: dict[str, Any], place: tuple[Any, ...], value: Any
) -> None:
    spoilt = copy.deepcopy(good)
    put(spoilt["features"][0], *place, value=value)
    assert len(qupath_problems(spoilt)) >= 1


def test_two_objects_of_one_id_and_a_file_that_is_no_collection_are_named(
    good: dict[str, Any],
) -> None:
    twice = {**good, "features": good["features"] * 2}
    assert any("share an id" in problem for problem in qupath_problems(twice))
    assert qupath_problems([]) == qupath_problems({"type": "Feature"}) != []
