"""A ``pathoflow`` command in a process of its own: what it says, how far it is, and how to stop it.

The window stays free, a crash of the run takes no review with it, and a stopped run resumes when it is started again.
"""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

#: ``liver: map 12 of 40`` and the like: the last such pair in a line says how far a step is.
_SHARE = re.compile(r"(\d+)(?: of |/)(\d+)")


class Job:
    """One running or finished command.

    Parameters
    ----------
    arguments
        The whole command line.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        # A group of its own on Windows, where only groups can be interrupted.
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._process = subprocess.Popen(
            list(arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=flags,
        )
        self.share = 0.0
        self.was_stopped = False
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def is_running(self) -> bool:
        """Whether it still works, or has lines that nobody has read."""
        return self._process.poll() is None or self._listener.is_alive() or not self._lines.empty()

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def read(self) -> list[str]:
        """The lines since the last call."""
        lines = []
        while not self._lines.empty():
            lines.append(self._lines.get())
        for line in lines:
            if pairs := _SHARE.findall(line):
                done, total = map(int, pairs[-1])
                self.share = min(1.0, done / total) if total else self.share
        if self.code == 0:
            self.share = 1.0
        return lines

    def stop(self) -> None:
        """Ask it to end, as Ctrl+C does; it keeps what is finished."""
        if self._process.poll() is None:
            self.was_stopped = True
            soft = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
            self._process.send_signal(soft)

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end and give its code."""
        code = self._process.wait(timeout_s)
        self._listener.join(timeout_s)
        return code

    def _listen(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for line in stream:
                self._lines.put(line.rstrip())


def run_command(arguments: Sequence[str]) -> Job:
    """Start ``pathoflow`` with these arguments, by the Python that runs here."""
    return Job([sys.executable, "-m", "pathoflow.cli", *arguments])
