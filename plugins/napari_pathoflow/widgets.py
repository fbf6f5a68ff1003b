"""The widgets that napari's menus offer; each works on the desk of the viewer it is opened in."""

from __future__ import annotations

from typing import Any

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_pathoflow.panels.annotate import AnnotatePanel
from napari_pathoflow.panels.panel import Panel
from napari_pathoflow.panels.run import RunPanel
from napari_pathoflow.panels.suggest import SuggestPanel
from napari_pathoflow.panels.train import TrainPanel
from napari_pathoflow.panels.welcome import WelcomePanel
from napari_pathoflow.start import furnish
from napari_pathoflow.window import desk_of


def _widget(kind: type[Panel], viewer: Any) -> QWidget:
    return kind(desk_of(viewer))


def review_widget(napari_viewer: Any) -> QWidget:
    """Choose a result folder and turn this window into a reader's desk."""
    panel = WelcomePanel(desk_of(napari_viewer))
    panel.chosen.connect(lambda out: furnish(napari_viewer, out))
    return panel


def run_widget(napari_viewer: Any) -> QWidget:
    """Run the analysis."""
    return _widget(RunPanel, napari_viewer)


def annotate_widget(napari_viewer: Any) -> QWidget:
    """Draw outlines to learn from, train on them, see what to outline next."""
    desk = desk_of(napari_viewer)
    whole = QWidget()
    column = QVBoxLayout(whole)
    for kind in (AnnotatePanel, SuggestPanel):
        column.addWidget(kind(desk))
    return whole


def train_widget(napari_viewer: Any) -> QWidget:
    """Train a network on few labels."""
    return _widget(TrainPanel, napari_viewer)
