"""Slices off the main thread, for one layer of one viewer."""

from __future__ import annotations

from typing import Any

import numpy as np

from napari_pathoflow.background import allow_background, slice_in_background


def test_a_step_of_the_camera_asks_the_viewer_and_does_not_slice_at_once(viewer: Any) -> None:
    layer = viewer.add_image([np.zeros((64, 64)), np.zeros((16, 16))], multiscale=True)
    allow_background(viewer)
    slice_in_background(layer)
    asked: list[Any] = []
    layer.events.reload.connect(lambda event: asked.append(event.layer))
    made: list[int] = []
    layer.set_view_slice = lambda: made.append(1)
    layer._data_level = 0
    layer.refresh(extent=False, thumbnail=False)
    assert asked == [layer]
    assert made == []
    viewer._layer_slicer.wait_until_idle()


def test_other_layers_of_the_viewer_slice_at_once_as_before(viewer: Any) -> None:
    allow_background(viewer)
    points = viewer.add_points(np.zeros((3, 2)))
    asked: list[Any] = []
    points.events.reload.connect(asked.append)
    points.data = np.ones((2, 2))
    assert asked == []
    viewer._layer_slicer.wait_until_idle()
