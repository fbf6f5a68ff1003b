from __future__ import annotations

from pathoflow.errors import Code
from pathoflow.mvi.case_slide import NOT_ANALYSED, CaseSlide, CaseVessel, vessels_of
from pathoflow.mvi.case_table import CaseRow
from pathoflow.mvi.evidence import Kind, Location, MuscularWall
from pathoflow.mvi.site import Site
from pathoflow.testing.results import MadeVessel, made_result


def test_a_row_of_a_result_becomes_a_vessel_and_halves_of_cells_stay_inside_the_interval() -> None:
    made = MadeVessel(0.7, 1234.5, 37, kind="hepatic", piece=2)
    (row,) = made_result("s", [made])["vessels"]
    row["n_tumour_cells_interval"] = [30, 44.5]
    vessel = CaseVessel.of_row(row, is_called=True)
    assert (vessel.kind, vessel.location) == (Kind.HEPATIC, Location.PERITUMORAL_NEAR)
    assert (vessel.dist_edge_um, vessel.n_cells, vessel.n_cells_interval) == (1234.5, 37, (30, 45))
    assert (vessel.piece, vessel.muscular_wall) == (2, MuscularWall.UNKNOWN)


def test_what_a_result_leaves_open_is_unknown() -> None:
    (row,) = made_result("s", [MadeVessel(dist_edge_um=None, n_cells=None)])["vessels"]
    vessel = CaseVessel.of_row(row | {"kind": None, "location": None}, is_called=False)
    assert (vessel.kind, vessel.location) == (Kind.UNKNOWN, Location.UNKNOWN)
    assert vessel.n_cells_interval is None
    assert vessel.piece is None


def test_a_vessel_is_called_from_the_score_on_that_the_run_used() -> None:
    rows = made_result("s", [MadeVessel(0.5), MadeVessel(0.4)])["vessels"]
    assert [v.is_called for v in vessels_of(rows, 0.5)] == [True, False]
    assert [v.is_called for v in vessels_of(rows, 0.3)] == [True, True]


def test_a_slide_of_the_table_without_a_result_is_expected() -> None:
    slide = CaseSlide.expected(CaseRow("s", "C", "B1", Site.FAR, "T1"))
    assert (slide.status, slide.is_analysed) == (NOT_ANALYSED, False)
    assert (slide.block, slide.site, slide.tumour) == ("B1", Site.FAR, "T1")


def test_codes_of_the_whole_material_forbid_a_grade() -> None:
    codes = tuple({"code": c, "severity": "warning", "message": "m"} for c in ("BLUR", "BIOPSY"))
    slide = CaseSlide("s", status="ok_with_warnings", codes=codes)
    assert [c["code"] for c in slide.refusing_codes] == ["BIOPSY"]
    assert slide.has_code(Code.BLUR)
    assert not CaseSlide("s", codes=codes[:1]).is_refused
