"""Training on few labels: the outlines that were drawn here, a name, start."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QLineEdit, QSpinBox

from napari_pathoflow.label_sets import label_sets, write_config
from napari_pathoflow.panels.run import JobPanel


class TrainPanel(JobPanel):
    """Learns a network from label sets, in a process of its own."""

    title = "train"

    def build(self) -> None:
        """Make the lines."""
        self.column.addWidget(self.text(self.words("train.hint")))
        self.folder = self.path_line("folder", str(self.desk.teaching.folder), is_folder=True)
        self.name = QLineEdit("our-vessels", self)
        self.name.setObjectName("pathoflow.train.name")
        self.column.addWidget(self.text(self.words("train.name")))
        self.column.addWidget(self.name)
        self.steps = QSpinBox(self)
        self.steps.setRange(1, 1_000_000)
        self.steps.setValue(2000)
        self.column.addWidget(self.text(self.words("train.steps")))
        self.column.addWidget(self.steps)
        self.known = self.text()
        self.column.addWidget(self.known)
        self.add_job()
        self.hear(self.desk.signals.labels_changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say how many outlines there are to learn from."""
        found = label_sets(Path(self.folder.text()))
        n_outlines = sum(one.n_outlines for one in found)
        self.known.setText(self.words("train.known", n=n_outlines, slides=len(found)))

    def command(self) -> list[str]:
        """Write the config beside the labels, and the ``train`` command for it."""
        folder = Path(self.folder.text())
        config = write_config(folder, self.name.text().strip(), self.steps.value())
        return ["train", str(config)]
