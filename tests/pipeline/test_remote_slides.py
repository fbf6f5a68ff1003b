from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pathoflow.errors import SlideUnreadable, UsageError
from pathoflow.pipeline import find_slides
from pathoflow.pipeline.remote_slides import (
    RemoteSlide,
    Unwanted,
    Watch,
    find_remote_slides,
    slides_among,
)


@pytest.fixture
def store() -> Iterator[fsspec.AbstractFileSystem]:
    """An empty store in memory."""
    fs = fsspec.filesystem("memory")
    yield fs
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


def put(store: fsspec.AbstractFileSystem, *names: str) -> None:
    for name in names:
        store.pipe_file(f"/slides/{name}", name.encode())


def urls(found: list[RemoteSlide]) -> list[str]:
    return [slide.place.url.removeprefix("memory://slides/") for slide in found]


NAMES = [
    "b/deep/c.NDPI",
    "a.svs",
    "notes.txt",
    ".cache.tiff",
    ".trash/old.svs",
    "case.truth/vessels.tif",
    "out/case/analysis.zarr/zarr.json",
    "out/case/picture.tif",
    "whole.zarr/zarr.json",
    "whole.zarr/0/c/page.tif",
    "plain/zarr.json",
    "plain/page.tif",
    "e.mrxs",
    "e/Data0001.dat",
]


def test_a_search_finds_what_one_on_a_disk_finds(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert slides_among(NAMES) == ["a.svs", "b/deep/c.NDPI", "e.mrxs", "whole.zarr"]
    on_disk = [path.relative_to(tmp_path).as_posix() for path in find_slides([tmp_path])]
    assert slides_among(NAMES) == on_disk


def test_a_folder_that_is_a_result_holds_no_slides() -> None:
    assert slides_among(["analysis.zarr/zarr.json", "picture.tif"]) == []


def test_a_url_names_a_file_a_zarr_folder_or_a_folder_of_slides(
    store: fsspec.AbstractFileSystem,
) -> None:
    put(store, "scan.weird", "z.zarr/zarr.json", "a.svs")
    assert urls(find_remote_slides("memory://slides/scan.weird")) == ["scan.weird"]
    [whole] = find_remote_slides("memory://slides/z.zarr")
    assert whole.is_folder
    assert urls(find_remote_slides("memory://slides/")) == ["a.svs", "z.zarr"]


def test_nothing_and_a_folder_without_slides_are_refused(store: fsspec.AbstractFileSystem) -> None:
    put(store, "empty/readme.txt")
    with pytest.raises(UsageError, match=r"memory://slides/none does not exist"):
        find_remote_slides("memory://slides/none")
    with pytest.raises(UsageError, match=r"empty holds no slides .*\.ndpi"):
        find_remote_slides("memory://slides/empty")


@pytest.mark.parametrize(
    ("slide", "belongs", "others"),
    [
        ("a.svs", ["a.svs"], ["b.svs", "a/x.dat"]),
        ("e.mrxs", ["e.mrxs", "e/Slidedat.ini", "e/deep/Data.dat"], ["f/Data.dat", "a.svs"]),
        ("d/1.dcm", ["1.dcm", "2.dcm"], ["d/deep/3.dcm", "d/notes.txt", "4.dcm"]),
        ("v/x.vms", ["x.vms", "x.jpg", "x.opt"], ["v/deep/y.jpg"]),
    ],
)
def test_a_slide_comes_with_all_its_files_and_no_others(
    store: fsspec.AbstractFileSystem,
    tmp_path: Path,
    slide: str,
    belongs: list[str],
    others: list[str],
) -> None:
    folder = slide.rpartition("/")[0]
    put(store, *(f"{folder}/{name}".lstrip("/") for name in belongs), *others)
    [found] = find_remote_slides(f"memory://slides/{slide}")
    found.fetch(tmp_path)
    came = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert came == set(belongs)
    name = slide.rpartition("/")[2]
    assert (tmp_path / name).read_bytes() == slide.encode()


def test_a_folder_slide_comes_as_a_folder(store: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    put(store, "z.zarr/zarr.json", "z.zarr/0/c/0/0", "a.svs")
    [found] = find_remote_slides("memory://slides/z.zarr")
    found.fetch(tmp_path)
    assert (tmp_path / "z.zarr" / "0" / "c" / "0" / "0").read_bytes() == b"z.zarr/0/c/0/0"
    assert (tmp_path / "z.zarr" / "zarr.json").exists()
    assert not (tmp_path / "a.svs").exists()


def test_a_copy_of_the_wrong_size_is_no_slide(
    store: fsspec.AbstractFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a.svs")
    [found] = find_remote_slides("memory://slides/a.svs")

    def cut_off(far: list[str], here: list[str], **_: Any) -> None:
        for path in here:
            Path(path).write_bytes(b"a.s")

    monkeypatch.setattr(type(store), "get", staticmethod(cut_off))
    with pytest.raises(SlideUnreadable, match="3 bytes came of the 5"):
        found.fetch(tmp_path)


def test_a_large_file_tells_how_far_it_is_and_can_be_stopped(
    store: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    store.pipe_file("/slides/large.svs", b"x" * 9_000_000)
    [found] = find_remote_slides("memory://slides/large.svs")
    watch = Watch()
    found.fetch(tmp_path, watch)
    assert (watch.done_bytes, watch.total_bytes) == (9_000_000, 9_000_000)
    watch.stop.set()
    with pytest.raises(Unwanted):
        found.fetch(tmp_path, watch)


def test_the_version_changes_with_the_file_and_else_not(store: fsspec.AbstractFileSystem) -> None:
    put(store, "a.svs")
    [found] = find_remote_slides("memory://slides/a.svs")
    first = found.version()
    assert first is not None
    assert found.version() == first
    time.sleep(0.002)  # the store's clock has microseconds
    put(store, "a.svs")
    assert found.version() != first


def test_a_store_that_says_only_sizes_has_no_versions(
    store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a.svs")
    [found] = find_remote_slides("memory://slides/a.svs")
    monkeypatch.setattr(
        type(store), "info", lambda self, path: {"name": path, "size": 5, "type": "file"}
    )
    assert found.version() is None
