"""Drawing labels and walking suggestions at the desk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from pathoflow.data.outlines import read_geojson
from pathoflow.errors import UsageError


def test_drawn_outlines_become_a_label_set_beside_the_results(desk: Desk, out: Path) -> None:
    desk.teaching.begin()
    layer = desk.canvas.layer(layers.DRAWING)
    assert layer is not None
    layer.add_polygons([np.array([[0, 0], [0, 90], [60, 90], [60, 0]], float)])
    path, n_outlines = desk.teaching.keep("vessel")
    assert path.parent == out / "labels"
    assert n_outlines == 1
    (one,) = read_geojson(path)
    assert one.polygon.area == 90 * 60
    # The drawing is empty again, so that nothing is kept twice.
    assert len(layer.data) == 0
    with pytest.raises(UsageError, match="nothing was drawn"):
        desk.teaching.keep("vessel")


def test_suggested_patches_are_read_and_gone_to(desk: Desk, tmp_path: Path) -> None:
    ring = [[1000, 2000], [1200, 2000], [1200, 2200], [1000, 2200], [1000, 2000]]
    patch = {"type": "Polygon", "coordinates": [ring]}
    path = tmp_path / "patches.geojson"
    path.write_text(json.dumps(patch), "utf-8")
    assert len(desk.teaching.read_suggestions(path)) == 1
    desk.teaching.go_to(0)
    view = desk.canvas.view
    assert ((view.left + view.right) / 2, (view.top + view.bottom) / 2) == pytest.approx(
        (1100, 2100)
    )
    assert desk.canvas.power == pytest.approx(10.0)


def test_a_file_without_patches_is_said(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "none.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    with pytest.raises(UsageError, match="holds no patches"):
        desk.teaching.read_suggestions(path)
