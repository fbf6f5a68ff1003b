"""Whether a window can open."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from napari_pathoflow import display
from napari_pathoflow.display import require_display
from pathoflow.errors import EnvironmentFault


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only there the display has a name"
)
def test_without_a_display_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EnvironmentFault, match="DISPLAY is not set: log in with a desktop"):
        require_display()


def test_where_qt_can_begin_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    require_display()


def test_a_library_that_is_missing_is_named_with_the_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr(display.sys, "platform", "linux")

    def ended(words: Any, **_: Any) -> subprocess.CompletedProcess[str]:
        said = "ImportError: libEGL.so.1: cannot open shared object file"
        return subprocess.CompletedProcess(words, 1, "", said)

    monkeypatch.setattr(display.subprocess, "run", ended)
    with pytest.raises(EnvironmentFault, match=r"libEGL\.so\.1.*apt-get install .*libegl1"):
        require_display()
