"""Slides to results, as the command tells it; the analysis itself is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import pytest

from pathoflow.errors import MppUnknown
from pathoflow.pipeline import Cluster, Crew, Outcome, RunSettings, Step, one_after_the_other
from pathoflow.testing.results import MadeVessel, save_made_result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two slides: ``bad`` fails, ``good`` does not."""
    for name in ("bad.tiff", "good.tiff"):
        (tmp_path / "slides" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "slides" / name).write_bytes(b"slide")
    return tmp_path / "slides"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[RunSettings, bool, Crew]]:
    """The settings that each run was asked for, and who was to do it."""
    calls: list[tuple[RunSettings, bool, Crew]] = []

    def run_slides(
        paths: list[Path],
        out: Path,
        settings: RunSettings,
        on_step: Callable[[Step], None],
        fail_fast: bool,
        crew: Crew,
    ) -> Iterator[Outcome]:
        calls.append((settings, fail_fast, crew))
        for path in paths:
            on_step(Step(path.stem, "vessels", 1, 2))
            yield _bad(path) if path.stem == "bad" else _good(path)

    monkeypatch.setattr("pathoflow.pipeline.run_slides", run_slides)
    return calls


def _bad(path: Path) -> Outcome:
    error = MppUnknown(f"{path.name}: no scale; give --mpp")
    return Outcome(path, path.stem, "failed", ("MPP_MISSING",), str(error), error=error)


def _good(path: Path) -> Outcome:
    result: Any = SimpleNamespace(
        vessels=[{}, {}, {}],
        data={"mvi": {"n_candidates": 2}},
        propose=lambda system: SimpleNamespace(grade="undetermined", possible=("M0", "M1")),
    )
    return Outcome(path, path.stem, "warning", ("BLUR",), "", result=result)


