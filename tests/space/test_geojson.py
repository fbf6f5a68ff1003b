from __future__ import annotations

import pytest
from shapely import Polygon

from pathoflow.space.geojson import polygon_json, polygon_of


def test_a_polygon_keeps_its_holes_and_two_digits() -> None:
    drawn = Polygon([(0, 0), (10.004, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4)]])
    plain = polygon_json(drawn)
    assert plain["type"] == "Polygon"
    assert plain["coordinates"][0][1] == [10.0, 0.0]
    assert polygon_of(plain).equals(Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], drawn.interiors))


def test_anything_else_than_a_polygon_is_refused() -> None:
    with pytest.raises(ValueError, match="not a Point"):
        polygon_of({"type": "Point", "coordinates": [1.0, 2.0]})
