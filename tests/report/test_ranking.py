from __future__ import annotations

from typing import Any

from pathoflow.report.ranking import count_candidates, rank_vessels
from pathoflow.store import Result


def test_suspicion_falls_and_unscored_vessels_come_last(result: dict[str, Any]) -> None:
    scores = [item.vessel["p_mvi"] for item in rank_vessels(result)]
    assert scores[:5] == [0.983, 0.964, 0.871, 0.62, 0.553]
    assert scores[-1] is None
    assert [item.number for item in rank_vessels(result)] == list(range(1, 13))


def test_candidates_are_those_of_the_result(result: dict[str, Any]) -> None:
    ours = [item.id for item in rank_vessels(result) if item.is_candidate]
    assert ours == [vessel["id"] for vessel in Result(result).candidates.rows]


def test_equal_scores_are_ordered_by_id(result: dict[str, Any]) -> None:
    equal = [i for i in rank_vessels(result) if i.vessel["p_mvi"] == 0.0]
    assert len(equal) == 2
    assert equal[0].id < equal[1].id


def test_a_failed_slide_has_none(failed_result: dict[str, Any]) -> None:
    assert rank_vessels(failed_result) == []
    assert count_candidates(failed_result) == 0
