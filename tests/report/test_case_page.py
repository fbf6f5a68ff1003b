from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pathoflow.mvi import (
    Case,
    CaseSlide,
    CaseVessel,
    Decisions,
    Kind,
    Location,
    Site,
    Status,
    VesselDecision,
)
from pathoflow.mvi.case_json import case_as_json
from pathoflow.report import render_case, write_case_report
from pathoflow.report.page import RESEARCH_USE
from pathoflow.store import CaseFolder, write_case_file

Parse = Callable[..., Any]
VERSION = {"pathoflow": "0.1.0"}


def vessel(name: str, um: float | None, cells: int, kind: Kind = Kind.PORTAL) -> CaseVessel:
    location = Location.UNKNOWN if um is None else Location.PERITUMORAL_NEAR
    return CaseVessel(name, True, 0.9, kind, location, um, cells)


@pytest.fixture
def case() -> Case:
    """Two near vessels on one slide, one of them hepatic with 212 cells; one without a distance; a failed slide."""
    corrupt = {"code": "SLIDE_CORRUPT", "severity": "error", "message": "cut off at 60 %"}
    near = (vessel("v1", 900.0, 20), vessel("v2", 3240.0, 212, Kind.HEPATIC))
    return Case(
        "C-17",
        (
            CaseSlide("A", "B1", Site.INTERFACE, status="ok", vessels=near, n_vessels=40, tissue_um2=2.1e8,
                      excluded_um2=4e6, has_report=True),
            CaseSlide("D", status="ok", vessels=(vessel("v3", None, 9),), n_vessels=3, tissue_um2=1e8,
                      excluded_um2=0.0),
            CaseSlide("X", "B2", Site.FAR, status="failed", codes=(corrupt,)),
        ),
    )  # fmt: skip


def page_of(case: Case, parse: Parse, language: str = "en") -> Any:
    return parse(render_case(case, VERSION | {"synthetic": False}), language)


def test_a_proposal_says_that_it_is_none_of_a_readers(case: Case, parse: Parse) -> None:
    answer = page_of(case, parse).by_id("answer")
    assert answer.one("p", "grade").text == "M1 or M2b"
    assert "Not reviewed: the program's proposal, not a grade." in answer.text
    assert "3 slides expected, 2 analysed, 1 failed." in answer.text
    assert "3 candidates on 3.10 cm² of tissue, 0.04 cm² excluded." in answer.text
    assert "M2bhigh risk: MVI in liver farther than 1 cm" in answer.text


def test_the_report_items_are_the_rows_of_the_chinese_template(case: Case, parse: Parse) -> None:
    rows = page_of(case, parse, "zh").by_id("items").one("tbody").all("tr")
    assert [row.one("th").text for row in rows] == [
        "门静脉分支（含包膜内血管）",  # noqa: RUF001
        "肝静脉分支",
        "肝动脉分支",
        "淋巴管",
        "MVI 风险分级 (NHC)",
    ]
    hepatic = rows[1]
    assert [cell.text for cell in hepatic.all("td")[:2]] == ["1", "3.24 mm"]
    assert [tick.text for tick in hepatic.all("span", "tick")] == ["≤ 50未勾选", "> 50已勾选"]
    assert "高危组：MVI 发生于远癌旁肝组织（>1 cm）" in rows[-1].text  # noqa: RUF001


def test_reasons_are_sentences_of_the_same_numbers_in_either_language(
    case: Case, parse: Parse
) -> None:
    english = page_of(case, parse).by_id("answer").one("ul", "reasons").text
    chinese = page_of(case, parse, "zh").by_id("answer").one("ul", "reasons").text
    assert "3 invaded vessels, 2 of them within 10 mm of the tumour (farthest 3.2 mm)" in english
    assert "受侵血管 3 个，其中 2 个距肿瘤 10 mm 以内（最远 3.2 mm）" in chinese  # noqa: RUF001
    assert not re.search("[a-z]{4}", chinese)


def test_the_language_is_chosen_without_a_script(case: Case, parse: Parse) -> None:
    page = page_of(case, parse)
    first, second = page.all("input", "language")
    assert (first.attrs["id"], "checked" in first.attrs) == ("in-en", True)
    assert (second.attrs["id"], "checked" in second.attrs) == ("in-zh", False)
    labels = page.one("p", "languages").all("label")
    assert [(label.attrs["for"], label.text) for label in labels] == [
        ("in-en", "English"),
        ("in-zh", "中文"),
    ]
    css = page.one("style").text
    assert '#in-zh:checked ~ * [lang="zh"] { display: inline; }' in css
    assert '#in-zh:checked ~ * [lang="en"] { display: none; }' in css
    # Siblings that follow are what the style sheet reaches.
    body = page.one("body")
    assert [child.tag for child in body.children[:2]] == ["input", "input"]


