from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from shapely import Polygon, box
from shapely.geometry import shape

from pathoflow.errors import Code
from pathoflow.inference import TileTally
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline.compose import (
    Analysis,
    Remark,
    VesselFinding,
    compose_result,
    outer_rings,
    polygon_json,
)
from pathoflow.pipeline.provenance import describe_run, utc_now
from pathoflow.pipeline.ready import Ready
from pathoflow.slide import Slide
from pathoflow.store import result_problems
from pathoflow.tissue import QualityReport
from pathoflow.vessels import Region, Vessel


@pytest.fixture(scope="module")
def provenance() -> dict[str, Any]:
    return describe_run(Ready(RunSettings(), [], list), utc_now(), TileTally(done=4), True)


@pytest.fixture
def analysis(
    slide: Slide,
    make_vessel: Callable[..., Vessel],
    make_finding: Callable[..., VesselFinding],
    make_quality: Callable[..., QualityReport],
) -> Analysis:
    """Two vessels, one of them a candidate, and a tumour of 400 x 300 pixels."""
    findings = [
        make_finding(make_vessel(300, 400, 60)),
        make_finding(make_vessel(700, 900, 40), p_mvi=0.0, n_cells=None),
    ]
    tumours = [Region(box(1000, 200, 1400, 500), 400 * 300 * 0.25, 0.9)]
    return Analysis("case", slide, make_quality(), [], tumours, findings)


def test_a_result_is_valid_and_json(analysis: Analysis, provenance: dict[str, Any]) -> None:
    data = compose_result(analysis, provenance)
    assert result_problems(json.loads(json.dumps(data, allow_nan=False))) == []
    assert data["status"] == "ok"


def test_areas_and_counts_are_those_of_the_geometry(
    analysis: Analysis, provenance: dict[str, Any]
) -> None:
    data = compose_result(analysis, provenance)
    assert data["tissue"] == {
        "area_um2": (50 * 80 - 2 * 5) * 8.0**2,
        "excluded_area_um2": 2 * 5 * 8.0**2,
        "pieces": 1,
    }
    assert data["tumour"] == {"area_um2": 30_000.0, "regions": 1}
    assert data["mvi"]["n_candidates"] == 1
    vessel = data["vessels"][0]
    assert vessel["area_um2"] == pytest.approx(math.pi * 30**2, rel=1e-3)
    assert vessel["equivalent_diameter_um"] == pytest.approx(60, rel=1e-3)
    assert vessel["centroid_px"] == [300, 400]
    assert shape(vessel["outline"]).centroid.coords[0] == pytest.approx((400, 300), abs=0.01)
    assert vessel["dist_edge_um"] == 120.123456


def test_what_was_not_counted_is_null(analysis: Analysis, provenance: dict[str, Any]) -> None:
    vessel = compose_result(analysis, provenance)["vessels"][1]
    assert vessel["n_tumour_cells"] is None
    assert vessel["n_tumour_cells_interval"] is None
    assert vessel["attachment"] is None


def test_numbers_of_a_failed_slide_are_null_never_0(
    analysis: Analysis, provenance: dict[str, Any]
) -> None:
    analysis.remarks = [Remark(Code.TILE_UNREADABLE, "error", "Half of it is damaged.")]
    data = compose_result(analysis, provenance)
    assert data["status"] == "failed"
    assert result_problems(data) == []
    assert data["tumour"] == {"area_um2": None, "regions": None}
    assert data["vessels"] == []
    assert data["mvi"] == {"n_candidates": None, "systems": {}, "reviewed": False}


def test_a_slide_that_failed_before_it_was_looked_over_has_no_tissue_numbers(
    slide: Slide, provenance: dict[str, Any]
) -> None:
    remarks = [Remark(Code.TILE_UNREADABLE, "error", "Nothing can be read.")]
    data = compose_result(Analysis("case", slide, remarks=remarks), provenance)
    assert result_problems(data) == []
    assert set(data["tissue"].values()) == {None}


@pytest.mark.parametrize(
    ("severities", "status"),
    [
        ([], "ok"),
        (["info"], "ok"),
        (["info", "warning"], "ok_with_warnings"),
        (["error", "warning"], "failed"),
    ],
)
def test_the_worst_remark_decides_the_status(
    slide: Slide, severities: list[str], status: str
) -> None:
    remarks = [Remark(Code.PEN, severity, "Ink.") for severity in severities]
    assert Analysis("case", slide, remarks=remarks).status == status


def test_a_remark_has_an_area_only_where_it_has_a_place(
    analysis: Analysis, provenance: dict[str, Any]
) -> None:
    analysis.remarks = [
        Remark(Code.PEN, "warning", "Ink.", 12.34),
        Remark(Code.NO_TUMOUR, "warning", "None."),
    ]
    assert compose_result(analysis, provenance)["codes"] == [
        {"code": "PEN", "severity": "warning", "message": "Ink.", "area_um2": 12.3},
        {"code": "NO_TUMOUR", "severity": "warning", "message": "None."},
    ]


def test_polygons_keep_their_holes_and_hundredths_of_a_pixel() -> None:
    ring = [(0.004, 0), (10.126, 0), (10, 10), (0, 10)]
    plain = polygon_json(Polygon(ring, [[(2, 2), (4, 2), (4, 4)]]))
    assert plain["coordinates"][0][:2] == [[0.0, 0.0], [10.13, 0.0]]
    assert len(plain["coordinates"]) == 2
    assert all(one[0] == one[-1] for one in plain["coordinates"])


def test_the_report_draws_outer_rings_alone() -> None:
    holed = Polygon([(0, 0), (10, 0), (10, 10.26), (0, 10)], [[(2, 2), (4, 2), (4, 4)]])
    [ring] = outer_rings([holed])
    assert np.array_equal(ring, [(0, 0), (10, 0), (10, 10.3), (0, 10), (0, 0)])
