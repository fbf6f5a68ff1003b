from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pathoflow.pipeline import remote_results
from pathoflow.pipeline.remote_place import RemotePlace, StoreFault, open_place
from pathoflow.pipeline.remote_results import Mirror
from pathoflow.store import ResultFolder

CHUNK = "analysis.zarr/probability/c/0"
LEDGER = "ledger/blocks.jsonl"


@pytest.fixture
def place() -> Iterator[RemotePlace]:
    """A folder in an empty store in memory."""
    fs = fsspec.filesystem("memory")
    yield open_place("memory://out/case")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


@pytest.fixture
def folder(tmp_path: Path) -> ResultFolder:
    return ResultFolder(tmp_path / "case")


@pytest.fixture
def sent(place: RemotePlace, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names in the order in which they come to the store; ``-name`` where one goes."""
    told: list[str] = []
    fs = type(place.fs)
    pipe, put, rm = fs.pipe_file, fs.put_file, fs.rm_file

    def name(path: str) -> str:
        return path.removeprefix("/out/case/")

    def piped(self: Any, path: str, value: bytes, **more: Any) -> None:
        told.append(name(path))
        pipe(self, path, value, **more)

    def put_there(self: Any, here: str, path: str, **more: Any) -> None:
        told.append(name(path))
        put(self, here, path, **more)

    def removed(self: Any, path: str) -> None:
        told.append(f"-{name(path)}")
        rm(self, path)

    monkeypatch.setattr(fs, "pipe_file", piped)
    monkeypatch.setattr(fs, "put_file", put_there)
    monkeypatch.setattr(fs, "rm_file", removed)
    return told


def write(folder: ResultFolder, *names: str, text: str = "x") -> None:
    for name in names:
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_ledger_comes_after_the_maps_and_the_report_last(
    place: RemotePlace, folder: ResultFolder, sent: list[str]
) -> None:
    write(folder, "report.html", "result.json", LEDGER, "vessels.csv", CHUNK)
    Mirror(place, folder).push()
    assert sorted(sent[:2]) == [CHUNK, "vessels.csv"]
    assert sent[2:] == [LEDGER, "result.json", "report.html"]


def test_only_what_is_new_is_sent(
    place: RemotePlace, folder: ResultFolder, sent: list[str]
) -> None:
    write(folder, CHUNK, LEDGER)
    mirror = Mirror(place, folder)
    mirror.push()
    sent.clear()
    mirror.push()
    assert sent == []
    write(folder, LEDGER, text="longer")
    mirror.push()
    assert sent == [LEDGER]
    assert place.fs.cat(f"{place.root}/{LEDGER}") == b"longer"


def test_the_mark_of_a_finished_result_goes_first_when_anything_changes(
    place: RemotePlace, folder: ResultFolder, sent: list[str]
) -> None:
    write(folder, CHUNK, "report.html")
    mirror = Mirror(place, folder)
    mirror.push()
    sent.clear()
    write(folder, CHUNK, text="other pixels")
    mirror.push()
    assert sent == ["-report.html", CHUNK, "report.html"]


def test_half_written_files_and_the_lease_stay_here(
    place: RemotePlace, folder: ResultFolder
) -> None:
    write(folder, ".lease", ".a1.tmp", f"{CHUNK}.partial", CHUNK)
    Mirror(place, folder).push()
    assert list(place.files()) == [CHUNK]


def test_an_interrupted_analysis_comes_back_whole_and_its_stale_files_go(
    place: RemotePlace, folder: ResultFolder, sent: list[str]
) -> None:
    for name in (CHUNK, LEDGER, "result.json", "vessels.csv"):
        place.write(name, name.encode())
    mirror = Mirror(place, folder)
    mirror.fetch_answer()
    assert not (folder.path / CHUNK).exists()
    assert folder.analysis.is_dir()
    mirror.fetch_maps()
    assert (folder.path / CHUNK).read_bytes() == CHUNK.encode()
    sent.clear()
    mirror.push()
    assert sent == []
    (folder.path / CHUNK).unlink()
    mirror.push()
    assert sent == [f"-{CHUNK}"]


def test_nothing_there_makes_no_folder_here_and_nothing_here_takes_nothing_away(
    place: RemotePlace, folder: ResultFolder
) -> None:
    mirror = Mirror(place, folder)
    mirror.fetch_answer()
    mirror.fetch_maps()
    assert not folder.path.exists()
    place.write("result.json", b"of an earlier run")
    Mirror(place, folder).push()
    assert list(place.files()) == ["result.json"]


def test_new_blocks_go_while_the_analysis_goes_on(
    place: RemotePlace, folder: ResultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_results, "PUSH_EVERY_S", 0.01)
    with Mirror(place, folder).kept_up():
        write(folder, CHUNK)
        give_up = time.monotonic() + 30
        while CHUNK not in place.files():
            assert time.monotonic() < give_up
            time.sleep(0.01)


def test_an_analysis_that_is_stopped_leaves_what_it_has_in_the_store(
    place: RemotePlace, folder: ResultFolder
) -> None:
    def stopped() -> None:
        with Mirror(place, folder).kept_up():
            write(folder, CHUNK)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(place.files()) == [CHUNK]


def test_a_store_that_takes_nothing_at_the_end_is_an_error(
    place: RemotePlace, folder: ResultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("Forbidden")

    mirror = Mirror(place, folder)
    monkeypatch.setattr(type(place.fs), "put_file", refuse)
    with pytest.raises(StoreFault, match="may not be"), mirror.kept_up():
        write(folder, CHUNK)
