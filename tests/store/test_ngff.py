from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.space import Mpp, Point, Size
from pathoflow.store.ngff import (
    Label,
    image_attributes,
    key_image_attributes,
    label_attributes,
    multiscales,
    parse_levels,
    plan_levels,
)

sides = st.integers(1, 10_000)


def some_levels(n_levels: int = 3):
    return plan_levels(Size(1001, 600), Mpp(2.0, 1.0), Point(0.5, 0.25), n_levels)


def test_sizes_halve_and_round_up() -> None:
    assert [level.size.shape for level in some_levels()] == [(1001, 600), (501, 300), (251, 150)]
    assert [level.name for level in some_levels()] == ["s0", "s1", "s2"]


@settings(deadline=None, max_examples=40)
@given(sides, sides, st.integers(1, 8))
def test_outer_corners_of_all_levels_coincide(height: int, width: int, n_levels: int) -> None:
    # The corner of the first pixel lies half a pixel before its centre.
    for level in plan_levels(Size(height, width), Mpp(0.5, 0.25), Point(3.0, -1.0), n_levels):
        assert level.translation_um.y - level.mpp.y / 2 == pytest.approx(3.0 - 0.25)
        assert level.translation_um.x - level.mpp.x / 2 == pytest.approx(-1.0 - 0.125)


def test_the_centre_of_a_coarse_pixel_is_the_mean_of_the_centres_it_stands_for() -> None:
    fine, coarse, _ = some_levels()
    row = 7
    centres = [fine.translation_um.y + fine.mpp.y * i for i in (2 * row, 2 * row + 1)]
    assert coarse.translation_um.y + coarse.mpp.y * row == pytest.approx(sum(centres) / 2)


def test_scale_stands_before_translation_in_micrometres_y_before_x() -> None:
    entry = multiscales("vessel", some_levels(), "mean")
    assert entry["axes"] == [
        {"name": "y", "type": "space", "unit": "micrometer"},
        {"name": "x", "type": "space", "unit": "micrometer"},
    ]
    assert entry["datasets"][1] == {
        "path": "s1",
        "coordinateTransformations": [
            {"type": "scale", "scale": [4.0, 2.0]},
            {"type": "translation", "translation": [1.5, 0.75]},
        ],
    }


def test_rgb_has_a_channel_axis_in_front_that_nothing_scales() -> None:
    entry = multiscales("overview", some_levels(), "mean", is_rgb=True)
    assert [axis["name"] for axis in entry["axes"]] == ["c", "y", "x"]
    assert entry["datasets"][0]["coordinateTransformations"][0]["scale"] == [1.0, 2.0, 1.0]
    channels = image_attributes(entry, is_rgb=True)["ome"]["omero"]["channels"]
    assert [channel["color"] for channel in channels] == ["FF0000", "00FF00", "0000FF"]


def test_levels_survive_being_written_down() -> None:
    levels = some_levels()
    sizes = [level.size for level in levels]
    assert parse_levels(multiscales("a", levels, "mode"), sizes) == levels


def test_labels_without_values_have_no_empty_lists() -> None:
    about = label_attributes(multiscales("vessels", some_levels(), "mode"), [])["ome"][
        "image-label"
    ]
    assert about == {"source": {"image": "../../"}}


def test_labels_carry_colours_and_properties_by_value() -> None:
    labels = [Label(1, (1, 2, 3, 4)), Label(9, (9, 9, 9, 255), {"class": "Vessel"})]
    ome = label_attributes(multiscales("vessels", some_levels(), "mode"), labels)["ome"]
    assert ome["version"] == "0.5"
    assert ome["image-label"]["colors"] == [
        {"label-value": 1, "rgba": [1, 2, 3, 4]},
        {"label-value": 9, "rgba": [9, 9, 9, 255]},
    ]
    assert ome["image-label"]["properties"] == [
        {"label-value": 1},
        {"label-value": 9, "class": "Vessel"},
    ]


def test_the_root_points_to_the_levels_of_its_key_image() -> None:
    entry = multiscales("vessel", some_levels(), "mean")
    root = key_image_attributes("probability/vessel", entry)["ome"]
    assert [one["path"] for one in root["multiscales"][0]["datasets"]] == [
        "probability/vessel/s0",
        "probability/vessel/s1",
        "probability/vessel/s2",
    ]
    # The image's own metadata is not touched.
    assert entry["datasets"][0]["path"] == "s0"
