from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from shapely import Point, box
from shapely.affinity import translate

from pathoflow.pipeline.scoring import tally as module
from pathoflow.pipeline.scoring.reference import load_reference
from pathoflow.pipeline.scoring.tally import SlideTally, tally_slide
from pathoflow.store import ResultFolder, load_result

INVADED, EMPTY, TUMOUR = (
    box(200, 200, 400, 360),
    box(800, 600, 1000, 800),
    box(1100, 100, 1500, 500),
)


def tally(folder: Path, truth: Path) -> SlideTally:
    return tally_slide(ResultFolder(folder), load_result(folder), load_reference(truth))


def test_areas_are_told_in_square_micrometres(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    """The tumour is half found: 200 x 400 px of 0.5 µm are 20,000 µm²."""
    half = box(1100, 100, 1300, 500)
    sums = tally(save_outcome([(INVADED, 0.9, 9)], [half]), truth).sums
    assert (sums["tumour.tp"], sums["tumour.fp"], sums["tumour.fn"]) == (20_000, 0, 20_000)
    assert sums["vessel.tp"] == INVADED.area * 0.25
    assert sums["vessel.fn"] == EMPTY.area * 0.25
    assert sums["jaccard.shared.all"] == INVADED.area * 0.25
    assert sums["jaccard.joint.all"] == (INVADED.area + EMPTY.area) * 0.25


def test_vessels_fall_into_bins_of_their_diameter(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    """Discs of 40, 100 and 250 µm at 0.5 µm per pixel; the small one is missed."""
    discs = [Point(x, 600).buffer(d) for x, d in ((200, 40), (500, 100), (1000, 250))]
    truth = save_truth([(f"v{i}", "Vessel", disc) for i, disc in enumerate(discs)])
    sums = tally(save_outcome([(disc, 0.0, 0) for disc in discs[1:]]), truth).sums
    found = {
        size: [sums[f"objects.{what}.{size}"] for what in ("true", "found", "matched")]
        for size in module.SIZES
    }
    assert found == {
        "all": [3, 2, 2],
        "under_60_um": [1, 0, 0],
        "60_to_200_um": [1, 1, 1],
        "200_to_600_um": [1, 1, 1],
        "over_600_um": [0, 0, 0],
    }


def test_blocks_of_any_size_count_the_same_boundary(
    save_outcome: Callable[..., Path], truth: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_outcome([(translate(INVADED, 7, 3), 0.9, 9), (EMPTY, 0.0, 0)], [TUMOUR])
    whole = tally(folder, truth).sums
    assert 0 < whole["boundary.found_near"] < whole["boundary.found"]
    monkeypatch.setattr(module, "_BLOCK_PX", 37)
    assert tally(folder, truth).sums == whole


def test_the_tolerance_of_the_boundary_is_two_um_at_two_um_per_pixel(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    """An outline moved by one pixel of the label map, 4 level-0 pixels, is within it; by two it is not."""
    near = tally(save_outcome([(translate(INVADED, 4, 0), 0.9, 9)], name="near"), truth)
    far = tally(save_outcome([(translate(INVADED, 8, 0), 0.9, 9)], name="far"), truth)
    assert near.tolerance_um == 2.0
    assert near.sums["boundary.found_near"] == near.sums["boundary.found"]
    assert far.sums["boundary.found_near"] < far.sums["boundary.found"]


def test_called_found_and_false_are_counted_at_the_results_own_threshold(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    ghost, weak = box(100, 900, 200, 1000), box(600, 900, 700, 1000)
    outcome = save_outcome([(INVADED, 0.9, 9), (ghost, 0.6, 3), (weak, 0.2, 3), (EMPTY, 0.0, 0)])
    found = tally(outcome, truth)
    assert [found.sums[f"mvi.{k}"] for k in ("true", "found", "false", "called")] == [1, 1, 1, 2]
    # All with a score take part in the FROC, the called ones alone are on the reader's list.
    assert found.scored.scores == (0.9, 0.6, 0.2)
    assert found.listed.scores == (0.9, 0.6)
    assert found.scored.tissue_cm2 == pytest.approx(1e7 / 1e8)
    assert found.calibration.n == 4


def test_a_candidate_on_an_equivocal_vein_takes_no_part(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    truth = save_truth([("v1", "Vessel: Equivocal", INVADED), ("v2", "Vessel: MVI", EMPTY)])
    found = tally(save_outcome([(INVADED, 0.9, 9), (EMPTY, 0.8, 7)]), truth)
    assert [found.sums[f"mvi.{k}"] for k in ("true", "found", "false", "called")] == [1, 1, 0, 1]
    assert found.scored.ignored == (True, False)
    # Its score is neither right nor wrong, but its outline is that of a vessel.
    assert found.calibration.n == 1
    assert found.sums["objects.matched.all"] == 2


def test_cells_are_compared_in_the_invaded_vessels_that_were_found(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    assert tally(save_outcome([(INVADED, 0.9, 9), (EMPTY, 0.0, 4)]), truth).cells == ((9, 12),)
    assert tally(save_outcome([(EMPTY, 0.0, 4)], name="missed"), truth).cells == ()


def test_without_the_truths_tissue_the_results_own_is_taken(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    """50 x 80 px of 8 µm less 2 x 5."""
    found = tally(save_outcome([(INVADED, 0.9, 9)]), truth / "truth.geojson")
    area_cm2 = (50 * 80 - 2 * 5) * 64 / 1e8
    assert found.scored.tissue_cm2 == pytest.approx(area_cm2)
    assert not math.isnan(found.scored.tissue_cm2)
