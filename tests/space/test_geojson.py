from __future__ import annotations

from shapely import Polygon
from shapely.geometry import shape

from pathoflow.space.geojson import polygon_json


def test_a_polygon_keeps_its_holes_and_two_digits() -> None:
    drawn = Polygon([(0, 0), (10.004, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4)]])
    plain = polygon_json(drawn)
    assert plain["type"] == "Polygon"
    assert plain["coordinates"][0][1] == [10.0, 0.0]
    assert shape(plain).equals(Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], drawn.interiors))
