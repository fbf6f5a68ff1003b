"""Running a command from a panel."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from napari_pathoflow.desk import Desk
from napari_pathoflow.jobs import Job
from napari_pathoflow.panels import run as run_module
from napari_pathoflow.panels.run import RunPanel


def play(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let a small program stand for the analysis."""
    monkeypatch.setattr(
        run_module, "run_command", lambda _: Job([sys.executable, "-u", "-c", program])
    )


def until_ended(panel: RunPanel, qtbot: Any) -> str:
    qtbot.waitUntil(lambda: panel.job is not None and panel.job.code is not None, timeout=60_000)
    while panel.job is not None and panel.job.is_running:
        panel.poll()
    panel.poll()
    return str(panel.lines.toPlainText())


def test_the_command_is_what_the_lines_say(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(RunPanel)
    panel.slides.setText("/slides")
    panel.cases.setText("/cases.csv")
    assert panel.command() == [
        "run", "/slides", "--out", str(desk.session.out), "--cases", "/cases.csv",
    ]  # fmt: skip


def test_progress_is_shown_and_a_finished_run_fills_the_worklist(
    make: Callable[..., Any],
    desk: Desk,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    panel = make(RunPanel)
    play(monkeypatch, "print('liver: map 6 of 12')")
    panel.out.setText(str(tmp_path))
    panel._start()
    assert not panel.starting.isEnabled()
    said = until_ended(panel, qtbot)
    assert said.splitlines()[0] == "liver: map 6 of 12"
    assert "Finished." in said
    assert panel.bar.value() == 1000
    assert panel.starting.isEnabled()
    assert desk.session.out == tmp_path


def test_a_failed_run_says_so_with_its_code(
    make: Callable[..., Any], desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make(RunPanel)
    play(monkeypatch, "print('no such slide'); import sys; sys.exit(2)")
    panel._start()
    assert "Ended with an error (code 2)" in until_ended(panel, qtbot)


def test_a_run_can_be_stopped_and_closing_the_panel_stops_it(
    make: Callable[..., Any], desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make(RunPanel)
    play(monkeypatch, "import time; print('on', flush=True); time.sleep(60)")
    panel._start()
    qtbot.waitUntil(lambda: panel.poll() or "on" in panel.lines.toPlainText(), timeout=60_000)
    panel._stop()
    assert "Stopped" in until_ended(panel, qtbot)
    panel._start()
    panel.release()
    assert panel.job is not None
    assert panel.job.was_stopped
    panel.job.wait(30)
