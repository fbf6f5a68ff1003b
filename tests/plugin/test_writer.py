"""Drawn outlines as GeoJSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_pathoflow.writer import write_shapes
from pathoflow.data.outlines import read_geojson
from pathoflow.errors import UsageError


def test_what_was_drawn_is_read_back_where_it_was_drawn(tmp_path: Path) -> None:
    square = np.array([[9.5, 19.5], [9.5, 29.5], [14.5, 29.5], [14.5, 19.5]])
    line = np.array([[0, 0], [5, 5]])
    path = tmp_path / "drawn.geojson"
    about = {"shape_type": ["polygon", "line"]}
    assert write_shapes(str(path), [square, line], about) == [str(path)]
    (found,) = read_geojson(path)
    assert found.polygon.bounds == (20, 10, 30, 15)
    assert found.class_name == "Vessel"


def test_a_crossing_line_is_mended_so_that_others_can_import_it(tmp_path: Path) -> None:
    bow = np.array([[0, 0], [10, 10], [10, 0], [0, 10]], float)
    path = tmp_path / "bow.geojson"
    write_shapes(str(path), [bow], {"shape_type": ["polygon"]})
    assert all(one.polygon.is_valid for one in read_geojson(path))


def test_a_layer_without_an_area_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no polygons"):
        write_shapes(str(tmp_path / "x.geojson"), [np.zeros((2, 2))], {"shape_type": ["line"]})
    assert not (tmp_path / "x.geojson").exists()
