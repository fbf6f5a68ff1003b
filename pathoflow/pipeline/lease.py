"""One owner per result folder: a small file that says who writes there, kept fresh while the owner lives.

A worker that is presumed dead may still be alive, and a person may start the same command twice. Whoever comes second
waits until the first is done or has fallen silent, and then goes on from its ledger. Nothing has to be cleaned up by hand:
the lease of a dead process is taken over, at once where it was of this machine, else after half a minute of silence.
Times of two machines are never compared: each watches with its own clock whether the file changes.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pathoflow.errors import EnvironmentFault
from pathoflow.store.atomic import explained_os_errors, write_text

NAME = ".lease"
#: An owner makes itself heard this often.
_BEAT_S = 5.0
#: An owner that was not heard for so long has died, or its machine has lost the disk.
_SILENCE_S = 30.0
_LOOK_EVERY_S = 1.0


class LeaseLost(EnvironmentFault):
    """Somebody else took the folder over, because this process was silent for too long."""


@dataclass
class Lease:
    """The right to write into ``folder``; made by `lease_on`."""

    folder: Path
    #: Told to the others: a random name, the machine, the process.
    text: str = field(
        default_factory=lambda: json.dumps(
            {"owner": secrets.token_hex(8), "machine": _machine(), "pid": os.getpid()}
        )
    )
    #: Whether somebody else held it before, so that what is in the folder may have changed.
    was_waited_for: bool = False

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / NAME

    def check(self) -> None:
        """Do nothing while it is ours.

        Raises
        ------
        LeaseLost
            It is no longer.
        """
        if read_lease(self.folder) != self.text:
            raise LeaseLost(
                f"another run has taken over {self.folder}, because this one was silent for more than "
                f"{_SILENCE_S:.0f} seconds; let that run finish, or run again afterwards."
            )

    def take(self) -> bool:
        """Take it where nobody has it."""
        with explained_os_errors(self.path):
            # Whoever had it may have removed the whole folder, having found nothing to keep.
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with self.path.open("x", encoding="utf-8") as file:
                    file.write(self.text)
            except FileExistsError:
                return False
        return True

    def take_over(self) -> None:
        """Take it from an owner that is dead."""
        write_text(self.path, self.text)

    def keep_fresh(self, stop: threading.Event) -> None:
        """Touch the file until ``stop``, or until it is no longer ours."""
        while not stop.wait(_BEAT_S) and read_lease(self.folder) == self.text:
            with suppress(
                OSError
            ):  # a moment without the disk; `check` finds out if it was too long
                os.utime(self.path)

    def release(self) -> None:
        """Give it back."""
        if read_lease(self.folder) == self.text:
            self.path.unlink(missing_ok=True)


def read_lease(folder: Path) -> str | None:
    """What the owner of ``folder`` says of itself, or None where it has none or cannot be seen from here."""
    try:
        return (folder / NAME).read_text(encoding="utf-8")
    except OSError:
        return None


@contextmanager
def lease_on(
    folder: Path,
    on_wait: Callable[[], None] = lambda: None,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Lease]:
    """Own ``folder`` for the time of the block; wait as long as somebody else does.

    Parameters
    ----------
    folder
        A result folder; it is made where it is missing.
    on_wait
        Called about once a second while waiting; may raise to give up.
    pause
        How to sleep; a worker of a cluster lets others work meanwhile.
    """
    lease = Lease(folder)
    while not lease.take():
        lease.was_waited_for = True
        if not _outlived(folder, on_wait, pause):
            continue
        lease.take_over()
        break
    stop = threading.Event()
    beat = threading.Thread(target=lease.keep_fresh, args=(stop,), name="lease", daemon=True)
    beat.start()
    try:
        yield lease
    finally:
        stop.set()
        beat.join()
        lease.release()


def _outlived(folder: Path, on_wait: Callable[[], None], pause: Callable[[float], None]) -> bool:
    """Wait until the owner is dead (True) or has given the folder back (False)."""
    seen, since = _sign_of_life(folder), time.monotonic()
    while seen is not None:
        if _is_dead(seen[0]) or time.monotonic() - since > _SILENCE_S:
            return True
        on_wait()
        pause(_LOOK_EVERY_S)
        if (now := _sign_of_life(folder)) != seen:
            seen, since = now, time.monotonic()
    return False


def _sign_of_life(folder: Path) -> tuple[str, int] | None:
    """What the lease says and when its machine last touched it; opened anew, which is when a network disk looks."""
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            return file.read(), os.fstat(file.fileno()).st_mtime_ns
    except OSError:
        return None


def _is_dead(text: str) -> bool:
    """Whether the owner was a process of this machine that is no more; never sure of any other."""
    try:
        owner = json.loads(text)
        machine, pid = owner["machine"], int(owner["pid"])
    except (ValueError, TypeError, KeyError):
        return False
    # On Windows, asking in this way would end the process.
    if machine != _machine() or os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _machine() -> str:
    """This machine; containers that share its name have process numbers of their own."""
    namespace = ""
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return f"{socket.gethostname()} {namespace}".strip()
