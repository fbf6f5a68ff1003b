from __future__ import annotations

import builtins
import errno
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pathoflow.errors import EnvironmentFault, NoSpace, UsageError
from pathoflow.pipeline.remote_place import StoreFault, explained, is_url, open_place


@pytest.fixture(autouse=True)
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """An empty store in memory."""
    fs = fsspec.filesystem("memory")
    yield fs
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


@pytest.mark.parametrize(
    "url", ["s3://b/k", "gs://b", "https://h/a.svs?x=1", "file:///a", "memory://a"]
)
def test_a_scheme_makes_a_url(url: str) -> None:
    assert is_url(url)


@pytest.mark.parametrize(
    "path", ["a.svs", "/a/b", "C:\\slides", "c://slides", "a:b", "", "x/s3://y"]
)
def test_everything_else_is_a_path(path: str) -> None:
    assert not is_url(path)


def test_what_is_sent_is_listed_fetched_and_removed_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "here" / "deep").mkdir(parents=True)
    (tmp_path / "here" / "a").write_bytes(b"1")
    (tmp_path / "here" / "deep" / "b").write_bytes(b"22")
    place = open_place("memory://bucket/out/")
    place.send(["a", "deep/b"], tmp_path / "here")
    open_place("memory://bucket/out2").write("c", b"of another folder")
    assert {name: about["size"] for name, about in place.files().items()} == {"a": 1, "deep/b": 2}
    place.fetch(["deep/b"], tmp_path / "back")
    assert (tmp_path / "back" / "deep" / "b").read_bytes() == b"22"
    place.remove(["a"])
    assert list(place.files()) == ["deep/b"]


def test_a_folder_of_this_disk_is_a_store_too(tmp_path: Path) -> None:
    place = open_place(f"file://{tmp_path}/new")
    assert place.info() is None
    assert place.files() == {}
    place.write("deep/a", b"1")
    assert (tmp_path / "new" / "deep" / "a").read_bytes() == b"1"


def test_checking_that_one_can_write_leaves_nothing_behind() -> None:
    place = open_place("memory://bucket/out")
    place.check_writable()
    assert place.files() == {}


@pytest.mark.parametrize(
    ("url", "name", "beside"),
    [
        ("memory://b/slides/a.svs", "a.svs", "memory://b/slides/x"),
        ("file:///slides/a%20b.svs", "a%20b.svs", "file:///slides/x"),
    ],
)
def test_a_place_has_a_name_and_neighbours(url: str, name: str, beside: str) -> None:
    place = open_place(url)
    assert place.name == name
    assert place.beside("x").url == beside
    assert place.beside("").url == beside.removesuffix("/x")


def test_a_signed_address_keeps_its_signature_to_itself() -> None:
    pytest.importorskip("aiohttp", reason="https:// needs aiohttp")
    place = open_place("https://host.example/slides/a%20b.svs?signature=secret")
    assert place.url == "https://host.example/slides/a%20b.svs"
    assert place.name == "a b.svs"
    assert place.root.endswith("signature=secret")


def test_an_unknown_kind_of_store_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match=r"gopher://x is no address"):
        open_place("gopher://x")


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.partition(".")[0] == "adlfs":
            raise ImportError(f"No module named {name!r}")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentFault, match=r"abfs:// needs .* pip install .pathoflow\[cloud\]"):
        open_place("abfs://container/slides")


class NoCredentialsError(Exception):
    """As the libraries of some stores name it."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError("The specified bucket does not exist"), "s3://b does not exist"),
        (PermissionError("Forbidden"), "may not be read or written"),
        (NoCredentialsError("Unable to locate them"), "needs credentials"),
        (NotImplementedError(), "cannot be written"),
        (ConnectionError("refused"), r"cannot be reached \(ConnectionError: refused\)"),
    ],
)
def test_errors_of_stores_become_sentences(error: Exception, said: str) -> None:
    with pytest.raises(StoreFault, match=said), explained("s3://b"):
        raise error


def test_a_full_disk_is_told_as_that() -> None:
    with pytest.raises(NoSpace, match="TMPDIR"), explained("s3://b"):
        raise OSError(errno.ENOSPC, "No space left on device")
