from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pathoflow.mvi import grade_case, read_grade_table
from pathoflow.phantom import Block, Cohort, PhantomSpec, TrueCase, make_cohort, parse_cohort
from pathoflow.phantom.file.cohort import true_veins
from pathoflow.slide import open_slide

TEXT = """
seed = 3
size_px = [700, 800]
mpp = 2.0
family = "train"
vessels = 8
equivocal = 0
[cohort]
virtual = true
[[case]]
id = "C1"
[[case.block]]
name = "A"
site = "interface"
mvi_vessels = 2
[[case.block]]
name = "B"
site = "far"
tumour = false
mvi_vessels = 1
[[case]]
id = "C2"
[[case.block]]
name = "A"
tumour = false
mvi_vessels = 0
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[TrueCase, ...]]:
    folder = tmp_path_factory.mktemp("cohort")
    return folder, make_cohort(parse_cohort(tomllib.loads(TEXT), "c.toml"), folder)


def test_every_slide_opens_and_has_its_truth_beside_it(
    made: tuple[Path, tuple[TrueCase, ...]],
) -> None:
    folder, _ = made
    assert sorted(path.name for path in folder.iterdir()) == [
        "cases.csv",
        "slides",
        "true_vessels.csv",
        "truth.csv",
    ]
    names = [f"{stem}.{end}" for stem in ("C1-A", "C1-B", "C2-A") for end in ("toml", "truth")]
    assert sorted(path.name for path in (folder / "slides").iterdir()) == names
    for stem in ("C1-A", "C1-B", "C2-A"):
        with open_slide(folder / "slides" / f"{stem}.toml") as slide:
            assert slide.info.is_synthetic
            assert slide.size.shape == (700, 800)
        truth = json.loads((folder / "slides" / f"{stem}.truth" / "truth.json").read_text("utf-8"))
        assert truth["synthetic"] is True


def test_the_case_table_has_the_columns_of_the_design(
    made: tuple[Path, tuple[TrueCase, ...]],
) -> None:
    text = (made[0] / "cases.csv").read_text("utf-8")
    assert text == ("slide,case,block,site\nC1-A,C1,A,interface\nC1-B,C1,B,far\nC2-A,C2,A,\n")


def test_a_case_adds_up_over_its_blocks(made: tuple[Path, tuple[TrueCase, ...]]) -> None:
    folder, (first, second) = made
    assert (first.case, first.slides, second.case, second.slides) == ("C1", 2, "C2", 1)
    # The far block's vein has no distance on its slide, but a site.
    assert (first.n_invaded, first.n_far, first.n_unknown) == (3, 1, 0)
    assert first.farthest_um is not None
    assert 0 <= first.farthest_um < 3000
    assert first.most_cells > 0
    assert (second.n_invaded, second.farthest_um, second.most_cells) == (0, None, 0)
    table = rows(folder / "truth.csv")
    assert [row["case"] for row in table] == ["C1", "C2"]
    assert {row["data"] for row in table} == {"synthetic"}
    assert table[1]["farthest_um"] == ""


def test_the_true_vessels_can_be_graded(made: tuple[Path, tuple[TrueCase, ...]]) -> None:
    cases = read_grade_table(made[0] / "true_vessels.csv")
    assert [len(vessels) for vessels in cases.values()] == [3, 0]
    # One vein in far liver is M2b in the Chinese guideline; no vein is M0.
    assert grade_case(cases["C1"])["NHC"].grade == "M2b"
    assert grade_case(cases["C2"])["NHC"].grade == "M0"


def test_a_second_run_paints_nothing_that_is_there(
    made: tuple[Path, tuple[TrueCase, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, before = made
    written: list[Path] = []
    monkeypatch.setattr(
        "pathoflow.phantom.file.cohort.write_truth", lambda spec, to: written.append(to)
    )
    heard: list[tuple[str, float]] = []
    cohort = parse_cohort(tomllib.loads(TEXT), "c.toml")
    assert make_cohort(cohort, folder, lambda name, share: heard.append((name, share))) == before
    assert written == []
    assert heard == [(name, share) for name in ("C1-A", "C1-B", "C2-A") for share in (0.0, 1.0)]


def test_painted_slides_are_written_where_the_cohort_is_not_virtual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[Path] = []

    def paint(spec: PhantomSpec, path: Path, progress: Any) -> None:
        painted.append(path)
        progress(0.5)
        (folder := path.with_suffix(".truth")).mkdir(parents=True)
        (folder / "truth.json").write_text('{"vessels": []}')

    monkeypatch.setattr("pathoflow.phantom.file.cohort.make_phantom", paint)
    text = TEXT.replace("virtual = true", "virtual = false")
    make_cohort(parse_cohort(tomllib.loads(text), "c.toml"), tmp_path)
    assert [path.name for path in painted] == ["C1-A.tiff", "C1-B.tiff", "C2-A.tiff"]


def row(name: str, **changes: Any) -> dict[str, Any]:
    plain = {
        "id": name,
        "label": int(name),
        "is_mvi": True,
        "twin_of": None,
        "dist_edge_um": 100.0,
        "n_tumour_cells": 10,
        "location": "peritumoral_near",
    }
    return plain | changes


def veins_of(site: str, *vessels: dict[str, Any]) -> list[tuple[str, float | None, int, str]]:
    spec = PhantomSpec(1, (500, 500), 0.5, "test", site=site)  # type: ignore[arg-type]
    found = true_veins(Block("C", "A", spec), {"vessels": list(vessels)})
    return [(v.vessel, v.dist_edge_um, v.n_tumour_cells, v.location) for v in found]


def test_a_vein_that_is_cut_twice_counts_once_with_its_larger_numbers() -> None:
    one = row("1", twin_of="2", dist_edge_um=80.0, n_tumour_cells=40)
    other = row("2", twin_of="1", dist_edge_um=120.0, n_tumour_cells=7)
    expected = [("C-A:2", 120.0, 40, "peritumoral_near")]
    assert veins_of("", one, other) == expected
    assert veins_of("", row("1", dist_edge_um=80.0, n_tumour_cells=40), other) == expected
    # A twin without tumour cells is no second vein and takes nothing away.
    assert len(veins_of("", one, row("2", twin_of="1", is_mvi=False))) == 1


@pytest.mark.parametrize(
    ("site", "location"),
    [
        ("", "unknown"),
        ("margin", "unknown"),
        ("near", "peritumoral_near"),
        ("interface", "peritumoral_near"),
        ("far", "peritumoral_far"),
        ("tumour_centre", "intratumoral"),
    ],
)
def test_the_site_speaks_only_where_the_slide_cannot_measure(site: str, location: str) -> None:
    silent = row("1", dist_edge_um=None, location="unknown")
    assert veins_of(site, silent) == [("C-A:1", None, 10, location)]
    assert veins_of(site, row("1"))[0][3] == "peritumoral_near"


def test_veins_within_the_tumour_are_shown_apart(tmp_path: Path) -> None:
    spec = PhantomSpec(1, (500, 500), 0.5, "test")
    block = Block("C", "A", spec)
    folder = tmp_path / "slides" / "C-A.truth"
    folder.mkdir(parents=True)
    (tmp_path / "slides" / "C-A.tiff").touch()
    vessels = [
        row("1", location="intratumoral", n_tumour_cells=900, dist_edge_um=0.0),
        row("2", location="peritumoral_far", dist_edge_um=10_010.0),
        row("3", location="capsular", dist_edge_um=0.0),
        row("4", is_mvi=False, is_equivocal=True),
    ]
    from pathoflow.phantom import GENERATOR_VERSION
    from pathoflow.phantom.recipe.spec_file import spec_as_table

    facts = {"spec": spec_as_table(spec), "generator_version": GENERATOR_VERSION}
    (folder / "truth.json").write_text(json.dumps(facts | {"vessels": vessels}))
    [case] = make_cohort(Cohort((block,), False), tmp_path)
    assert case == TrueCase("C", 1, 2, 1, 1, 0, 1, 10_010.0, 10, 1)