def test_a_good_slide_is_told_with_its_proposal_and_report(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    said = pathoflow("run", folder / "good.tiff", "--out", tmp_path / "out")
    assert said.code == 0
    first, second, third = said.out.splitlines()
    assert first == "good: warning (BLUR)"
    assert "3 vessels, 2 candidates" in second
    assert second.endswith("not reviewed): undetermined, possible M0, M1")
    assert third.strip() == str(tmp_path / "out" / "good" / "report.html")


def test_progress_goes_to_standard_error(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    said = pathoflow("run", folder / "good.tiff", "--out", tmp_path / "out")
    assert said.err == "good: vessels 1 of 2\n"


def test_one_bad_slide_makes_exit_code_1_and_the_others_go_on(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    said = pathoflow("run", folder, "--out", tmp_path / "out")
    assert said.code == 1
    assert "good: warning" in said.out
    complaint = f"pathoflow: {folder / 'bad.tiff'}: no scale; give --mpp (MPP_MISSING)"
    assert complaint in said.err.splitlines()


def test_debug_shows_where_a_slide_failed(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    said = pathoflow("run", folder, "--out", tmp_path / "out", "--debug")
    assert "MppUnknown" in said.err


def test_json_lists_every_outcome(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    said = pathoflow("run", folder, "--out", tmp_path / "out", "--json")
    assert said.code == 1
    bad, good = json.loads(said.out)
    assert (bad["slide"], bad["status"], bad["folder"]) == ("bad", "failed", None)
    assert bad["codes"] == ["MPP_MISSING"]
    assert (good["slide"], good["status"]) == ("good", "warning")
    assert good["folder"] == str(tmp_path / "out" / "good")


def test_options_become_settings(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, tmp_path: Path
) -> None:
    options = "--mpp 0.25 --network a --network b --device cpu --overwrite --fail-fast".split()
    pathoflow("run", folder, "--out", tmp_path / "out", *options)
    [(settings, fail_fast, crew)] = asked
    assert (settings.mpp, settings.device, settings.overwrite) == (0.25, "cpu", True)
    assert settings.networks == ("a", "b")
    assert fail_fast
    assert crew is one_after_the_other


@pytest.mark.parametrize(
    ("options", "crew"),
    [
        (["--workers", "3"], Cluster(workers=3)),
        (["--scheduler", "tcp://10.0.0.5:8786"], Cluster(scheduler="tcp://10.0.0.5:8786")),
    ],
)
def test_several_processes_are_asked_for_by_number_or_by_scheduler(
    pathoflow: Callable[..., Any],
    asked: list[Any],
    folder: Path,
    tmp_path: Path,
    options: list[str],
    crew: Cluster,
) -> None:
    pathoflow("run", folder, "--out", tmp_path / "out", *options)
    assert asked[0][2] == crew


@pytest.mark.parametrize(
    "options", [["--workers", "0"], ["--workers", "2", "--scheduler", "tcp://a:1"]]
)
def test_no_workers_or_two_kinds_of_them_are_refused(
    refused: Callable[..., str], asked: list[Any], folder: Path, tmp_path: Path, options: list[str]
) -> None:
    assert "--workers" in refused("run", folder, "--out", tmp_path / "out", *options)
    assert asked == []


@pytest.mark.parametrize(
    ("slide", "out"), [("memory://slides", "out"), ("slide.svs", "memory://out")]
)
def test_urls_are_refused_together_with_several_processes(
    refused: Callable[..., str], asked: list[Any], slide: str, out: str
) -> None:
    assert "URLs" in refused("run", slide, "--out", out, "--workers", "2")
    assert asked == []


def test_a_person_reads_urls_and_not_where_copies_lie(
    pathoflow: Callable[..., Any], asked: list[Any]
) -> None:
    store = fsspec.filesystem("memory")
    for name in ("bad", "good"):
        store.pipe_file(f"/slides/{name}.tiff", b"slide")
    try:
        said = pathoflow("run", "memory://slides", "--out", "memory://results")
        as_json = pathoflow("run", "memory://slides", "--out", "memory://results", "--json")
    finally:
        store.store.clear()
        store.pseudo_dirs[:] = [""]
    assert said.code == 1
    assert said.out.splitlines()[-1].strip() == "memory://results/good/report.html"
    complaint = "pathoflow: memory://slides/bad.tiff: no scale; give --mpp (MPP_MISSING)"
    assert complaint in said.err.splitlines()
    bad, good = json.loads(as_json.out)
    assert bad["file"] == "memory://slides/bad.tiff"
    assert good["folder"] == "memory://results/good"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text("slide,case,block,site\ngood.tiff,C-17,A,far\nlater.tiff,C-17,B,near\n")
    return path


def test_with_a_table_the_slides_become_cases(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    save_made_result(out, "good", [MadeVessel(dist_edge_um=None)])
    said = pathoflow("run", folder / "good.tiff", "--out", out, "--cases", table)
    assert said.code == 0
    told, path = said.out.splitlines()[-2:]
    assert told == "case C-17: 1 of 2 slides analysed; NHC, proposed: M2b"
    assert path.strip() == str(out / "cases" / "C-17" / "report.html")
    words = ("run", folder / "good.tiff", "--out", out, "--cases", table, "--json")
    (case,) = json.loads(pathoflow(*words).out)["cases"]
    assert (case["case"], case["systems"]["NHC"]["grade"]) == ("C-17", "M2b")


def test_a_slide_without_a_row_is_refused_before_anything_runs(
    refused: Callable[..., str], asked: list[Any], folder: Path, table: Path, tmp_path: Path
) -> None:
    said = refused("run", folder, "--out", tmp_path / "out", "--cases", table)
    assert "no row for the slide bad" in said
    assert asked == []


def test_a_case_that_cannot_be_written_makes_exit_code_1(
    pathoflow: Callable[..., Any], asked: list[Any], folder: Path, table: Path, tmp_path: Path
) -> None:
    case_json = tmp_path / "out" / "cases" / "C-17" / "case.json"
    case_json.parent.mkdir(parents=True)
    case_json.write_text("{half")
    said = pathoflow("run", folder / "good.tiff", "--out", tmp_path / "out", "--cases", table)
    assert said.code == 1
    assert "case C-17: " in said.err


def test_cases_take_no_urls(
    refused: Callable[..., str], asked: list[Any], table: Path, tmp_path: Path
) -> None:
    assert "URLs" in refused("run", "memory://slides", "--out", "out", "--cases", table)
    assert asked == []


def test_a_missing_slide_is_refused_before_anything_is_made(
    refused: Callable[..., str], asked: list[Any], tmp_path: Path
) -> None:
    assert "none.svs" in refused("run", tmp_path / "none.svs", "--out", tmp_path / "out")
    assert asked == []
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no slides" in refused("run", tmp_path / "empty", "--out", tmp_path / "out")
