"""Suggested patches in a panel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.suggest import SuggestPanel


def test_a_click_on_a_patch_goes_there(
    make: Callable[..., Any], desk: Desk, tmp_path: Path
) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 0], [x + 100, 0], [x + 100, 100], [x, 0]]],
            },
            "properties": {"name": f"patch {x}"},
        }
        for x in (0, 3000)
    ]
    path = tmp_path / "next.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    panel = make(SuggestPanel)
    panel.show_file(path)
    assert [panel.list.item(i).text() for i in range(2)] == ["patch 0", "patch 3000"]
    panel.list.setCurrentRow(1)
    view = desk.canvas.view
    # The centroid of the triangle.
    assert (view.left + view.right) / 2 == pytest.approx(3000 + 200 / 3, abs=0.1)
