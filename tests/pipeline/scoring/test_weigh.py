from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shapely import box

from pathoflow.pipeline.scoring import score_slide
from pathoflow.pipeline.scoring.weigh import judged_vessels

#: As in the truth that the fixture writes.
INVADED, EMPTY = box(200, 200, 400, 360), box(800, 600, 1000, 800)


def test_every_vessel_that_was_found_is_judged_by_the_truth(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    ghost = box(100, 900, 200, 1000)
    outcome = save_outcome([(EMPTY, 0.2, 3), (INVADED, 0.9, 9), (ghost, 0.6, None)])
    judged = list(judged_vessels(score_slide(outcome, truth)))
    assert [(one.features.n_cells, one.is_vessel, one.is_mvi) for one in judged] == [
        (9, True, True),
        (None, False, False),
        (3, True, False),
    ]


def test_a_vessel_whose_truth_nobody_is_sure_of_takes_no_part(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    truth = save_truth([("v1", "Vessel: Equivocal", INVADED), ("v2", "Vessel: MVI", EMPTY)])
    outcome = save_outcome([(INVADED, 0.9, 9), (EMPTY, 0.8, 7)])
    judged = list(judged_vessels(score_slide(outcome, truth)))
    assert [one.features.n_cells for one in judged] == [7]
