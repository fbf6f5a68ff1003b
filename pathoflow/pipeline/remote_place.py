"""A file or folder that a URL names, in an object store or wherever else fsspec reaches.

fsspec knows the stores; here its many kinds of errors become one sentence each, and names are told relative to a folder.
"""

from __future__ import annotations

import errno
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pathoflow.errors import EnvironmentFault, NoSpace, PathoflowError, UsageError

# Two letters at least: one letter is a drive of Windows.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_LOCAL = ("file", "local")
_WEB = ("http", "https")


class StoreFault(EnvironmentFault):
    """A store does not answer, or may not be read or written."""


def is_url(place: str) -> bool:
    """Whether ``place`` is a URL and not a path of this machine."""
    return _URL.match(place) is not None


@dataclass(frozen=True, slots=True)
class RemotePlace:
    """A place in a store, which need not exist; made by `open_place`."""

    #: As it is shown to people: signed addresses lose their signature.
    url: str
    #: An ``fsspec.AbstractFileSystem``.
    fs: Any
    #: The place in the words of ``fs``.
    root: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        if urlsplit(self.url).scheme in _WEB:
            return unquote(urlsplit(self.url).path.rpartition("/")[2])
        return self.root.rpartition("/")[2]

    def child(self, name: str) -> RemotePlace:
        """What ``name``, which may hold slashes, is below this folder."""
        return RemotePlace(f"{self.url}/{name}", self.fs, f"{self.root}/{name}")

    def beside(self, name: str) -> RemotePlace:
        """What ``name`` is in the folder where this file lies; an empty name is the folder itself."""
        url, root = self.url.rpartition("/")[0], self.root.rpartition("/")[0]
        return RemotePlace(f"{url}/{name}".rstrip("/"), self.fs, f"{root}/{name}" if name else root)

    def info(self) -> Mapping[str, Any] | None:
        """What the store says of it (``type``, ``size`` and more), or None where nothing is there.

        Raises
        ------
        StoreFault
            The store does not answer, or says no.
        """
        with explained(self.url):
            try:
                found: Mapping[str, Any] = self.fs.info(self.root)
            except FileNotFoundError:
                return None
        return found

    def files(self) -> dict[str, Mapping[str, Any]]:
        """What the store says of each file below it, by its name relative to this folder; errors of `info`."""
        with explained(self.url):
            self.fs.invalidate_cache()
            try:
                found = self.fs.find(self.root, detail=True)
            except FileNotFoundError:
                return {}
        start = f"{self.root}/"
        return {
            name.removeprefix(start): about
            for name, about in found.items()
            # Some tools mark folders by empty objects.
            if name.startswith(start) and not name.endswith("/")
        }

    def fetch(self, names: Iterable[str], folder: Path) -> None:
        """Copy files below it into ``folder``, under the same names; errors of `info`, and `NoSpace`."""
        wanted = list(names)
        for parent in {(folder / name).parent for name in wanted}:
            parent.mkdir(parents=True, exist_ok=True)
        if wanted:
            with explained(self.url):
                self.fs.get(
                    [f"{self.root}/{name}" for name in wanted],
                    [str(folder / name) for name in wanted],
                )

    def send(self, names: Iterable[str], folder: Path) -> None:
        """Copy files of ``folder`` to below it, under the same names; errors of `info`."""
        wanted = list(names)
        if wanted:
            with explained(self.url):
                self.fs.put(
                    [str(folder / name) for name in wanted],
                    [f"{self.root}/{name}" for name in wanted],
                )

    def write(self, name: str, content: bytes) -> None:
        """Write one file below it; errors of `info`."""
        with explained(self.url):
            self.fs.pipe_file(f"{self.root}/{name}", content)

    def remove(self, names: Iterable[str]) -> None:
        """Take away files below it; errors of `info`."""
        with explained(self.url):
            for name in names:
                self.fs.rm_file(f"{self.root}/{name}")

    def check_writable(self) -> None:
        """Write a small file and take it away again; errors of `info`."""
        probe = f".{secrets.token_hex(6)}.tmp"
        self.write(probe, b"pathoflow")
        self.remove([probe])


def open_place(url: str) -> RemotePlace:
    """The place that ``url`` names; nothing is asked of the store yet.

    Raises
    ------
    UsageError
        No kind of store has such URLs.
    EnvironmentFault
        The library for this kind of store is not installed.
    """
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # ships no types

    scheme = urlsplit(url).scheme
    # Only a disk has folders that must be made.
    options = {"auto_mkdir": True} if scheme in _LOCAL else {}
    try:
        fs, root = url_to_fs(url, **options)
    except ImportError as error:
        raise EnvironmentFault(
            f"{scheme}:// needs a library that is not installed ({error}); install it with: "
            'pip install "pathoflow[cloud]"'
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{url} is no address that can be read ({error}); s3://, gs://, abfs://, https:// and file:// can."
        ) from error
    shown = url.partition("?")[0] if scheme in _WEB else url
    return RemotePlace(shown.rstrip("/"), fs, root.rstrip("/"))


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn whatever a store's library raises into a sentence with a remedy.

    Raises
    ------
    StoreFault
        In place of the store's own errors.
    NoSpace
        The disk of this machine is full.
    """
    try:
        yield
    except PathoflowError:
        raise
    except Exception as error:  # third parties' code: nothing is known about what it may raise
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(
                f"the disk for temporary files is full, so {url} could not be fetched; free some space, or name "
                "another disk by the variable TMPDIR."
            ) from error
        raise StoreFault(f"{url} {_reason(error)}") from error


def _reason(error: Exception) -> str:
    said = " ".join(str(error).split()).rstrip(".")
    if "Credential" in type(error).__name__ or "credential" in said.lower():
        return f"needs credentials that were not found ({said}); set them up as for the store's own tools."
    if isinstance(error, PermissionError):
        return f"may not be read or written with these credentials ({said}); ask for the right to."
    if isinstance(error, FileNotFoundError):
        return f"does not exist ({said}); check the bucket's name and the path."
    if isinstance(error, NotImplementedError):
        return "is in a store that cannot be written; name another place with --out."
    return f"cannot be reached ({type(error).__name__}: {said}); check the address and the connection, then run again."