def test_what_blocks_signing_is_a_list_of_reasons(case: Case, parse: Parse) -> None:
    listed = page_of(case, parse).by_id("answer").one("ul", "todo").all("li")
    assert [item.text for item in listed] == [str(note) for note in case.blockers]
    assert len(listed) == 5


def test_the_clock_shows_seven_points_and_says_what_is_missing(case: Case, parse: Parse) -> None:
    sampling = page_of(case, parse).by_id("sampling")
    points = sampling.all("circle", "point")
    assert len(points) == 7
    assert sum("covered" in point.classes for point in points) == 1
    assert (
        "3 blocks of the border between tumour and liver are missing (1 of 4 there)"
        in sampling.text
    )
    assert sampling.one("svg").attrs["aria-label"] == "1 of 7 points covered"


def test_slides_stand_in_a_strip_with_status_and_link(case: Case, parse: Parse) -> None:
    items = page_of(case, parse).by_id("slides").all("li")
    assert [item.all("a")[0].attrs["href"] for item in items if item.all("a")] == [
        "../../A/report.html"
    ]
    assert ["Analysed" in item.text for item in items] == [True, True, False]
    assert "Failed" in items[2].text
    assert "SLIDE_CORRUPT" in items[2].text


def test_a_case_read_to_the_end_may_be_signed(case: Case, parse: Parse) -> None:
    yes = VesselDecision(Status.ACCEPTED)
    done = case.decide(
        Decisions(
            dict.fromkeys(("v1", "v2", "v3"), yes),
            excused={"X": "glass broken"},
            sites={"D": Site.NEAR},
            confirmed_tumours=frozenset({"A"}),
            complete=True,
        )
    )
    page = page_of(done, parse)
    assert page.by_id("answer").one("p", "grade").text == "M1"
    assert "Reviewed, ready to sign." in page.by_id("answer").text
    assert "Nothing blocks signing." in page.by_id("answer").text
    assert "left out: glass broken" in page.by_id("slides").text


def test_a_refused_grade_is_never_shown_as_one(case: Case, parse: Parse) -> None:
    biopsy = {"code": "BIOPSY", "severity": "warning", "message": "Looks like a needle biopsy."}
    first = replace(case.slides[0], codes=(biopsy,))
    page = page_of(Case("C", (first,)), parse)
    assert page.by_id("answer").one("p", "grade").text == "No grade"
    assert "BIOPSY on slide A" in page.by_id("answer").text
    assert not re.search(r"\bM[012]", page.by_id("items").text)


def test_several_tumours_have_a_table_of_their_own(case: Case, parse: Parse) -> None:
    slides = tuple(replace(s, tumour=f"T{i}") for i, s in enumerate(case.slides))
    rows = page_of(Case("C", slides), parse).by_id("tumours").one("tbody").all("tr")
    assert [row.one("th").text for row in rows] == ["T0", "T1", "T2"]
    assert not [e for e in page_of(case, parse).everything() if e.attrs.get("id") == "tumours"]


def test_the_page_stands_alone_and_is_marked_for_research(case: Case, parse: Parse) -> None:
    html = render_case(case, VERSION | {"synthetic": True})
    page = parse(html)
    assert html == render_case(case, VERSION | {"synthetic": True})
    assert page.one("p", "research").text == RESEARCH_USE
    assert page.one("footer").text.startswith(RESEARCH_USE)
    assert "仅供科研使用" in parse(html, "zh").one("p", "research").text
    assert "synthetic" in page.one("p", "synthetic").text
    assert "//" not in re.sub(r"(?m)^ *// .*$", "", html)
    ids = [e.attrs["id"] for e in page.everything() if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    links = {e.attrs["href"] for e in page.all("a")}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if not link.startswith("#")] == ["../../A/report.html"]


def test_whatever_a_table_says_is_shown_and_never_obeyed(case: Case, parse: Parse) -> None:
    evil = "</style><script>alert(1)</script>\"'&"
    slide = replace(case.slides[0], id=evil, block=evil, tumour=evil)
    page = page_of(Case(evil, (slide, replace(slide, id="b", tumour="T", vessels=()))), parse)
    assert page.one("h1").text == evil
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert '"' not in page.by_id("slides").all("a")[0].attrs["href"]


def test_a_case_folder_gets_its_page_from_case_json_alone(case: Case, tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "C-17")
    write_case_file(folder, case_as_json(case, VERSION))
    path = write_case_report(folder)
    assert path == folder.report_html
    assert path.read_text("utf-8") == render_case(case, VERSION | {"synthetic": False})
