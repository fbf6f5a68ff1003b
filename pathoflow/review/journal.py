"""The journal of a review: `review.jsonl`, append-only, one action a line, every line chained to the one before.

Each line is on the disk before its action counts. A last line that a crash tore is set aside, and all before it hold; any
other line that does not fit its hash or its predecessor stops the reading, with its number. The chain proves that
nothing was changed or left out between two lines; that the end was not cut off is seen from the signed versions beside it.

Names and hashes are no electronic signature in the sense of 21 CFR 11. What is written is what the reader typed; nothing
of the slide's label or path comes in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pathoflow.errors import JournalError, ReviewRefused
from pathoflow.review.actions import Action, Sign, Undo
from pathoflow.review.entry import Entry, make_entry, read_entry
from pathoflow.review.lock import CaseLock
from pathoflow.review.plain import shown
from pathoflow.review.rules import require_allowed
from pathoflow.review.state import ReviewState, replay
from pathoflow.store.atomic import explained_os_errors


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


class Journal:
    """All entries of one case and the state they come to; `append` is the only way to add to it."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._clock = clock
        self._lock: CaseLock | None = None
        self.reload()

    def reload(self) -> None:
        """Read it from the disk.

        Raises
        ------
        JournalError
            A line was altered, left out or put in.
        """
        content = self.path.read_bytes() if self.path.exists() else b""
        found, self.torn = split_lines(content)
        self._entries = read_lines(found, self.path)
        #: Bytes that hold; what is behind them is torn.
        self._size = len(content) - len(self.torn)
        self.state: ReviewState = replay(self._entries)

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries, in order."""
        return tuple(self._entries)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known: a clock that went back, a line that was set aside."""
        said = [
            f"line {later.seq}: the clock went back from {earlier.utc} to {later.utc}; the order is that of the numbers"
            for earlier, later in zip(self._entries, self._entries[1:], strict=False)
            if later.time < earlier.time
        ]
        if self.torn:
            said.append(
                f"the last line was torn by a crash ({len(self.torn)} bytes) and is set aside; at most one action is lost"
            )
        return tuple(said)

    @property
    def can_write(self) -> bool:
        """Whether this process holds the case."""
        return self._lock is not None

    def hold(self, lock: CaseLock) -> None:
        """Allow writing; what others wrote meanwhile is read first."""
        self._lock = lock
        self.reload()

    def let_go(self) -> None:
        """Give the case back; doing it twice is fine."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def append(self, action: Action, who: str) -> Entry:
        """Write one action and let it come true.

        Raises
        ------
        ReviewRefused
            The case does not allow it now, or this process does not hold the case; nothing was written.
        JournalError
            The file was changed by somebody else meanwhile.
        NoSpace, EnvironmentFault
            It cannot be written; the journal is as it was.
        """
        if self._lock is None:
            raise ReviewRefused(f"{self.path.parent.name} is open read-only; nothing was written")
        require_allowed(action, who, self.state, self._entries)
        n_before = len(self._entries)
        try:
            entry = self._enter(action, who)
            self._write(entry.line())
        except BaseException:
            # Memory may be ahead of the disk.
            del self._entries[n_before:]
            self.state = replay(self._entries)
            raise
        return entry

    def _enter(self, action: Action, who: str) -> Entry:
        """Let the action come true in memory, and make its entry."""
        last = self._entries[-1] if self._entries else None
        subject = self._entries[action.seq - 1].action if isinstance(action, Undo) else action
        head: dict[str, Any] = {"utc": self._time(), "who": who, "before": None, "after": None}
        head["before"] = shown(self.state.look(subject))
        if isinstance(action, Undo):
            # An undo means to replay all others.
            self.state = replay([*self._entries, make_entry(head, action, last)])
        elif not isinstance(action, Sign):
            self.state.take(action, who)
        head["after"] = shown(self.state.look(subject))
        entry = make_entry(head, action, last)
        if isinstance(action, Sign):
            self.state.sign(entry)
        self._entries.append(entry)
        return entry

    def _time(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")

    def _write(self, line: bytes) -> None:
        with explained_os_errors(self.path):
            is_new = not self.path.exists()
            found = 0 if is_new else self.path.stat().st_size
            if found != self._size + len(self.torn):
                raise JournalError(
                    f"{self.path} was changed by another process while it was open here; close the case and open it again"
                )
            self._set_torn_aside()
            with self.path.open("ab") as file:
                try:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
                except BaseException:
                    # Half a line would look like a crash.
                    file.truncate(self._size)
                    raise
            self._size += len(line)
            if is_new:
                _sync_folder(self.path.parent)

    def _set_torn_aside(self) -> None:
        if self.torn:
            aside = self.path.with_name(f"review.torn-{len(self._entries)}")
            aside.write_bytes(self.torn)
            with self.path.open("r+b") as file:
                file.truncate(self._size)
            self.torn = b""


def split_lines(content: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and what a crash left of a last one."""
    *lines, rest = content.split(b"\n")
    return lines, rest


def read_lines(lines: Sequence[bytes], path: Path) -> list[Entry]:
    """All entries.

    Raises
    ------
    JournalError
        With the first line that does not fit.
    """
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(read_entry(line, entries[-1] if entries else None))
        except ValueError as error:
            raise JournalError(
                f"{path}, line {number}, was altered or is damaged: {error}; the lines before it hold, and nothing is "
                "written until the file is restored from a copy",
                number,
            ) from error
    return entries


def _sync_folder(folder: Path) -> None:
    """Put a new name on the disk too, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
