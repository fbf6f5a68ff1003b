from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pathoflow.errors import Code, MppUnknown, NetworkError, SlideUnreadable
from pathoflow.inference import TileTally
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings, run
from pathoflow.pipeline.compose import Analysis, compose_result
from pathoflow.pipeline.lease import Lease, LeaseLost
from pathoflow.pipeline.progress import Step
from pathoflow.pipeline.provenance import describe_run, utc_now
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.run import Hands, analyse, finished_result
from pathoflow.pipeline.stages import Bench
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.store import ResultFolder, save_result
from pathoflow.tissue import QualityReport


@pytest.fixture
def ready(make_network: Callable[..., Network]) -> Ready:
    networks = [make_network("vessel"), make_network("tumour")]
    return Ready(RunSettings(), [network.card for network in networks], lambda: networks)


@pytest.fixture
def finished(
    slide: Slide, ready: Ready, make_quality: Callable[..., QualityReport], tmp_path: Path
) -> ResultFolder:
    """A finished folder of that slide, those networks and settings; every derived file is empty."""
    folder = ResultFolder(tmp_path / "out" / "case")
    folder.path.mkdir(parents=True)
    provenance = describe_run(replace(ready), utc_now(), TileTally(done=1), True)
    save_result(folder, compose_result(Analysis("case", slide, make_quality()), provenance))
    folder.analysis.mkdir()
    for path in outputs(folder):
        path.touch()
    return folder


def outputs(folder: ResultFolder) -> list[Path]:
    return [
        folder.vessels_parquet,
        folder.vessels_csv,
        folder.vessels_geojson,
        folder.report_html,
    ]


def test_a_finished_result_is_returned_and_no_network_loaded(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    found = analyse(slide, finished, ready)
    assert found.status == "ok"
    assert not ready.is_loaded


@pytest.mark.parametrize("missing", range(4))
def test_a_result_lacking_a_file_is_not_finished(
    slide: Slide, finished: ResultFolder, ready: Ready, missing: int
) -> None:
    outputs(finished)[missing].unlink()
    assert finished_result(slide, finished, ready) is None


def test_a_result_without_its_pixels_is_not_finished(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    finished.analysis.rmdir()
    assert finished_result(slide, finished, ready) is None


def test_a_damaged_result_is_not_finished(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    text = finished.result_json.read_text("utf-8")
    finished.result_json.write_text(text[: len(text) // 2], "utf-8")
    assert finished_result(slide, finished, ready) is None


def test_a_result_of_other_pixels_is_not_this_slides(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    slide.path.write_bytes(b"scanned again")
    assert finished_result(Slide(slide.reader), finished, ready) is None


def test_a_result_at_another_scale_is_not_this_slides(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    rescaled = Slide(slide.reader, mpp=Mpp.square(0.25))
    assert finished_result(rescaled, finished, ready) is None


def test_a_result_of_other_settings_or_networks_is_made_anew(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    settings = replace(ready.settings, candidates=replace(ready.settings.candidates, wall_um=6.0))
    assert finished_result(slide, finished, replace(ready, settings=settings)) is None
    cards = [replace(ready.cards[0], weights_sha256="d" * 64), ready.cards[1]]
    assert finished_result(slide, finished, replace(ready, cards=cards)) is None


def test_another_device_is_no_reason_to_run_again(
    slide: Slide, finished: ResultFolder, ready: Ready
) -> None:
    elsewhere = replace(ready, settings=replace(ready.settings, device="cuda:1"))
    assert finished_result(slide, finished, elsewhere) is not None


def test_overwrite_begins_anew(
    slide: Slide, finished: ResultFolder, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(run, "_analyse", lambda *arguments: begun.append(arguments))
    analyse(slide, finished, replace(ready, settings=replace(ready.settings, overwrite=True)))
    assert len(begun) == 1
    assert not finished.report_html.exists()


def test_a_stated_scale_that_no_scanner_writes_is_refused(
    slide: Slide, ready: Ready, tmp_path: Path
) -> None:
    absurd = Slide(slide.reader, mpp=Mpp.square(25.0))
    with pytest.raises(MppUnknown) as caught:
        analyse(absurd, ResultFolder(tmp_path / "out" / "case"), ready)
    assert caught.value.code is Code.MPP_SUSPECT
    assert not (tmp_path / "out").exists()


def test_networks_that_cannot_be_loaded_leave_nothing_behind(
    slide: Slide, ready: Ready, tmp_path: Path
) -> None:
    def fail() -> Any:
        raise NetworkError("cannot be built.")

    with pytest.raises(NetworkError):
        analyse(slide, ResultFolder(tmp_path / "out" / "case"), replace(ready, load=fail))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("has_block", [False, True])
def test_only_a_folder_that_a_later_run_can_use_is_left_behind(
    slide: Slide,
    ready: Ready,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_block: bool,
) -> None:
    folder = ResultFolder(tmp_path / "out" / "case")

    def fail(*_: object) -> Any:
        folder.ledger.mkdir(parents=True, exist_ok=True)
        (folder.ledger / "blocks.jsonl").write_text("{}\n" + '{"block": "0"}\n' * has_block)
        raise SlideUnreadable("the disk went away.")

    monkeypatch.setattr(run, "_analyse", fail)
    with pytest.raises(SlideUnreadable):
        analyse(slide, folder, ready)
    assert folder.path.exists() is has_block
    assert (tmp_path / "out").exists() is has_block


def test_a_folder_that_another_run_works_on_is_waited_for_and_its_result_taken(
    slide: Slide, finished: ResultFolder, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_analyse", None)
    finished.report_html.unlink()
    other = Lease(finished.path)
    assert other.take()
    told: list[str] = []

    def on_step(step: Step) -> None:
        told.append(step.name)
        if step.name.startswith("waiting"):
            finished.report_html.touch()
            other.release()

    hands = Hands(pause=lambda seconds: None)
    assert analyse(slide, finished, ready, on_step, hands).status == "ok"
    assert told == ["identity", "waiting for another run that works on it"]


def test_an_owner_that_has_lost_the_folder_stops_and_removes_nothing(
    slide: Slide, ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(slide: Slide, folder: ResultFolder, ready: Ready, bench: Bench) -> None:
        Lease(folder.path).take_over()
        bench.tell("vessels", 0, 0)

    monkeypatch.setattr(run, "_analyse", lose)
    folder = ResultFolder(tmp_path / "out" / "case")
    with pytest.raises(LeaseLost):
        analyse(slide, folder, ready)
    assert folder.path.is_dir()


def test_what_a_killed_run_left_half_written_is_swept_away(
    slide: Slide, finished: ResultFolder, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = [finished.path / ".0123456789ab.tmp", finished.analysis / "probability" / "0.ab.partial"]
    whole = finished.analysis / "probability" / "0"
    for path in (*torn, whole):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    finished.report_html.unlink()
    monkeypatch.setattr(run, "_analyse", lambda *given: None)
    analyse(slide, finished, ready)
    assert not any(path.exists() for path in torn)
    assert whole.exists()
    assert not (finished.path / ".lease").exists()
