"""Outlines to learn from, and patches that somebody suggests to outline next."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow import layers
from napari_pathoflow.canvas import Canvas
from napari_pathoflow.label_sets import keep_outlines
from napari_pathoflow.session import Session
from napari_pathoflow.signals import DeskSignals
from pathoflow.data.outlines import Outline, read_geojson
from pathoflow.errors import UsageError
from pathoflow.space import Point


class Teaching:
    """Draws label sets on the slide that is shown, and walks suggested patches."""

    def __init__(self, canvas: Canvas, session: Session, signals: DeskSignals) -> None:
        self.canvas, self.session, self.signals = canvas, session, signals
        self.suggestions: list[Outline] = []

    @property
    def folder(self) -> Path:
        """Where label sets are kept: beside the results, never beside the slides."""
        return (self.session.out or Path()) / "labels"

    def begin(self) -> None:
        """Draw outlines to learn from."""
        self.canvas.drop(layers.DRAWING)
        layer = self.canvas.add(layers.drawing_layer(self.canvas.mpp, "labels"))
        layer.mode = "add_polygon"
        self.signals.edit_changed.emit("labels")

    def keep(self, kind: str) -> tuple[Path, int]:
        """Add what is drawn to the label set of the slide; gives its file and how many outlines it holds.

        Raises
        ------
        UsageError
            Nothing is drawn, or no slide is shown.
        """
        slide, layer = self._slide(), self.canvas.layer(layers.DRAWING)
        shapes = [] if layer is None else list(layer.data)
        kept = keep_outlines(self.folder, slide, layers.rings_drawn(shapes), kind)
        if layer is not None:
            layer.data = []
            layer.mode = "add_polygon"
        self.signals.labels_changed.emit()
        return kept.path, kept.n_outlines

    def read_suggestions(self, path: Path) -> list[Outline]:
        """Read suggested patches from a GeoJSON file.

        Raises
        ------
        UsageError
            The file is no GeoJSON, or holds no patch.
        """
        self.suggestions = read_geojson(path)
        if not self.suggestions:
            raise UsageError(f"{path} holds no patches; suggest some first")
        return self.suggestions

    def go_to(self, row: int) -> None:
        """Move the slide over a suggested patch."""
        centre = self.suggestions[row].polygon.centroid
        self.canvas.look_at(Point(centre.y, centre.x), 10.0 if self.canvas.mpp else None)

    def _slide(self) -> Path:
        if self.canvas.slide is None:
            raise UsageError("no slide is shown; open one to draw on it")
        return self.canvas.slide.path
