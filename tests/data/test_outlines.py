from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from shapely import MultiPolygon, Polygon, box

from pathoflow.data import read_geojson
from pathoflow.data.outlines import mended, moved
from pathoflow.errors import UsageError
from pathoflow.space import Box

BOW_TIE = [[[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]]
GEOMETRY = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]]}
FEATURE: dict[str, Any] = {"type": "Feature", "geometry": GEOMETRY, "properties": {}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vessels.geojson"


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "data",
    [
        {"type": "FeatureCollection", "features": [FEATURE]},
        [FEATURE],
        FEATURE,
        GEOMETRY,
        [GEOMETRY],
    ],
    ids=["collection", "array", "feature", "geometry", "geometries"],
)
def test_every_shape_of_file_is_read(path: Path, data: Any) -> None:
    (outline,) = read_geojson(written(path, data))
    assert outline.polygon.equals(box(0, 0, 4, 2))
    assert (outline.id, outline.name, outline.class_name) == (None, None, None)


def test_several_parts_make_one_outline_and_points_none(path: Path) -> None:
    parts = [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [7, 5], [7, 7], [5, 5]]]]
    multi = {**FEATURE, "geometry": {"type": "MultiPolygon", "coordinates": parts}}
    point = {**FEATURE, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    nothing = {**FEATURE, "geometry": None}
    (outline,) = read_geojson(written(path, [multi, point, nothing]))
    assert isinstance(outline.polygon, MultiPolygon)
    assert outline.polygon.area == 0.5 + 2.0


def test_children_of_an_object_are_read_too(path: Path) -> None:
    parent = {**FEATURE, "properties": {"name": "a", "childObjects": [FEATURE, FEATURE]}}
    assert len(read_geojson(written(path, parent))) == 3


@pytest.mark.parametrize(
    ("classification", "name"),
    [
        ("Vessel", "Vessel"),
        ({"name": "Vessel: MVI", "color": [1, 2, 3]}, "Vessel: MVI"),
        ({"names": ["Vessel", "MVI"], "color": [1, 2, 3]}, "Vessel: MVI"),
        ({"color": [1, 2, 3]}, None),
        (None, None),
    ],
)
def test_old_and_new_ways_to_name_a_class(
    path: Path, classification: Any, name: str | None
) -> None:
    feature = {**FEATURE, "properties": {"classification": classification}}
    assert read_geojson(written(path, feature))[0].class_name == name


def test_repeated_keys_a_byte_order_mark_and_an_open_ring_are_put_up_with(path: Path) -> None:
    text = (
        '{"type":"Feature","id":"x","geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,2],[0,2]]]},'
        '"properties":{"metadata":{"a":"1"},"name":"n","metadata":{"a":"2"}}}'
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    (outline,) = read_geojson(path)
    assert (outline.id, outline.name) == ("x", "n")
    assert outline.polygon.equals(box(0, 0, 4, 2))


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps(FEATURE).encode()))
    assert len(read_geojson(path)) == 1


def test_a_self_crossing_drawing_is_mended_when_read(path: Path) -> None:
    (outline,) = read_geojson(written(path, {"type": "Polygon", "coordinates": BOW_TIE}))
    assert outline.polygon.is_valid
    assert outline.polygon.area == pytest.approx(5000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "7",
        "{}",
        '{"type":"Feature"}',
        '{"type":"Shape"}',
        '{"type":"FeatureCollection"}',
        '["a"]',
        '{"type":"Polygon","coordinates":[[[0,0],["a",1],[1,1]]]}',
        '{"type":"Polygon","coordinates":3}',
    ],
)
def test_what_is_no_geojson_is_refused_with_its_path(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(UsageError, match=r"vessels\.geojson"):
        read_geojson(path)


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="check the path"):
        read_geojson(tmp_path / "none.geojson")
    (tmp_path / "a.gz").write_bytes(b"not gzip")
    with pytest.raises(UsageError, match=r"a\.gz"):
        read_geojson(tmp_path / "a.gz")


@pytest.mark.parametrize(
    ("origin", "shift"), [(None, (3, 5)), ("openslide-bounds", (3, 5)), ("level0", (0, 0))]
)
def test_bounds_are_added_unless_an_object_counts_from_level_0(
    path: Path, origin: str | None, shift: tuple[int, int]
) -> None:
    metadata = {} if origin is None else {"metadata": {"origin": origin}}
    written(path, {**FEATURE, "properties": metadata})
    (outline,) = read_geojson(path, bounds=Box(top=5, left=3, height=90, width=90))
    dx, dy = shift
    assert outline.polygon.equals(box(dx, dy, 4 + dx, 2 + dy))


def test_unknown_bounds_are_asked_for(path: Path) -> None:
    written(path, {**FEATURE, "properties": {"metadata": {"origin": "openslide-bounds"}}})
    with pytest.raises(UsageError, match="give the slide they belong to"):
        read_geojson(path)


def test_moving_there_and_back_changes_nothing() -> None:
    square, bounds = box(10, 20, 30, 40), Box(7, 3, 50, 50)
    assert moved(square, bounds, -1).equals(box(7, 13, 27, 33))
    assert moved(moved(square, bounds, -1), bounds, +1).equals(square)
    assert moved(square, None, -1) is square


def test_mending_keeps_what_a_ring_covers_twice() -> None:
    # A square of 20 with a second lap round a square of 10 in its corner.
    twice = Polygon([(0, 0), (20, 0), (20, 20), (0, 20), (0, 0), (10, 0), (10, 10), (0, 10)])
    assert mended(twice).area == pytest.approx(400)
