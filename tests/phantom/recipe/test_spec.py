from __future__ import annotations

from typing import Any

import pytest

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.spec import (
    Artefacts,
    ContentMix,
    FileLayout,
    PhantomSpec,
    most_levels,
)
from pathoflow.space import Size

FOUR: dict[str, Any] = {"seed": 7, "size_px": (2000, 3000), "mpp": 0.5, "family": "train"}


def test_four_values_are_enough_and_the_rest_is_left_to_the_family() -> None:
    spec = PhantomSpec(**FOUR)
    assert spec.size.shape == (2000, 3000)
    assert spec.pixel.y == 0.5
    assert spec.tumour
    assert spec.file.format == "svs"
    assert spec.file.mpp_in_header
    assert spec.artefacts.pen is None


def test_a_clean_slide_has_no_artefact_of_any_kind() -> None:
    clean = Artefacts.none()
    assert clean.pen == ()
    assert {clean.folds, clean.bubbles, clean.blurs, clean.dust, clean.tears, clean.dropouts} == {0}


def test_invasion_without_a_tumour_on_the_slide_is_allowed_as_in_far_blocks() -> None:
    assert PhantomSpec(**FOUR, tumour=False, mvi_vessels=2, site="far").mvi_vessels == 2
    # A block whose site nobody has noted exists too: its distance is unknown.
    assert PhantomSpec(**FOUR, tumour=False, mvi_vessels=1).site == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size_px": (20, 3000)}, ["size_px", "20", "128"]),
        ({"mpp": 9.0}, ["mpp", "9", "0.2"]),
        ({"mpp": float("nan")}, ["mpp", "nan"]),
        ({"family": "exam"}, ["family", "exam", "stress"]),
        ({"background": "fatty"}, ["background", "fatty", "cirrhosis"]),
        ({"site": "elsewhere"}, ["site", "elsewhere", "tumour_centre"]),
        ({"stain_jitter": 4.0}, ["stain_jitter", "4"]),
        ({"slide_name": "a\nb"}, ["slide_name", "a\\nb"]),
        ({"vessels": -1}, ["vessels", "-1"]),
        ({"equivocal": -2}, ["equivocal", "-2"]),
        ({"tumour": False, "satellites": 1}, ["satellites", "tumour"]),
        (
            {"tumour": False, "mvi_vessels": 1, "mvi_distances_um": (9.0,)},
            ["mvi_distances_um", "tumour"],
        ),
        ({"mvi_vessels": 1, "mvi_distances_um": (9.0, 8.0)}, ["mvi_distances_um", "2", "1"]),
        ({"mvi_vessels": 1, "mvi_distances_um": (float("nan"),)}, ["mvi_distances_um", "0 µm"]),
        ({"mvi_cells": (51,)}, ["mvi_cells", "mvi_vessels"]),
        ({"mvi_vessels": 1, "mvi_cells": (0,)}, ["mvi_cells", "1 and more"]),
        ({"contents": ContentMix(empty=-1.0)}, ["contents", "0 or more"]),
        ({"contents": ContentMix(serum=float("nan"))}, ["contents", "0 or more"]),
        ({"artefacts": Artefacts(folds=-1)}, ["artefacts.folds", "-1"]),
        ({"artefacts": Artefacts(pen=("pink",))}, ["artefacts.pen", "pink", "green"]),  # type: ignore[arg-type]
        ({"file": FileLayout(format="png")}, ["file.format", "png", "ome"]),  # type: ignore[arg-type]
        ({"file": FileLayout(jpeg_quality=0)}, ["file.jpeg_quality", "0"]),
        ({"file": FileLayout(jpeg_quality=80, alpha=True)}, ["file.jpeg_quality", "file.alpha"]),
        ({"file": FileLayout(bounds_offset_px=(5, 0))}, ["file.bounds_offset_px", "ome"]),
        ({"file": FileLayout(levels=0)}, ["file.levels", "0"]),
        ({"file": FileLayout(levels=13)}, ["file.levels", "13", "12"]),
    ],
)
def test_what_cannot_be_painted_is_refused_with_key_value_and_remedy(
    changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        PhantomSpec(**{**FOUR, **changes})
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_halving_stops_where_a_side_is_one_pixel_and_at_sixteen_levels() -> None:
    # 2000 -> 1000, 500, 250, 125, 63, 32, 16, 8, 4, 2, 1: eleven halvings, twelve levels.
    assert most_levels(Size(2000, 3000)) == 12
    assert most_levels(Size(128, 128)) == 8
    assert most_levels(Size(16_384, 400_000)) == 15
    assert most_levels(Size(16_385, 400_000)) == 16
    assert most_levels(Size(400_000, 400_000)) == 16
