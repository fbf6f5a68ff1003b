from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pathoflow.report import Pictures
from pathoflow.report.overview import draw_overview
from pathoflow.report.ranking import rank_vessels


def places(path: str) -> np.ndarray[Any, Any]:
    """All vertices of path data."""
    pairs = path.replace("M", "L").replace("Z", "").split("L")
    return np.array([[float(n) for n in pair.split()] for pair in pairs if pair])


def test_outlines_lie_where_the_vessels_lie(pictures: Pictures, result: dict[str, Any]) -> None:
    ranked = rank_vessels(result)
    drawn = draw_overview(pictures, ranked, list(pictures.gallery))
    assert len(drawn.candidates) == 5
    for item, mark in zip(ranked, drawn.candidates, strict=False):
        vertices = places(mark.path)
        y, x = item.vessel["centroid_px"]
        # 30,000 level-0 pixels are 1400 picture pixels.
        middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        assert middle == pytest.approx([x * 1400 / 30_000, y * 1400 / 30_000], abs=0.4)
        assert (mark.mark.x, mark.mark.y) == pytest.approx(tuple(middle), abs=0.4)
    assert drawn.vessels.count("M") == 7


def test_only_small_candidates_get_a_ring(pictures: Pictures, result: dict[str, Any]) -> None:
    drawn = draw_overview(pictures, rank_vessels(result), ())
    # The first is 84 picture pixels tall, the second 22.4, the others less than 16.
    assert [mark.has_ring for mark in drawn.candidates] == [False, False, True, True, True]


def test_numbers_lead_to_the_card_or_else_to_the_row(
    pictures: Pictures, result: dict[str, Any]
) -> None:
    first = next(iter(pictures.gallery))
    drawn = draw_overview(pictures, rank_vessels(result), [first])
    assert [mark.target for mark in drawn.candidates[:2]] == ["vessel-1", "row-2"]


def test_the_scale_bar_is_true(pictures: Pictures, result: dict[str, Any]) -> None:
    drawn = draw_overview(pictures, rank_vessels(result), ())
    assert drawn.bar.text == "2 mm"
    assert drawn.bar.length_px == pytest.approx(2000 / 15_000 * 1400)


def test_beyond_sixty_candidates_have_no_number(pictures: Pictures, result: dict[str, Any]) -> None:
    vessel = result["vessels"][0]
    many = {"vessels": [vessel | {"id": f"{k:04}"} for k in range(70)], "mvi": {"n_candidates": 70}}
    drawn = draw_overview(pictures, rank_vessels(many), ())
    assert [mark.label is None for mark in drawn.candidates] == [False] * 60 + [True] * 10
