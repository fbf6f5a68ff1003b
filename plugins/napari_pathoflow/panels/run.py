"""Running the analysis: slides in, results out, in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QProgressBar

from napari_pathoflow.jobs import Job, run_command
from napari_pathoflow.panels.panel import Panel

_POLL_MS = 300


class JobPanel(Panel):
    """A panel that runs one command at a time, shows how far it is, and can stop it."""

    def add_job(self) -> None:
        """Make the bar, the lines and the two buttons."""
        self.job: Job | None = None
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.lines = QPlainTextEdit(self)
        self.lines.setReadOnly(True)
        self.lines.setMaximumBlockCount(500)
        self.lines.setObjectName(f"pathoflow.{self.title}.lines")
        row = QHBoxLayout()
        self.starting = self.plain_button(
            self.words("job.start"), self._start, f"{self.title}.start"
        )
        self.stopping = self.plain_button(self.words("job.stop"), self._stop, f"{self.title}.stop")
        row.addWidget(self.starting)
        row.addWidget(self.stopping)
        self.column.addLayout(row)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.lines, 1)
        self.timer = QTimer(self)
        self.timer.setInterval(_POLL_MS)
        self.timer.timeout.connect(self.poll)
        self._show_buttons()

    def command(self) -> list[str]:
        """The arguments of the ``pathoflow`` command to run."""
        raise NotImplementedError

    def finished(self, job: Job) -> None:
        """Do what is due after a run that ended well."""

    def poll(self) -> None:
        """Look at what the run has said since; called by a timer."""
        job = self.job
        if job is None:
            return
        for line in job.read():
            self.lines.appendPlainText(line)
        self.bar.setValue(round(1000 * job.share))
        if job.is_running:
            return
        self.timer.stop()
        key = "job.stopped" if job.was_stopped else "job.done" if job.code == 0 else "job.failed"
        self.lines.appendPlainText(self.words(key, code=job.code))
        self._show_buttons()
        if job.code == 0:
            self.finished(job)

    def release(self) -> None:
        """Stop looking; a run that goes on is stopped, and resumes when it is started again."""
        super().release()
        self.timer.stop()
        if self.job is not None:
            self.job.stop()

    def _start(self) -> None:
        self.job = run_command(self.command())
        self.lines.clear()
        self.timer.start()
        self._show_buttons()

    def _stop(self) -> None:
        if self.job is not None:
            self.job.stop()

    def _show_buttons(self) -> None:
        is_running = self.job is not None and self.job.is_running
        self.starting.setEnabled(not is_running)
        self.stopping.setEnabled(is_running)

    def path_line(self, key: str, start: str, *, is_folder: bool) -> QLineEdit:
        """A line for a path with a button that looks for one."""
        line = QLineEdit(start, self)
        line.setObjectName(f"pathoflow.{self.title}.{key}")
        line.setPlaceholderText(self.words(f"{self.title}.{key}"))

        def look(_: Any = None) -> None:
            if is_folder:
                found = QFileDialog.getExistingDirectory(self, self.words(f"{self.title}.{key}"))
            else:
                found = QFileDialog.getOpenFileName(self, self.words(f"{self.title}.{key}"))[0]
            if found:
                line.setText(found)

        row = QHBoxLayout()
        row.addWidget(line, 1)
        row.addWidget(self.plain_button("…", look, f"{self.title}.{key}.look"))
        self.column.addWidget(self.text(self.words(f"{self.title}.{key}")))
        self.column.addLayout(row)
        return line


class RunPanel(JobPanel):
    """Slides, a folder for results, start."""

    title = "run"

    def build(self) -> None:
        """Make the lines."""
        self.column.addWidget(self.text(self.words("run.hint")))
        slide = self.desk.canvas.slide
        self.slides = self.path_line("slides", str(slide.path) if slide else "", is_folder=False)
        out = self.desk.session.out
        self.out = self.path_line("out", str(out) if out else "", is_folder=True)
        self.cases = self.path_line("cases", "", is_folder=False)
        self.network = self.path_line("network", "", is_folder=True)
        self.add_job()

    def command(self) -> list[str]:
        """The ``run`` command."""
        arguments = ["run", self.slides.text().strip(), "--out", self.out.text().strip()]
        for line, option in ((self.cases, "--cases"), (self.network, "--network")):
            if text := line.text().strip():
                arguments += [option, text]
        return arguments

    def finished(self, job: Job) -> None:
        """Show the new results in the worklist."""
        del job
        self.desk.session.set_out(Path(self.out.text().strip()))
