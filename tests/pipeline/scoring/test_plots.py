"""What the plots show is read back from their axes; how they look is for eyes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapely import box

from pathoflow.errors import EnvironmentFault
from pathoflow.pipeline import score_cohort
from pathoflow.pipeline.scoring import plots
from pathoflow.pipeline.scoring.cohort import CohortScore, score_alone
from pathoflow.pipeline.scoring.plots import (
    draw_counts,
    draw_froc,
    draw_plots,
    draw_reliability,
    draw_sizes,
)

INVADED, EMPTY = box(200, 200, 400, 360), box(800, 600, 1000, 800)
SHAPES = [("v1", "Vessel: MVI", INVADED), ("v2", "Vessel", EMPTY)]
GHOST = box(100, 900, 200, 1000)


@pytest.fixture
def score(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path], tmp_path: Path
) -> CohortScore:
    """Three slides: found; found behind a false positive; missed."""
    hit, false, clean = (INVADED, 0.8, 10), (GHOST, 0.9, 3), (EMPTY, 0.0, 0)
    for seed, vessels in enumerate(([hit, clean], [false, hit, clean], [clean])):
        save_truth(SHAPES, f"s{seed}", seed, v1={"n_tumour_cells": 12, "dist_edge_um": 120.0})
        save_outcome(vessels, name=f"s{seed}")
    return score_cohort(tmp_path / "out", tmp_path / "truths")


def test_four_pictures_are_written_and_each_says_synthetic(
    score: CohortScore, tmp_path: Path
) -> None:
    paths = draw_plots(score, tmp_path / "plots")
    assert [path.name for path in paths] == [
        "froc.png",
        "reliability.png",
        "counts.png",
        "vessel_sizes.png",
    ]
    for path in paths:
        with Image.open(path) as picture:
            assert min(picture.size) >= 600
            assert np.asarray(picture.convert("L")).std() > 5
    for draw in (draw_froc, draw_reliability, draw_counts, draw_sizes):
        assert "synthetic, generator 2, family test, seed 0 1 2" in draw(score).get_suptitle()


def test_every_axis_is_named_with_its_unit(score: CohortScore) -> None:
    names = {
        (axis.get_xlabel(), axis.get_ylabel())
        for draw in (draw_froc, draw_counts, draw_sizes)
        for axis in draw(score).axes
    }
    assert names == {
        ("false positives per slide", "sensitivity"),
        ("false positives per cm² of tissue", "sensitivity"),
        ("invaded vessels per case, true", "invaded vessels per case, called"),
        ("tumour cells per vessel, true", "tumour cells per vessel, counted"),
        ("equivalent diameter", "score"),
    }


def test_the_froc_is_the_staircase_of_the_counts(score: CohortScore) -> None:
    """No find before the false positive of 0.9; then two of three vessels at one per three slides."""
    line = draw_froc(score).axes[0].lines[0]
    assert line.get_xdata() == pytest.approx([0, 1 / 3, 1 / 3])
    assert line.get_ydata() == pytest.approx([0, 0, 2 / 3])


def test_dots_lie_where_the_counts_are(score: CohortScore) -> None:
    vessels, cells = draw_counts(score).axes
    assert sorted(map(tuple, vessels.collections[0].get_offsets().tolist())) == [
        (1, 0),
        (1, 1),
        (1, 2),
    ]
    assert cells.collections[0].get_offsets().tolist() == [[12, 10], [12, 10]]


def test_where_there_is_nothing_the_plot_says_so(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path]
) -> None:
    truth = save_truth([("v1", "Vessel", EMPTY)])
    score = score_alone(save_outcome([]), truth)
    texts = [text.get_text() for axis in draw_froc(score).axes for text in axis.texts]
    assert texts == ["no reference vessel"] * 2
    assert "no invaded vessel" in draw_counts(score).axes[1].texts[0].get_text()
    for draw in (draw_reliability, draw_sizes):
        draw(score).draw_without_rendering()


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(
    score: CohortScore, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="plots cannot be written"):
        draw_plots(score, tmp_path / "file" / "plots")


def test_scoring_without_plots_does_not_load_the_plotting_library() -> None:
    """Every import of it stands in a function, or is for types alone."""
    tree = ast.parse(Path(plots.__file__).read_text("utf-8"))
    outside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert outside
    assert not any("matplotlib" in ast.unparse(node) for node in outside)
