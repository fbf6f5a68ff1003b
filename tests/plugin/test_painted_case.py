"""The case that is painted for trying the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from napari_pathoflow.painted_case import PaintedCase
from pathoflow.mvi import Site
from pathoflow.phantom import load_spec
from pathoflow.pipeline import load_case
from pathoflow.slide.fingerprint import sha256_of
from pathoflow.store import load_result


def test_slides_results_and_case_belong_together(painted_out: Path) -> None:
    case = load_case(painted_out / "cases" / "CASE-1")
    assert [(slide.id, slide.site) for slide in case.slides] == [
        ("CASE-1_B1", Site.INTERFACE),
        ("CASE-1_B2", Site.NEAR),
    ]
    assert sum(len(slide.vessels) for slide in case.slides) == 12
    for slide in case.slides:
        result = load_result(painted_out / slide.id)
        recipe = painted_out / f"{slide.id}.toml"
        assert result.data["slide"]["file_sha256"] == sha256_of(recipe)
        assert load_spec(recipe).size == result.slide_size
        assert result.data["provenance"]["synthetic"]


def test_invaded_vessels_score_higher_than_clean_ones(painted_out: Path) -> None:
    rows = [
        row
        for name in ("CASE-1_B1", "CASE-1_B2")
        for row in load_result(painted_out / name).vessels
    ]
    invaded = [row["p_mvi"] for row in rows if row["tumour_in_lumen_fraction"] > 0.02]
    clean = [row["p_mvi"] for row in rows if row["tumour_in_lumen_fraction"] <= 0.02]
    assert len(invaded) >= 4
    assert sum(invaded) / len(invaded) > sum(clean) / len(clean) + 0.3


def test_the_stored_distance_is_the_one_that_a_review_measures(painted_out: Path) -> None:
    review = load_case(painted_out / "cases" / "CASE-1").review
    for row in load_result(painted_out / "CASE-1_B1").candidates:
        measured = review.distance(row["id"]).dist_edge_um
        assert row["dist_edge_um"] == pytest.approx(measured, abs=0.5)


def test_the_usual_case_has_four_blocks_and_fifty_candidates() -> None:
    assert (len(PaintedCase().sites), PaintedCase().candidates) == (4, 50)
