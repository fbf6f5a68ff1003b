from __future__ import annotations

import csv
import hashlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pathoflow.errors import (
    Code,
    EnvironmentFault,
    NetworkError,
    NoSpace,
    PathoflowError,
    SlideUnreadable,
)
from pathoflow.pipeline import Outcome, RunSettings, batch, run_slides, worst_exit_code
from pathoflow.pipeline.batch import SlideJob
from pathoflow.pipeline.progress import DONE, OnStep, Step
from pathoflow.pipeline.ready import Ready
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.store import Result, ResultFolder
from pathoflow.testing import ArrayReader


@pytest.fixture
def is_loaded() -> bool:
    return True


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch, is_loaded: bool) -> dict[str, Any]:
    """What the analysis of each file says: an error to raise, or (status, codes)."""
    told: dict[str, Any] = {}

    def ready(settings: RunSettings) -> Ready:
        made = Ready(settings, [], list)
        if is_loaded:
            _ = made.networks
        return made

    def open_it(path: Path, mpp: float | None = None) -> Any:
        return Slide(ArrayReader(np.zeros((8, 8, 3), np.uint8), Mpp.square(0.5), path=path))

    def analyse(slide: Slide, folder: ResultFolder, *_: object) -> Result:
        answer = told.get(slide.path.name, ("ok", []))
        if isinstance(answer, Exception):
            raise answer
        status, codes = answer
        folder.path.mkdir(parents=True)
        return Result({"slide": {"id": folder.path.name}, "status": status, "codes": codes})

    monkeypatch.setattr(Ready, "of", ready)
    monkeypatch.setattr(batch, "open_slide", open_it)
    monkeypatch.setattr(batch, "analyse", analyse)
    return told


def make_slides(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path.relative_to(folder)))
    return paths


def run(paths: list[Path], out: Path, **options: Any) -> list[Outcome]:
    return list(run_slides(paths, out, RunSettings(), **options))


def test_each_slide_ends_with_one_status_and_none_stops_the_others(
    tmp_path: Path, answers: dict[str, Any]
) -> None:
    paths = make_slides(tmp_path, "a.svs", "b.svs", "c.svs", "d.svs")
    pen = {"code": "PEN", "severity": "warning", "message": "Ink."}
    answers["b.svs"] = SlideUnreadable("b.svs cannot be opened.")
    answers["c.svs"] = ZeroDivisionError("oops")
    answers["d.svs"] = ("ok_with_warnings", [pen])
    outcomes = run(paths, tmp_path / "out")
    assert [one.status for one in outcomes] == ["ok", "failed", "failed", "ok_with_warnings"]
    assert [one.codes for one in outcomes] == [
        (),
        ("SLIDE_CORRUPT",),
        ("INTERNAL",),
        ("PEN",),
    ]
    assert outcomes[1].message == "b.svs cannot be opened."
    assert "ZeroDivisionError: oops" in outcomes[2].message
    assert outcomes[3].message == ""


