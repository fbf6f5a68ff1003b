"""Slides and results as tuples of layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from napari.layers import Layer
from shapely import box

from napari_pathoflow import layers
from napari_pathoflow.crop import Crop
from napari_pathoflow.viewport import drawn
from pathoflow.space import Box, Mpp
from pathoflow.store import open_pyramid


@pytest.fixture
def analysis(painted_out: Path) -> Path:
    return painted_out / "CASE-1_B1" / "analysis.zarr"


def test_everything_of_a_result_becomes_a_layer_in_micrometres(analysis: Path) -> None:
    made = [Layer.create(*data) for data in layers.result_layers(analysis)]
    assert {layer.name for layer in made} == {
        "heat map: tumour",
        "heat map: vessel",
        "tumour",
        "vessels",
    }
    for layer in made:
        assert layer.scale == pytest.approx((4.0, 4.0))
        assert str(layer.units[0]) == "micrometer"
        # 4 µm pixels whose outer corner is that of the slide's 0.5 µm ones.
        assert layer.translate == pytest.approx((1.75, 1.75))
        layer_is_heat = layers.role_of(layer) == layers.HEAT_MAP
        assert layer.visible is not layer_is_heat


def test_the_tumours_line_runs_around_its_mask(analysis: Path) -> None:
    pyramid = open_pyramid(analysis, "labels/tumour")
    rings = layers.tumour_rings(pyramid, Mpp(0.5, 0.5))
    area_px = sum(abs(np.sum(r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1])) / 2 for r in rings)
    mask = pyramid.read(pyramid.size.box()) > 0
    # A pixel of the mask is 8 x 8 of the slide's.
    assert area_px == pytest.approx(mask.sum() * 64, rel=0.02)


def test_a_layer_of_somebody_else_has_no_role() -> None:
    from napari.layers import Image

    assert layers.role_of(Image(np.zeros((2, 2)))) is None


def test_the_piece_to_paint_on_is_a_copy_and_lies_over_its_place() -> None:
    crop = Crop.around(box(100, 100, 300, 260), Mpp(0.5, 0.5))
    layer = Layer.create(*layers.crop_layer(crop))
    layer.data[:] = 0
    assert crop.labels.any()
    assert layer.translate == pytest.approx((crop.box.top * 0.5, crop.box.left * 0.5))


def test_drawn_shapes_count_from_corners_and_are_closed() -> None:
    (ring,) = layers.rings_drawn([np.array([[9.5, 19.5], [9.5, 29.5], [14.5, 29.5]])])
    np.testing.assert_array_equal(ring, [[20, 10], [30, 10], [30, 15], [20, 10]])


def test_empty_drawings_and_lines_can_be_made() -> None:
    for data in (layers.drawing_layer(None), layers.measure_layer(Mpp(0.5, 0.25))):
        layer = Layer.create(*data)
        assert len(layer.data) == 0
    assert layer.scale == pytest.approx((0.5, 0.25))
    lines = Layer.create(*layers.line_layer("outlines", "o", drawn([], Mpp(1, 1))))
    assert layers.role_of(lines) == "outlines"


def test_a_field_of_the_slide_is_where_the_slide_says(painted_out: Path) -> None:
    from pathoflow.slide import open_slide

    with open_slide(painted_out / "CASE-1_B1.toml") as slide:
        levels, about, kind = layers.slide_layer(slide)
        assert kind == "image"
        assert about["scale"] == (0.5, 0.5)
        wanted = slide.read(Box(1000, 2000, 64, 32))
        np.testing.assert_array_equal(levels[0][1000:1064, 2000:2032], wanted)
