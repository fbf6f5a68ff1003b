from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pathoflow.errors import UsageError
from pathoflow.pipeline import Outcome, RunSettings, remote, run_slides, staged
from pathoflow.pipeline.batch import SlideJob
from pathoflow.pipeline.progress import DONE, Step
from pathoflow.pipeline.ready import Ready
from pathoflow.store import Result, ResultFolder

OUT = "memory://results"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return tmp_path / "scratch"


@pytest.fixture(autouse=True)
def store() -> Iterator[fsspec.AbstractFileSystem]:
    """Slides a, b and c in an otherwise empty store in memory."""
    fs = fsspec.filesystem("memory")
    for name in "abc":
        fs.pipe_file(f"/slides/{name}.svs", f"pixels of {name}".encode())
    yield fs
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


@pytest.fixture(autouse=True)
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was analysed, in its order; the analysis itself is left out."""
    done: list[str] = []

    def run_one(job: SlideJob, ready: Ready, on_step: object) -> Outcome:
        done.append(job.slide_id)
        folder = ResultFolder(job.out / job.slide_id)
        folder.prepare()
        data = {
            "slide": {"id": job.slide_id, "file_sha256": job.path.read_text()},
            "status": "ok",
            "codes": [],
        }
        folder.result_json.write_text(json.dumps(data))
        folder.report_html.write_text("done")
        return Outcome(job.path, job.slide_id, "ok", (), "", Result(data))

    def stored_result(folder: ResultFolder, ready: Ready) -> Result | None:
        if not folder.report_html.exists():
            return None
        return Result(json.loads(folder.result_json.read_text()))

    monkeypatch.setattr(Ready, "of", lambda settings: Ready(settings, [], list))
    monkeypatch.setattr(remote, "run_one", run_one)
    monkeypatch.setattr(remote, "stored_result", stored_result)
    return done


def run(slides: list[str], out: str = OUT, **settings: Any) -> dict[str, Outcome]:
    """Outcomes by the name that a person knows."""
    with staged(slides, out) as places:
        told = run_slides(places.paths, places.out, RunSettings(**settings), crew=places)
        return {places.name_of(outcome.path): outcome for outcome in told}


def test_results_come_to_the_store_under_the_slides_names_and_nothing_stays_here(
    store: fsspec.AbstractFileSystem, analysed: list[str], scratch: Path
) -> None:
    told = run(["memory://slides"])
    assert list(told) == [f"memory://slides/{name}.svs" for name in "abc"]
    assert analysed == ["a", "b", "c"]
    for name in "abc":
        assert store.cat(f"/results/{name}/report.html") == b"done"
    rows = store.cat("/results/slides.csv").decode().splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [[n, f"{n}.svs", "ok"] for n in "abc"]
    assert list(scratch.iterdir()) == []


def test_what_is_finished_is_not_fetched_and_a_changed_slide_is(
    store: fsspec.AbstractFileSystem, analysed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["memory://slides"])
    store.pipe_file("/slides/b.svs", b"other pixels")
    analysed.clear()
    fetched: list[str] = []
    fetch = remote.RemoteSlide.fetch

    def noted(slide: Any, *rest: Any) -> None:
        fetched.append(slide.place.name)
        fetch(slide, *rest)

    monkeypatch.setattr(remote.RemoteSlide, "fetch", noted)
    told = run(["memory://slides"])
    assert fetched == ["b.svs"]
    assert analysed == ["b"]
    assert [outcome.status for outcome in told.values()] == ["ok"] * 3
    result = json.loads(store.cat("/results/b/result.json"))
    assert result["slide"]["file_sha256"] == "other pixels"


def test_to_begin_anew_is_to_fetch_and_analyse_all(analysed: list[str]) -> None:
    run(["memory://slides"])
    run(["memory://slides"], overwrite=True)
    assert analysed == ["a", "b", "c"] * 2


def test_results_may_stay_here_and_slides_may_lie_here(
    store: fsspec.AbstractFileSystem, analysed: list[str], tmp_path: Path
) -> None:
    near = tmp_path / "near.svs"
    near.write_text("near")
    told = run([str(near), "memory://slides/a.svs", str(near)], str(tmp_path / "out"))
    assert list(told) == [str(near), "memory://slides/a.svs"]
    assert (tmp_path / "out" / "a" / "report.html").exists()
    assert near.exists()
    assert not store.exists("/results")
    run([str(tmp_path / "near.svs")])
    assert store.cat("/results/near/report.html") == b"done"


def test_a_slide_that_does_not_come_fails_alone(
    store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = type(store).get

    def refuse_b(self: Any, far: list[str], *rest: Any, **more: Any) -> None:
        if "/slides/b.svs" in far:
            raise PermissionError("Forbidden")
        get(self, far, *rest, **more)

    monkeypatch.setattr(type(store), "get", refuse_b)
    told = run(["memory://slides"])
    assert [outcome.status for outcome in told.values()] == ["ok", "failed", "ok"]
    message = told["memory://slides/b.svs"].message
    assert message.startswith("memory://slides/b.svs may not be read")
    assert "b,b.svs,failed" in store.cat("/results/slides.csv").decode()


def test_a_result_that_the_store_does_not_take_is_a_failure_of_that_slide(
    store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = type(store).put

    def refuse_b(self: Any, here: list[str], far: list[str], **more: Any) -> None:
        if any(path.startswith("/results/b/") for path in far):
            raise ConnectionError("reset")
        put(self, here, far, **more)

    monkeypatch.setattr(type(store), "put", refuse_b)
    told = run(["memory://slides"])
    assert [outcome.status for outcome in told.values()] == ["ok", "failed", "ok"]
    assert "memory://results/b cannot be reached" in told["memory://slides/b.svs"].message


def test_the_next_slide_comes_while_one_is_analysed_and_no_more_than_these_lie_here(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come = {f"{name}.svs": threading.Event() for name in "abc"}
    fetch, seen = remote.RemoteSlide.fetch, []

    def noted(slide: Any, *rest: Any) -> None:
        fetch(slide, *rest)
        come[slide.place.name].set()

    def run_one(job: SlideJob, ready: Ready, on_step: object) -> Outcome:
        following = {"a": "b.svs", "b": "c.svs"}.get(job.slide_id)
        assert following is None or come[following].wait(timeout=60)
        seen.append(sorted(path.name for path in scratch.rglob("*.svs")))
        return Outcome(job.path, job.slide_id, "ok", (), "")

    monkeypatch.setattr(remote.RemoteSlide, "fetch", noted)
    monkeypatch.setattr(remote, "run_one", run_one)
    run(["memory://slides"])
    assert seen == [["a.svs", "b.svs"], ["b.svs", "c.svs"], ["c.svs"]]


def test_a_run_that_is_stopped_leaves_nothing_here(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(remote, "run_one", stop)
    with pytest.raises(KeyboardInterrupt):
        run(["memory://slides"])
    assert list(scratch.iterdir()) == []


def test_slides_of_the_same_stem_are_told_apart_by_their_content(
    store: fsspec.AbstractFileSystem, analysed: list[str]
) -> None:
    store.pipe_file("/more/a.svs", b"another a")
    run(["memory://slides/a.svs", "memory://more"])
    assert analysed == [
        f"a-{hashlib.sha256(text).hexdigest()[:8]}" for text in (b"pixels of a", b"another a")
    ]
    assert all(store.exists(f"/results/{name}/report.html") for name in analysed)


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_fetched(
    store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("The specified bucket does not exist")

    monkeypatch.setattr(type(store), "pipe_file", refuse)
    with pytest.raises(UsageError, match="memory://results does not exist"):
        run(["memory://slides"])
    assert analysed == []


def test_one_hears_how_far_a_slide_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    told, steps = threading.Event(), []

    def slowly(slide: Any, folder: Path, watch: Any) -> None:
        watch.done_bytes, watch.total_bytes = 3_000_000, 7_000_000
        assert told.wait(timeout=60)
        folder.mkdir(parents=True)
        (folder / slide.place.name).write_text("pixels")

    def hear(step: Step) -> None:
        steps.append(step)
        if step.total:
            told.set()

    monkeypatch.setattr(remote.RemoteSlide, "fetch", slowly)
    monkeypatch.setattr(remote, "_TICK_S", 0.2)
    with staged(["memory://slides/a.svs"], OUT) as places:
        list(run_slides(places.paths, places.out, RunSettings(), hear, crew=places))
    assert Step("a", "fetching (MB)", 3, 7) in steps
    assert {step.name for step in steps} <= {"looking into the store", "fetching (MB)", DONE}