def test_the_summary_lists_what_became_of_each(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["b.svs"] = SlideUnreadable("b.svs, alas, is damaged.")
    run(make_slides(tmp_path, "a.svs", "b.svs"), tmp_path / "out")
    with (tmp_path / "out" / "slides.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"slide": "a", "file": "a.svs", "status": "ok", "codes": "", "message": ""},
        {
            "slide": "b",
            "file": "b.svs",
            "status": "failed",
            "codes": "SLIDE_CORRUPT",
            "message": "b.svs, alas, is damaged.",
        },
    ]


def test_every_slide_says_when_it_is_done(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["b.svs"] = SlideUnreadable("no.")
    steps: list[Step] = []
    run(make_slides(tmp_path, "a.svs", "b.svs"), tmp_path / "out", on_step=steps.append)
    assert steps == [Step("a", DONE), Step("b", DONE)]


def test_the_summary_keeps_the_order_of_the_slides_whoever_is_done_first(tmp_path: Path) -> None:
    def backwards(
        jobs: Sequence[SlideJob], ready: Ready, on_step: OnStep
    ) -> Generator[Outcome, None, None]:
        yield from (batch.run_one(job, ready, on_step) for job in reversed(jobs))

    paths = make_slides(tmp_path, "a.svs", "b.svs", "c.svs")
    assert [one.slide_id for one in run(paths, tmp_path / "out", crew=backwards)] == list("cba")
    listed = (tmp_path / "out" / "slides.csv").read_text("utf-8").splitlines()
    assert [row[0] for row in listed[1:]] == list("abc")


def test_slides_that_all_fail_leave_no_folder(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["a.svs"] = SlideUnreadable("no.")
    run(make_slides(tmp_path, "a.svs"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_failed_result_gives_its_error_as_message(
    tmp_path: Path, answers: dict[str, Any]
) -> None:
    codes = [
        {"code": "PEN", "severity": "warning", "message": "Ink."},
        {"code": "NO_TISSUE", "severity": "error", "message": "Glass only."},
    ]
    answers["a.svs"] = ("failed", codes)
    [outcome] = run(make_slides(tmp_path, "a.svs"), tmp_path / "out")
    assert outcome.message == "Glass only."
    assert outcome.codes == ("PEN", "NO_TISSUE")


def test_fail_fast_ends_with_the_first_failure(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["b.svs"] = SlideUnreadable("no.")
    paths = make_slides(tmp_path, "a.svs", "b.svs", "c.svs")
    assert [one.slide_id for one in run(paths, tmp_path / "out", fail_fast=True)] == ["a", "b"]


def test_a_full_disk_ends_the_batch(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["a.svs"] = NoSpace("the disk is full.")
    with pytest.raises(NoSpace):
        run(make_slides(tmp_path, "a.svs", "b.svs"), tmp_path / "out")


@pytest.mark.parametrize("error", [NetworkError("nonsense."), EnvironmentFault("read-only.")])
def test_a_fault_after_loading_is_that_slides_alone_and_says_nothing_on_its_file(
    tmp_path: Path, answers: dict[str, Any], error: PathoflowError
) -> None:
    answers["a.svs"] = error
    outcomes = run(make_slides(tmp_path, "a.svs", "b.svs"), tmp_path / "out")
    assert [(one.status, one.codes) for one in outcomes] == [("failed", ()), ("ok", ())]


@pytest.mark.parametrize("is_loaded", [False])
@pytest.mark.parametrize("error", [NetworkError("unknown."), EnvironmentFault("no CUDA.")])
def test_without_networks_or_device_nothing_is_tried_further(
    tmp_path: Path, answers: dict[str, Any], error: PathoflowError
) -> None:
    answers["a.svs"] = error
    with pytest.raises(type(error)):
        run(make_slides(tmp_path, "a.svs", "b.svs"), tmp_path / "out")


def test_slides_of_the_same_stem_are_told_apart_by_their_content(tmp_path: Path) -> None:
    paths = make_slides(tmp_path, "x/case.svs", "y/case.svs", "other.svs")
    expected = [
        f"case-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        for text in ("x/case.svs", "y/case.svs")
    ]
    outcomes = run(paths, tmp_path / "out")
    assert [one.slide_id for one in outcomes] == [*expected, "other"]
    assert (tmp_path / "out" / expected[0]).is_dir()


def test_a_file_that_may_not_be_read_keeps_its_stem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(path)

    monkeypatch.setattr(batch, "sha256_of", refuse)
    assert batch.slide_name(Path("locked.svs"), True) == "locked"


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], 0),
        (["ok", "ok_with_warnings"], 0),
        (["ok", "failed", "ok"], 1),
    ],
)
def test_one_failed_slide_makes_the_exit_code_1(statuses: list[str], code: int) -> None:
    outcomes = [Outcome(Path("a.svs"), "a", status, (), "") for status in statuses]
    assert worst_exit_code(outcomes) == code


def test_codes_are_plain_text(tmp_path: Path, answers: dict[str, Any]) -> None:
    answers["a.svs"] = SlideUnreadable("other scale.", Code.MPP_SUSPECT)
    [outcome] = run(make_slides(tmp_path, "a.svs"), tmp_path / "out")
    assert outcome.codes == ("MPP_SUSPECT",)
