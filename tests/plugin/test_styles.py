"""The palette."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from napari_pathoflow.styles import (
    HEAT,
    VERDICT_COLOURS,
    VERDICT_SIGNS,
    LineStyle,
    MapStyle,
    rgba,
    verdict_colour,
    verdict_sign,
)

#: Machado et al. (2009): what the three kinds of colour-blindness see of linear RGB, full severity.
BLINDNESS = {
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_verdicts_are_told_apart_without_seeing_all_colours(kind: str) -> None:
    from skimage.color import rgb2lab

    seen = {}
    for state, colour in VERDICT_COLOURS.items():
        srgb = np.array(rgba(colour)[:3])
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        dim = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1)
        back = np.where(dim <= 0.0031308, dim * 12.92, 1.055 * dim ** (1 / 2.4) - 0.055)
        seen[state] = rgb2lab(back)
    for first, second in combinations(seen, 2):
        # A difference of 10 is seen side by side, of 20 at a glance.
        assert np.linalg.norm(seen[first] - seen[second]) > 20, (first, second)


def test_every_state_has_a_sign_of_its_own_beside_its_colour() -> None:
    assert set(VERDICT_SIGNS) == set(VERDICT_COLOURS)
    assert len(set(VERDICT_SIGNS.values())) == 4
    assert verdict_colour(None) == VERDICT_COLOURS["unseen"]
    assert verdict_sign("accepted") == "✓"


def test_a_hex_colour_is_four_numbers() -> None:
    assert rgba("#FF8000", 0.5) == (1.0, 128 / 255, 0.0, 0.5)


def test_the_heat_map_covers_nothing_where_nothing_is_suspected() -> None:
    assert HEAT["colors"][0][3] == 0.0
    assert HEAT["colors"][1][3] == 0.0
    assert HEAT["controls"][1] == 0.25
    assert MapStyle(opacity=0.3).as_kwargs()["opacity"] == 0.3
    assert LineStyle(edge_width=4).as_kwargs()["edge_width"] == 4
