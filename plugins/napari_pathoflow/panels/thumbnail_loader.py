"""Pictures read in the background: the window never waits for a disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from qtpy.QtCore import QObject, QRunnable, QThreadPool, Signal

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.thumbnails import Thumbnails

#: Asked for and not yet read; older ones are forgotten, because the eye has moved on.
_MOST_WAITING = 120


class ThumbnailLoader(QObject):
    """Reads pictures on a thread of its own, the last asked for first.

    ``arrived`` tells the vessel whose picture can be had from `Thumbnails.known` now.
    """

    arrived = Signal(str)

    def __init__(self, thumbnails: Thumbnails, parent: Any = None) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self._waiting: OrderedDict[tuple[str, float], Candidate] = OrderedDict()
        self._lock = threading.Lock()
        self._is_running = False
        self._is_closed = False
        self._pool = QThreadPool(self)
        # One: readers are quick, and a slide's tiles are shared between neighbours.
        self._pool.setMaxThreadCount(1)

    def ask(self, one: Candidate, side_um: float) -> None:
        """Have a picture read soon."""
        with self._lock:
            key = (one.id, side_um)
            self._waiting[key] = one
            self._waiting.move_to_end(key)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
            if self._is_running or self._is_closed:
                return
            self._is_running = True
        self._pool.start(_Reading(self))

    def close(self) -> None:
        """Forget what waits and wait for the picture in work."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
        self._pool.waitForDone()

    def wait(self) -> None:
        """Wait until all that was asked for is read."""
        self._pool.waitForDone()

    def work(self) -> None:
        """Read until nothing waits; runs on the loader's thread."""
        while (job := self._next()) is not None:
            (_, side_um), one = job
            self.thumbnails.take(one, side_um)
            self.arrived.emit(one.id)

    def _next(self) -> tuple[tuple[str, float], Candidate] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popitem()
            self._is_running = False
            return None


class _Reading(QRunnable):
    """One spell of reading."""

    def __init__(self, loader: ThumbnailLoader) -> None:
        super().__init__()
        self._loader = loader

    def run(self) -> None:
        """Read what waits."""
        self._loader.work()
