from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry import shape

from pathoflow.errors import UsageError
from pathoflow.interchange import read_geojson, write_geojson
from pathoflow.space import Box
from pathoflow.store import Result
from pathoflow.testing import qupath_problems

Rings = list[list[list[float]]]
MakeResult = Callable[..., Result]

BOW_TIE: Rings = [[[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]]
SPIKE: Rings = [[[0, 0], [50, 0], [50, 50], [90, 50], [50, 50], [0, 50], [0, 0]]]
HOLE_OUTSIDE: Rings = [
    [[0, 0], [50, 0], [50, 50], [0, 50], [0, 0]],
    [[40, 10], [70, 10], [70, 20], [40, 20], [40, 10]],
]
TOUCHING_ITSELF: Rings = [[[0, 0], [20, 0], [20, 20], [10, 10], [0, 20], [10, 10], [0, 0]]]
WITH_A_HOLE: Rings = [
    [[0, 0], [50, 0], [50, 50], [0, 50], [0, 0]],
    [[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]],
]
# A neck thinner than the grid: two squares that fall apart, or touch, once rounded.
THIN_NECK: Rings = [
    [
        *([0, 0], [9, 0], [9, 4.999], [20, 4.999], [20, 0], [29, 0], [29, 9], [20, 9]),
        *([20, 5.001], [9, 5.001], [9, 9], [0, 9], [0, 0]),
    ]
]
SPECK: Rings = [[[5, 5], [5.9, 5], [5.9, 5.9], [5, 5.9], [5, 5]]]
LINE: Rings = [[[5, 5], [50, 5], [70, 5], [5, 5]]]


def load(path: Path) -> Any:
    return json.loads(path.read_bytes().decode("utf-8"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vessels.geojson"


def test_a_vessel_becomes_an_annotation_with_numbers_text_and_a_class(
    make_result: MakeResult, square: Rings, path: Path
) -> None:
    result = make_result(square, square)
    assert write_geojson(result, path) == ()
    data = load(path)
    assert qupath_problems(data) == []
    first, second = data["features"]
    assert first["id"] == result.vessels[0]["id"]
    assert first["geometry"] == {"type": "Polygon", "coordinates": square}
    assert first["properties"]["objectType"] == "annotation"
    assert [one["properties"]["name"] for one in (first, second)] == ["V0001", "V0002"]
    assert first["properties"]["classification"]["names"] == ["Vessel", "MVI candidate"]
    assert second["properties"]["classification"]["names"] == ["Vessel"]
    assert first["properties"]["measurements"] == {
        "p vessel": 0.97,
        "p MVI": 0.93,
        "Area um^2": 2700.0,
        "Equivalent diameter um": 58.63,
        "Tumour cells": 37,
        "Distance to tumour um": 4210.0,
        "Tumour cells low": 30,
        "Tumour cells high": 44.5,
    }


def test_metadata_says_what_a_reader_must_know(
    make_result: MakeResult, square: Rings, path: Path
) -> None:
    write_geojson(make_result(square), path)
    metadata = load(path)["features"][0]["properties"]["metadata"]
    assert metadata["origin"] == "level0"
    assert metadata["state"] == "candidate"
    assert metadata["reviewed"] == "false"
    assert metadata["kind"] == "portal"
    assert metadata["flags"] == "fold;pen"
    assert metadata["mpp"] == "0.5"
    assert metadata["model_sha256"] == "cd" * 32
    assert "research use only" in metadata["note"]
    # Unknown is left out.
    assert "attachment" not in metadata


def test_the_file_is_utf8_without_byte_order_mark_and_the_same_each_time(
    make_result: MakeResult, square: Rings, path: Path
) -> None:
    result = make_result(square)
    write_geojson(result, path)
    first = path.read_bytes()
    write_geojson(result, path)
    assert path.read_bytes() == first
    assert first.startswith(b'{"type": "FeatureCollection"')
    assert "Fall 7 肝".encode() in first


def test_no_vessels_make_a_valid_empty_collection(make_result: MakeResult, path: Path) -> None:
    write_geojson(make_result(), path)
    assert load(path)["features"] == []
    assert qupath_problems(load(path)) == []


@pytest.mark.parametrize(
    ("rings", "area"),
    [
        (BOW_TIE, 2 * 50 * 100 / 2),
        (SPIKE, 50 * 50),
        (HOLE_OUTSIDE, 50 * 50 - 10 * 10),
        (TOUCHING_ITSELF, 20 * 10),
        (WITH_A_HOLE, 50 * 50 - 10 * 10),
        (THIN_NECK, 2 * 9 * 9),
    ],
    ids=["bow tie", "spike", "hole outside", "touching itself", "hole", "thin neck"],
)
def test_any_outline_is_mended_until_qupath_takes_it(
    make_result: MakeResult, path: Path, rings: Rings, area: float
) -> None:
    write_geojson(make_result(rings), path)
    data = load(path)
    assert qupath_problems(data) == []
    assert shape(data["features"][0]["geometry"]).area == pytest.approx(area, abs=0.3)


@pytest.mark.parametrize("rings", [SPECK, LINE], ids=["speck", "line"])
def test_what_has_no_area_is_not_drawn_but_named(
    make_result: MakeResult, square: Rings, path: Path, rings: Rings
) -> None:
    result = make_result(square, rings)
    lost = result.vessels[1]["id"]
    assert write_geojson(result, path) == (lost,)
    assert load(path)["pathoflow"]["not_drawn"] == [lost]
    assert len(load(path)["features"]) == 1


coordinate = st.floats(0, 300, allow_nan=False, width=32)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12))
def test_scribbles_never_break_the_import(
    make_result: MakeResult,
    path: Path,
    scribble: list[tuple[float, float]],
) -> None:
    ring = [[float(x), float(y)] for x, y in scribble]
    write_geojson(make_result([[*ring, ring[0]]]), path)
    assert qupath_problems(load(path)) == []


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10_000), st.integers(3, 200), st.floats(5, 5000))
def test_round_trip_keeps_id_class_and_outline_within_a_hundredth_of_a_pixel(
    make_result: MakeResult, path: Path, centre: int, n_corners: int, radius: float
) -> None:
    angles = [2 * math.pi * i / n_corners for i in range(n_corners)]
    ring = [[centre + radius * math.cos(a), 77 + radius * math.sin(a)] for a in angles]
    result = make_result([[*ring, ring[0]]])
    write_geojson(result, path)
    (outline,) = read_geojson(path)
    assert outline.id == result.vessels[0]["id"]
    assert (outline.name, outline.class_name) == ("V0001", "Vessel: MVI candidate")
    assert outline.polygon.hausdorff_distance(Polygon(ring)) < 0.01


def test_bounds_are_subtracted_for_qupath_and_added_when_read(
    make_result: MakeResult, square: Rings, path: Path
) -> None:
    bounds = Box(top=1500, left=200, height=9000, width=8000)
    write_geojson(make_result(square), path, bounds=bounds)
    feature = load(path)["features"][0]
    assert feature["geometry"]["coordinates"][0][0] == [1000 - 200, 2000 - 1500]
    assert feature["properties"]["metadata"]["origin"] == "openslide-bounds"
    assert read_geojson(path, bounds=bounds)[0].polygon.equals(Polygon(square[0]))
    with pytest.raises(UsageError, match="count from the corner of the slide's scanned bounds"):
        read_geojson(path)


def test_bounds_are_not_added_to_what_counts_from_level_0(
    make_result: MakeResult, square: Rings, path: Path
) -> None:
    write_geojson(make_result(square), path)
    outline = read_geojson(path, bounds=Box(10, 10, 100, 100))[0]
    assert outline.polygon.equals(Polygon(square[0]))
