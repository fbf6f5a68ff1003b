"""The rules our GeoJSON is held to are themselves held to files that QuPath refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pathoflow.interchange import write_geojson
from pathoflow.store import Result

Rings = list[list[list[float]]]
MakeResult = Callable[..., Result]
Problems = Callable[[Any], list[str]]

BOW_TIE: Rings = [[[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]]
HOLE_OUTSIDE: Rings = [
    [[0, 0], [50, 0], [50, 50], [0, 50], [0, 0]],
    [[40, 10], [70, 10], [70, 20], [40, 20], [40, 10]],
]
SPECK: Rings = [[[5, 5], [5.9, 5], [5.9, 5.9], [5, 5.9], [5, 5]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vessels.geojson"


def put(feature: Any, *steps: Any, value: Any) -> None:
    for step in steps[:-1]:
        feature = feature[step]
    feature[steps[-1]] = value


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("id",), "V1"),
        (("type",), "Thing"),
        (("geometry",), {"type": "GeometryCollection", "geometries": []}),
        (
            (
                "geometry",
                "coordinates",
            ),
            BOW_TIE,
        ),
        (
            (
                "geometry",
                "coordinates",
            ),
            HOLE_OUTSIDE,
        ),
        (
            (
                "geometry",
                "coordinates",
            ),
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
def test_the_rules_themselves_catch_what_qupath_would_refuse(
    make_result: MakeResult,
    square: Rings,
    path: Path,
    qupath_problems: Problems,
    place: tuple[Any, ...],
    value: Any,
) -> None:
    write_geojson(make_result(square), path)
    data = json.loads(path.read_text("utf-8"))
    spoilt = copy.deepcopy(data)
    put(spoilt["features"][0], *place, value=value)
    assert qupath_problems(data) == []
    assert qupath_problems(spoilt) != []
