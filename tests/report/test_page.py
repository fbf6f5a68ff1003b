from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.draw import polygon

from pathoflow.report import Pictures, load_pictures, render_page, save_pictures, write_report
from pathoflow.report.page import RESEARCH_USE
from pathoflow.report.ranking import rank_vessels
from pathoflow.store import ResultFolder, save_result

Parse = Callable[[str], Any]


@pytest.fixture
def page(result: dict[str, Any], pictures: Pictures, parse: Parse) -> Any:
    return parse(render_page(result, pictures))


def vertices(path: str) -> np.ndarray[Any, Any]:
    pairs = path.removeprefix("M").removesuffix("Z").split("L")
    return np.array([[float(n) for n in pair.split()] for pair in pairs])


def test_the_outline_of_every_card_lies_on_the_vessel_in_its_picture(page: Any) -> None:
    cards = page.all("li", "card")
    assert len(cards) == 5
    for card in cards:
        picture = card.one("svg", "field")
        jpeg = base64.b64decode(picture.one("image").attrs["href"].split(",")[1])
        pixels = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
        assert picture.attrs["viewbox"] == f"0 0 {pixels.shape[1]} {pixels.shape[0]}"
        # The lumen is the only thing in the middle that has no colour.
        seen = pixels.min(axis=2) > 235
        xy = vertices(picture.one("path", "hair").attrs["d"])
        drawn = np.zeros(seen.shape, bool)
        drawn[polygon(xy[:, 1] - 0.5, xy[:, 0] - 0.5, seen.shape)] = True
        (y0, x0), (y1, x1) = (
            np.floor(xy.min(0)[::-1]).astype(int) - 2,
            np.ceil(xy.max(0)[::-1]).astype(int) + 2,
        )
        window = np.s_[y0:y1, x0:x1]
        shared = (seen & drawn)[window].sum() / (seen | drawn)[window].sum()
        assert shared > 0.95


def test_the_numbers_in_the_table_are_those_of_the_result(
    page: Any, result: dict[str, Any]
) -> None:
    table = page.by_id("vessel-table")
    headers = [header.text for header in table.one("thead").all("th")]
    rows = table.one("tbody").all("tr")
    assert len(rows) == 12
    for item, row in zip(rank_vessels(result), rows, strict=True):
        cells = dict(zip(headers, [cell.attrs["data-key"] for cell in row.children], strict=True))
        assert cells["No."] == str(item.number)
        assert cells["Id"] == item.id
        for header, name in {"MVI score": "p_mvi", "Tumour cells": "n_tumour_cells"}.items():
            value = item.vessel[name]
            assert cells[header] == ("" if value is None else str(value))


def test_cards_show_score_cells_box_distance_and_flags(page: Any) -> None:
    third = page.by_id("vessel-3")
    assert "score 0.871" in third.text
    assert "38 (24 to 61)" in third.text
    assert [tick.text for tick in third.all("span", "tick")] == ["≤ 50ticked", "> 50possible"]
    assert "0.28 mm, measured on this slide" in third.text
    assert third.one("p", "flags").text == "BLUR"
    assert "Wider field: 1170 × 1170 µm" in page.by_id("vessel-1").text
    assert "not a probability" in page.by_id("gallery").text


def test_the_answer_comes_first_and_claims_nothing(page: Any) -> None:
    first = page.one("main").children[0]
    assert first.attrs["id"] == "answer"
    assert first.one("p", "grade").text == "M1 or M2b"
    assert "Not reviewed: a proposal, not a grade." in first.text
    assert "5 candidates on 1.02 cm² of tissue, 0.02 cm² excluded." in first.text
    assert "farthest 1.9 mm" in first.text
    for word in ("diagnos", "rule out", "autonomous"):
        assert word not in page.text.lower()


def test_zero_candidates_are_said_wherever_one_looks_for_them(
    result: dict[str, Any], pictures: Pictures, parse: Parse
) -> None:
    result["mvi"]["n_candidates"] = 0
    page = parse(render_page(result, Pictures(pictures.overview)))
    for section in ("answer", "overview", "gallery"):
        text = page.by_id(section).text
        assert "0 candidates on 1.02 cm² of tissue, 0.02 cm² excluded." in text


def test_a_slide_without_vessels_has_a_page(
    result: dict[str, Any], pictures: Pictures, parse: Parse
) -> None:
    result["vessels"] = []
    result["mvi"]["n_candidates"] = 0
    page = parse(render_page(result, Pictures(pictures.overview)))
    assert "No vessel was found. 0 candidates on" in page.by_id("vessels").text


@pytest.mark.parametrize("kind", ["full", "bare", "failed"])
def test_the_research_use_banner_is_always_there(
    kind: str,
    result: dict[str, Any],
    failed_result: dict[str, Any],
    pictures: Pictures,
    parse: Parse,
) -> None:
    data = failed_result if kind == "failed" else result
    page = parse(render_page(data, pictures if kind == "full" else None))
    assert page.one("p", "research").text == RESEARCH_USE
    assert page.one("footer").text.startswith(RESEARCH_USE)


def test_painted_figures_are_called_synthetic(result: dict[str, Any], parse: Parse) -> None:
    assert not parse(render_page(result, None)).all("p", "synthetic")
    result["provenance"]["synthetic"] = True
    (banner,) = parse(render_page(result, None)).all("p", "synthetic")
    assert "painted" in banner.text


