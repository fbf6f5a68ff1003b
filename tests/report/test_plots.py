from __future__ import annotations

from typing import Any

from pathoflow.report.plots import HEIGHT, draw_plots
from pathoflow.report.ranking import rank_vessels


def test_bins_hold_every_vessel_once(result: dict[str, Any]) -> None:
    sizes, scores = draw_plots(rank_vessels(result))
    assert sum(bar.n for bar in sizes.bars) == 12
    # One has no score.
    assert sum(bar.n for bar in scores.bars) == 11
    assert sum(bar.n_candidates for bar in scores.bars) == 5


def test_a_value_on_an_edge_belongs_to_the_bin_above_and_1_to_the_last(
    result: dict[str, Any],
) -> None:
    vessel = result["vessels"][0]
    vessels = [vessel | {"p_mvi": p, "id": str(p)} for p in (0.0, 0.1, 0.5, 1.0)]
    _, scores = draw_plots(rank_vessels({"vessels": vessels}))
    assert [bar.n for bar in scores.bars] == [1, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_the_fullest_bin_is_as_high_as_the_plot(result: dict[str, Any]) -> None:
    for plot in draw_plots(rank_vessels(result)):
        assert max(bar.height for bar in plot.bars) == HEIGHT
        assert all(bar.candidate_height <= bar.height for bar in plot.bars)


def test_nothing_to_count_is_no_plot() -> None:
    assert draw_plots([]) == []


def test_scores_are_called_probabilities_where_every_one_is() -> None:
    vessels = [{"id": "a", "p_mvi": 0.4, "p_mvi_calibrated": True}, {"id": "b", "p_mvi": 0.1}]
    assert draw_plots(rank_vessels({"vessels": vessels}))[0].title == "MVI score"
    vessels[1]["p_mvi_calibrated"] = True
    assert draw_plots(rank_vessels({"vessels": vessels}))[0].title == "MVI probability"
