from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pathoflow.errors import Code, UsageError
from pathoflow.inference import TileTally
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings, check_slide
from pathoflow.pipeline.compose import Analysis, compose_result
from pathoflow.pipeline.identity import set_aside
from pathoflow.pipeline.provenance import describe_run, utc_now
from pathoflow.pipeline.ready import Ready
from pathoflow.slide import Slide
from pathoflow.store import Result, ResultFolder, load_result, save_result
from pathoflow.tissue import QualityReport

#: What the fixture `slide` holds.
ANALYSED = hashlib.sha256(b"a slide").hexdigest()


@pytest.fixture
def folder(
    slide: Slide,
    make_quality: Callable[..., QualityReport],
    make_network: Callable[..., Network],
    tmp_path: Path,
) -> ResultFolder:
    """A result of that slide with maps, a report and the lease of a run."""
    folder = ResultFolder(tmp_path / "out" / "case")
    folder.path.mkdir(parents=True)
    network = make_network("vessel")
    ready = Ready(RunSettings(), [network.card], lambda: [network])
    provenance = describe_run(ready, utc_now(), TileTally(1), True)
    save_result(folder, compose_result(Analysis("case", slide, make_quality()), provenance))
    (folder.analysis / "labels").mkdir(parents=True)
    folder.report_html.write_text("report")
    (folder.path / ".lease").write_text("ours")
    return folder


def test_the_same_bytes_are_the_same_slide(folder: ResultFolder, slide: Slide) -> None:
    assert check_slide(load_result(folder), slide.path) is None


@pytest.mark.parametrize("change", [b"scanned again", None], ids=["another file", "gone"])
def test_another_file_makes_the_result_stale(
    folder: ResultFolder, slide: Slide, change: bytes | None
) -> None:
    slide.path.unlink()
    if change is not None:
        slide.path.write_bytes(change)
    flag = check_slide(load_result(folder), slide.path)
    assert flag is not None
    assert flag.code is Code.SLIDE_CHANGED
    assert "stale" in flag.message
    assert ANALYSED[:12] in flag.message


def test_a_result_that_names_no_file_cannot_be_compared(folder: ResultFolder) -> None:
    data = dict(load_result(folder).data)
    nameless = Result({**data, "slide": {**data["slide"], "file_sha256": None}})
    with pytest.raises(UsageError, match="names no file"):
        check_slide(nameless, "case.tiff")


def test_the_result_of_another_file_is_kept_beside(folder: ResultFolder) -> None:
    before = folder.result_json.read_bytes()
    kept = set_aside(folder, "b" * 64)
    assert kept == folder.path.with_name(f"case.stale-{ANALYSED[:8]}")
    assert [path.name for path in folder.path.iterdir()] == [".lease"]
    aside = ResultFolder(kept)
    assert aside.result_json.read_bytes() == before
    assert aside.report_html.read_text() == "report"
    assert (aside.analysis / "labels").is_dir()


def test_the_result_of_the_same_file_stays(folder: ResultFolder) -> None:
    assert set_aside(folder, ANALYSED) is None
    assert folder.report_html.exists()
    assert len(list(folder.path.parent.iterdir())) == 1


def test_a_folder_without_a_result_has_nothing_to_keep(folder: ResultFolder) -> None:
    folder.result_json.write_text("torn")
    assert set_aside(folder, "b" * 64) is None
    assert folder.report_html.exists()


def test_what_was_interrupted_is_finished_by_the_next_call(folder: ResultFolder) -> None:
    aside = ResultFolder(folder.path.with_name(f"case.stale-{ANALYSED[:8]}"))
    aside.path.mkdir()
    folder.report_html.rename(aside.report_html)
    assert set_aside(folder, "b" * 64) == aside.path
    assert aside.report_html.read_text() == "report"
    assert load_result(aside).slide_id == "case"


def test_a_file_that_comes_back_and_goes_again_leaves_its_last_result(
    folder: ResultFolder,
) -> None:
    aside = ResultFolder(folder.path.with_name(f"case.stale-{ANALYSED[:8]}"))
    aside.path.mkdir()
    aside.result_json.write_text("the first result of it")
    aside.vessels_csv.write_text("the first table")
    set_aside(folder, "b" * 64)
    assert load_result(aside).slide_id == "case"
    assert not aside.vessels_csv.exists()
