"""One writer per case: a lock of the operating system, and beside it a note of who holds it since when.

The lock is a file that the holder keeps locked; when its process dies, the system lets go, so nothing has to be
cleaned up by hand. The note is only for people: it says whom to ask, and means nothing where the lock is free.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from pathoflow.errors import ReviewCode, ReviewRefused
from pathoflow.store import CaseFolder, write_json
from pathoflow.store.atomic import explained_os_errors

LOCK_NAME = "review.lock"
HOLDER_NAME = "review.holder.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes in a case."""

    who: str
    since_utc: str
    machine: str
    pid: int

    def __str__(self) -> str:
        return f"{self.who}, since {self.since_utc} on {self.machine}"


class CaseLocked(ReviewRefused):
    """Somebody else writes in this case; ``holder`` says who, where that is known."""

    code = ReviewCode.CASE_LOCKED

    def __init__(self, message: str, holder: Holder | None) -> None:
        super().__init__(message)
        self.holder = holder


class CaseLock:
    """The right to write in a case; made by `lock_case`."""

    def __init__(self, folder: CaseFolder, lock: FileLock) -> None:
        self._folder = folder
        self._lock = lock

    def release(self) -> None:
        """Let others write; doing it twice is fine."""
        if self._lock.is_locked:
            # First the note, so that it never names somebody beside a lock of another.
            (self._folder.path / HOLDER_NAME).unlink(missing_ok=True)
            self._lock.release()


def lock_case(folder: CaseFolder, who: str) -> CaseLock:
    """Take the right to write in a case, without waiting.

    Raises
    ------
    CaseLocked
        Somebody else has it.
    EnvironmentFault
        The folder cannot be written.
    """
    folder.prepare()
    lock = FileLock(folder.path / LOCK_NAME)
    with explained_os_errors(folder.path):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise _locked(folder) from None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(
        folder.path / HOLDER_NAME, asdict(Holder(who, now, socket.gethostname(), os.getpid()))
    )
    return CaseLock(folder, lock)


def read_holder(folder: CaseFolder) -> Holder | None:
    """Who holds a case as the note says; None without a note."""
    with suppress(OSError, ValueError, TypeError):
        return Holder(**json.loads((folder.path / HOLDER_NAME).read_text("utf-8")))
    return None


def _locked(folder: CaseFolder) -> CaseLocked:
    holder = read_holder(folder)
    named = str(holder) if holder else "another process"
    return CaseLocked(
        f"{folder.path.name} is being reviewed by {named}; it is open read-only until they close it",
        holder,
    )