def test_a_failed_slide_says_why_and_what_to_do_and_no_grade(
    failed_result: dict[str, Any], parse: Parse
) -> None:
    page = parse(render_page(failed_result, None))
    answer = page.by_id("answer")
    assert answer.one("p", "grade").text == "No proposal"
    assert "states no pixel size" in answer.text
    assert "run again with --mpp" in answer.text
    assert "does not mean that MVI is absent" in answer.text
    assert not re.search(r"\bM[012]", page.text)
    assert "0 candidates" not in page.text


def test_every_anchor_resolves_and_every_id_is_one(page: Any) -> None:
    ids = [e.attrs["id"] for e in page.everything() if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    targets = {
        e.attrs["href"][1:] for e in page.everything() if e.attrs.get("href", "").startswith("#")
    }
    used = {
        name
        for e in page.everything()
        for name in re.findall(r"url\(#([^)]+)\)", e.attrs.get("fill", ""))
    }
    labels = {e.attrs["for"] for e in page.everything() if "for" in e.attrs}
    titles = {e.attrs["aria-labelledby"] for e in page.everything() if "aria-labelledby" in e.attrs}
    assert {"vessel-1", "vessel-5", "row-1", "overview"} <= targets
    assert targets | used | labels | titles <= set(ids)


def test_the_overview_links_each_candidate_to_its_card(page: Any) -> None:
    links = page.by_id("overview").all("a", "candidate")
    assert sorted(link.attrs["href"] for link in links) == [f"#vessel-{n}" for n in range(1, 6)]
    assert sorted(link.one("text").text for link in links) == list("12345")


def test_the_page_asks_for_nothing_outside_itself(
    page: Any, result: dict[str, Any], pictures: Pictures
) -> None:
    html = render_page(result, pictures)
    without_data = re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "", html)
    assert "//" not in re.sub(r"(?m)^ *// .*$", "", without_data)
    assert "@import" not in without_data
    for element in page.everything():
        assert "src" not in element.attrs
        assert element.tag not in ("link", "iframe", "object", "embed", "base", "form")
        assert element.attrs.get("href", "#").startswith(("#", "data:image/jpeg;base64,"))
        assert not [name for name in element.attrs if name.startswith("on")]


def test_whatever_others_wrote_is_shown_and_never_obeyed(
    result: dict[str, Any], parse: Parse, pictures: Pictures
) -> None:
    evil = "</style><script>alert(1)</script>\"'&"
    result["slide"]["id"] = result["slide"]["vendor"] = evil
    result["codes"][0]["message"] = result["codes"][0]["severity"] = evil
    result["mvi"]["systems"]["NHC"]["reasons"] = [evil]
    result["mvi"]["systems"][evil] = {"grade": evil, "possible": [evil], "reasons": [evil]}
    result["vessels"][4]["flags"] = [evil]
    result["vessels"][4]["kind"] = evil
    result["provenance"]["networks"][0]["name"] = evil
    result["provenance"]["settings"] = {evil: evil}
    result["status"] = evil
    named = Pictures(
        pictures.overview, pictures.gallery, {evil: [[(0, 0), (9, 0), (9, 9), (0, 0)]]}
    )
    page = parse(render_page(result, named))
    assert page.one("h1").text == evil
    assert len(page.all("script")) == 1
    assert len(page.all("style")) == 1
    assert evil in page.by_id("vessel-1").one("p", "flags").text


def test_the_page_is_english_utf8_and_the_same_every_time(
    result: dict[str, Any], pictures: Pictures, page: Any
) -> None:
    html = render_page(result, pictures)
    assert html == render_page(result, pictures)
    assert html.encode("utf-8").decode("utf-8") == html
    assert html.startswith("<!doctype html>")
    assert page.one("html").attrs["lang"] == "en"
    assert any(meta.attrs.get("charset") == "utf-8" for meta in page.all("meta"))


def test_more_candidates_than_pictures_are_counted(
    result: dict[str, Any], pictures: Pictures, parse: Parse
) -> None:
    two = dict(list(pictures.gallery.items())[:2])
    page = parse(render_page(result, Pictures(pictures.overview, two)))
    assert "3 more candidates are not shown here" in page.by_id("gallery").text
    assert {a.attrs["href"] for a in page.by_id("overview").all("a", "candidate")} == {
        "#vessel-1",
        "#vessel-2",
        "#row-3",
        "#row-4",
        "#row-5",
    }


def test_a_result_folder_gets_its_page_without_the_slide(
    result: dict[str, Any], pictures: Pictures, tmp_path: Path
) -> None:
    folder = ResultFolder(tmp_path)
    save_result(folder, result)
    save_pictures(pictures, folder.analysis)
    path = write_report(folder)
    assert path == folder.report_html
    assert path.read_text("utf-8") == render_page(result, load_pictures(folder.analysis))
    assert not list(tmp_path.glob(".*"))


def test_sixty_pictures_make_a_page_that_can_be_mailed(
    result: dict[str, Any], pictures: Pictures
) -> None:
    rng = np.random.default_rng(1)
    some = next(iter(pictures.gallery.values()))
    # Coarser than noise, rougher than tissue.
    coarse = rng.integers(90, 230, (100, 100, 3)).repeat(4, 0).repeat(4, 1)
    pixels = np.clip(coarse + rng.integers(-12, 12, coarse.shape), 0, 255).astype(np.uint8)
    vessels = [
        result["vessels"][4] | {"id": f"{k:08}-0000-4000-8000-000000000000"} for k in range(60)
    ]
    crowded = result | {"vessels": vessels, "mvi": result["mvi"] | {"n_candidates": 60}}
    gallery = {vessel["id"]: type(some)(pixels, some.field, some.mpp) for vessel in vessels}
    html = render_page(crowded, Pictures(pictures.overview, gallery))
    assert html.count('class="card"') == 60
    assert len(html.encode()) < 3_300_000
