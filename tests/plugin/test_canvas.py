"""What is seen of a slide, on napari's model without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_pathoflow import layers
from napari_pathoflow.canvas import Canvas
from napari_pathoflow.desk import Desk
from napari_pathoflow.preferences import Preferences
from pathoflow.errors import MppUnknown
from pathoflow.phantom import FileLayout, PhantomSpec, write_slide
from pathoflow.slide import open_slide
from pathoflow.space import Point


def test_a_vessel_is_shown_in_the_middle_at_the_wanted_power(desk: Desk) -> None:
    one = desk.session.candidates[2]
    desk.go_to(one.id, power=20.0)
    view = desk.canvas.view
    assert ((view.top + view.bottom) / 2, (view.left + view.right) / 2) == pytest.approx(
        (one.centre.y, one.centre.x)
    )
    height, width = desk.viewer.canvas.size
    # 20x: 0.5 µm per screen pixel, which is one pixel of this slide.
    assert view.right - view.left == pytest.approx(width)
    assert view.bottom - view.top == pytest.approx(height)
    assert desk.canvas.power == pytest.approx(20.0)


def test_on_a_dense_screen_the_same_power_zooms_half_as_far(desk: Desk) -> None:
    desk.canvas.device_pixel_ratio = 2.0
    desk.canvas.set_power(20.0)
    view = desk.canvas.view
    assert view.right - view.left == pytest.approx(2 * desk.viewer.canvas.size[1])


def test_the_overview_holds_the_whole_slide(desk: Desk) -> None:
    desk.canvas.overview()
    view, size = desk.canvas.view, desk.session.slides["CASE-1_B1"].size
    assert view.top < 0
    assert view.left < 0
    assert view.bottom > size.height
    assert view.right > size.width


def test_heat_outlines_and_tumour_are_off_until_asked_for_and_remembered(
    desk: Desk, tmp_path: Path
) -> None:
    heat = desk.canvas.layer(layers.HEAT_MAP)
    assert heat is not None
    assert not heat.visible
    tumour = desk.canvas.layer(layers.TUMOUR)
    assert tumour is not None
    assert not tumour.visible
    assert desk.canvas.layer(layers.OUTLINES) is None
    for what in (layers.HEAT_MAP, layers.OUTLINES, layers.TUMOUR):
        assert desk.canvas.switch(what)
    assert heat.visible
    assert tumour.visible
    outlines = desk.canvas.layer(layers.OUTLINES)
    assert outlines is not None
    assert len(outlines.data) > 0
    again = Preferences.load(tmp_path / "config")
    assert (again.show_heat, again.show_outlines, again.show_tumour) == (True, True, True)
    assert not desk.canvas.switch(layers.HEAT_MAP)
    assert not heat.visible


def test_only_outlines_near_the_view_are_drawn(desk: Desk) -> None:
    desk.canvas.switch(layers.OUTLINES)
    one = desk.session.candidates[0]
    desk.go_to(one.id, power=40.0)
    layer = desk.canvas.layer(layers.OUTLINES)
    assert layer is not None
    view = desk.canvas.view
    rim = max(view.bottom - view.top, view.right - view.left)
    starts = layer.data[:, 0] / 0.5 + 0.5
    assert (starts[:, 0] > view.top - rim).all()
    assert (starts[:, 0] < view.bottom + rim).all()
    first = one.rings[0][0][::-1]
    assert np.isclose(starts, first).all(axis=1).any()


def test_lines_keep_their_width_on_the_screen(desk: Desk) -> None:
    desk.canvas.switch(layers.OUTLINES)
    layer = desk.canvas.layer(layers.SELECTED)
    assert layer is not None
    widths = []
    for power in (10.0, 40.0):
        desk.canvas.set_power(power)
        # µm of width times pixels per µm.
        widths.append(layer.edge_width * desk.viewer.scene.camera.zoom)
    assert widths[0] == pytest.approx(widths[1], rel=0.11)


def test_the_heat_map_lies_over_the_tissue_it_was_made_of(desk: Desk) -> None:
    heat, slide = desk.canvas.layer(layers.HEAT_MAP), desk.canvas.layer(layers.SLIDE)
    assert heat is not None
    assert slide is not None
    # Both grids share their outer corner: half a pixel before the centre of the first pixel.
    for axis in (0, 1):
        corner = heat.translate[axis] - heat.scale[axis] / 2
        assert corner == pytest.approx(slide.translate[axis] - slide.scale[axis] / 2)


def test_async_slicing_is_switched_on_for_this_viewer_alone(viewer: Any) -> None:
    from napari.components import ViewerModel
    from napari.settings import get_settings

    Canvas(viewer, Preferences())
    other = ViewerModel()
    assert not viewer._layer_slicer._force_sync
    assert other._layer_slicer._force_sync
    assert not get_settings().experimental.async_
    other._layer_slicer.shutdown()


def test_without_a_scale_powers_are_refused_and_the_slide_is_shown_all_the_same(
    viewer: Any, tmp_path: Path
) -> None:
    layout = FileLayout(format="tiff", mpp_in_header=False)
    spec = PhantomSpec(seed=1, size_px=(600, 700), mpp=0.5, family="test", vessels=0, file=layout)
    write_slide(spec, tmp_path / "bare.tiff")
    canvas = Canvas(viewer, Preferences())
    with open_slide(tmp_path / "bare.tiff") as slide:
        canvas.show_slide(slide)
        with pytest.raises(MppUnknown, match="bare gives no micrometres per pixel"):
            canvas.set_power(10.0)
        assert canvas.power is None
        layer = canvas.layer(layers.SLIDE)
        assert layer is not None
        assert str(layer.units[0]) == "pixel"
        canvas.look_at(Point(100.5, 200.5))
        assert viewer.scene.camera.center[-2:] == pytest.approx((100.0, 200.0))
        viewer.layers.clear()


def test_layers_of_others_stay_when_the_slide_goes(desk: Desk) -> None:
    own = desk.viewer.add_image(np.zeros((8, 8)), name="mine")
    desk.canvas.clear()
    assert list(desk.viewer.layers) == [own]
