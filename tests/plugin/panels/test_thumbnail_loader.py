"""Pictures read on a thread of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.panels.thumbnail_loader import _MOST_WAITING, ThumbnailLoader
from napari_pathoflow.thumbnails import Thumbnails

RING = np.array([[0, 0], [10, 0], [10, 10]], float)


def vessel(name: str) -> Candidate:
    return Candidate(name, "gone", (RING,))


def test_what_is_asked_for_arrives(qtbot: Any) -> None:
    loader = ThumbnailLoader(Thumbnails({}))
    with qtbot.waitSignal(loader.arrived) as arrived:
        loader.ask(vessel("a"), 400.0)
    assert arrived.args == ["a"]
    assert loader.thumbnails.known(vessel("a")) is not None
    loader.close()


def test_what_the_eye_has_left_behind_is_forgotten_and_the_last_comes_first(qtbot: Any) -> None:
    loader = ThumbnailLoader(Thumbnails({}))
    # As if a thread were at work already, so that nothing is taken off the list yet.
    loader._is_running = True
    for number in range(_MOST_WAITING + 30):
        loader.ask(vessel(str(number)), 400.0)
    assert len(loader._waiting) == _MOST_WAITING
    loader.work()
    assert loader.thumbnails.known(vessel("0")) is None
    assert loader.thumbnails.known(vessel(str(_MOST_WAITING + 29))) is not None


def test_after_closing_nothing_is_read(qtbot: Any) -> None:
    loader = ThumbnailLoader(Thumbnails({}))
    loader.close()
    loader.ask(vessel("a"), 400.0)
    loader.wait()
    assert loader.thumbnails.known(vessel("a")) is None
