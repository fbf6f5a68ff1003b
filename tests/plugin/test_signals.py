"""What a desk tells its panels."""

from __future__ import annotations

from napari_pathoflow.signals import DeskSignals


def test_two_desks_do_not_hear_each_other() -> None:
    one, other = DeskSignals(), DeskSignals()
    heard: list[str] = []
    one.said.connect(heard.append)
    other.said.emit("elsewhere")
    one.said.emit("here")
    assert heard == ["here"]
