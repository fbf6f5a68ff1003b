"""Writing a file so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pathoflow.errors import EnvironmentFault, NoSpace

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` atomically; an older file stays whole until the new one is on disk.

    Raises
    ------
    NoSpace
        The disk is full.
    EnvironmentFault
        The folder is missing or may not be written, or the disk failed.
    """
    # A short name of its own: a long slide name plus a suffix could pass the 255 bytes of a file system.
    temporary = path.parent / f".{secrets.token_hex(6)}.tmp"
    with explained_os_errors(path):
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # Not rename: replace overwrites on Windows too.
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 without byte order mark, line ends as they are; atomic, errors of `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as UTF-8 JSON: keys in the order given, indent 2, a newline at the end; atomic.

    Raises
    ------
    ValueError
        A number is NaN or infinite, which JSON has no word for.
    NoSpace, EnvironmentFault
        As in `write_bytes`.
    """
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


@contextmanager
def explained_os_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's errors on the way to ``path`` into sentences with a remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(
                f"the disk is full, so {path} could not be written; free some space and run again, "
                "what was finished before is kept"
            ) from error
        if error.errno in _FORBIDDEN:
            raise EnvironmentFault(
                f"{path} may not be written ({error.strerror}); choose another output folder or "
                "ask for the right to write there"
            ) from error
        raise EnvironmentFault(
            f"{path} could not be written ({error.strerror or error}); check that its folder "
            "exists and that the disk is in order"
        ) from error
