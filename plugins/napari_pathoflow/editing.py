"""What is being drawn on the slide, one thing at a time: begun, kept or dropped.

Each thing that can be drawn has a layer to draw in and a way to be kept; napari's own tools do the drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import Polygon

from napari_pathoflow import layers
from napari_pathoflow.canvas import Canvas
from napari_pathoflow.crop import Crop
from napari_pathoflow.magnification import require_scale
from napari_pathoflow.ruler import as_line, length_um, straight
from napari_pathoflow.session import Session
from napari_pathoflow.signals import DeskSignals
from pathoflow.data.outlines import mended
from pathoflow.errors import UsageError
from pathoflow.space import Mpp
from pathoflow.space.raster import polygons_in


@dataclass(frozen=True)
class _Work:
    """What is being drawn: its name, its layer, and what keeping does."""

    name: str
    role: str
    keep: Callable[[], Any]


class Editing:
    """Draws vessels, tumours and lines for a session.

    Parameters
    ----------
    canvas, session
        Where it is drawn, and what keeps it.
    signals
        Told what is being drawn.
    """

    def __init__(self, canvas: Canvas, session: Session, signals: DeskSignals) -> None:
        self.canvas, self.session, self.signals = canvas, session, signals
        self._work: _Work | None = None

    @property
    def what(self) -> str:
        """What is being drawn; empty for nothing."""
        return self._work.name if self._work else ""

    def begin_vessel(self) -> None:
        """Paint on the outline of the selected vessel."""
        vessel_id = self.session.selected_id
        crop = Crop.around(self.session.outline(vessel_id), self._mpp)
        layer = self._begin("vessel", layers.CROP, layers.crop_layer(crop))

        def keep() -> None:
            self.session.redraw(vessel_id, crop.outline(layer.data))

        self._work = _Work("vessel", layers.CROP, keep)
        self._paint(layer)

    def begin_tumour(self) -> None:
        """Paint on the tumour of the slide."""
        slide, mpp = self.canvas.slide, self._mpp
        if slide is None:
            raise UsageError("no slide is shown; open a case first")
        crop = Crop.whole(self.session.tumour(slide.id), slide.size, mpp)
        layer = self._begin("tumour", layers.CROP, layers.crop_layer(crop))

        def keep() -> None:
            self.session.redraw_tumour(slide.id, crop.outlines(layer.data))
            self.canvas.show_tumour(self.session.tumour_rings(slide.id))

        self._work = _Work("tumour", layers.CROP, keep)
        self._paint(layer)

    def begin_added(self) -> None:
        """Draw a vessel that the machine missed, as a polygon."""
        layer = self._begin(
            "add",
            layers.DRAWING,
            layers.drawing_layer(self._mpp, "missed vessel", self.canvas.line_width(3)),
        )
        layer.mode = "add_polygon"
        self._work = _Work("add", layers.DRAWING, lambda: self._keep_added(layer.data))

    def begin_split(self) -> None:
        """Draw a line that cuts the selected vessel in two."""
        vessel_id = self.session.selected_id
        layer = self._begin(
            "split", layers.DRAWING, layers.measure_layer(self._mpp, self.canvas.line_width(3))
        )
        layer.metadata[layers.ROLE] = layers.DRAWING
        layer.mode = "add_line"

        def keep() -> None:
            lines = straight(layer.data)
            if not lines:
                raise UsageError("no line is drawn; draw one across the vessel")
            self.session.split(vessel_id, lines[-1] + 0.5)

        self._work = _Work("split", layers.DRAWING, keep)

    def keep(self) -> None:
        """Keep what is drawn, in the review; what is refused stays on the slide to be mended."""
        if self._work is None:
            raise UsageError("nothing is being drawn, so there is nothing to keep")
        self._work.keep()
        self.drop()

    def drop(self) -> None:
        """Take away what is drawn; what was kept before stays."""
        work, self._work = self._work, None
        if work is not None:
            self.canvas.drop(work.role)
            self.canvas.select(self.session.candidate(self.session.vessel_id))
            self.signals.edit_changed.emit("")
        slide_layer = self.canvas.layer(layers.SLIDE)
        if slide_layer is not None:
            # So that the review's keys are not taken by the tools of a drawing.
            self.canvas.viewer.layers.selection.active = slide_layer

    # --- lines ---

    def begin_line(self) -> None:
        """Draw straight lines to read their lengths."""
        mpp = self._mpp
        layer = self.canvas.layer(layers.MEASURE) or self.canvas.add(
            layers.measure_layer(mpp, self.canvas.line_width(3))
        )
        layer.mode = "add_line"
        layer.events.data.connect(lambda: self.signals.measured.emit())
        self.canvas.viewer.layers.selection.active = layer
        self.signals.edit_changed.emit("measure")
        self.signals.wants.emit("measure")

    def line_lengths(self) -> list[float]:
        """Lengths of the drawn lines, µm."""
        layer = self.canvas.layer(layers.MEASURE)
        if layer is None or self.canvas.mpp is None:
            return []
        return [length_um(line, self.canvas.mpp) for line in straight(layer.data)]

    def keep_line(self, *, as_distance: bool = False) -> None:
        """Keep the last line in the review; as the distance of the selected vessel where it is that."""
        layer, slide = self.canvas.layer(layers.MEASURE), self.canvas.slide
        lines = [] if layer is None else straight(layer.data)
        if not lines or slide is None:
            raise UsageError("no line is drawn; draw one first")
        self.session.keep_line(slide.id, lines[-1] + 0.5, as_distance=as_distance)
        self.signals.measured.emit()

    def measure_tumour(self) -> float:
        """Measure the shortest way from the selected vessel to the tumour, show and keep it; µm."""
        found = self.session.distance_to_tumour()
        layer = self.canvas.layer(layers.MEASURE) or self.canvas.add(
            layers.measure_layer(self._mpp, self.canvas.line_width(3))
        )
        if found.vessel_point is not None and found.tumour_point is not None:
            line = as_line(found.vessel_point, found.tumour_point)
            layer.add_lines([line], edge_width=self.canvas.line_width(3))
            if line[0].tolist() != line[1].tolist():
                self.keep_line()
        self.signals.wants.emit("measure")
        self.drop()
        return float(found.dist_edge_um or 0.0)

    # --- inside ---

    @property
    def _mpp(self) -> Mpp:
        slide = self.canvas.slide
        require_scale(self.canvas.mpp is not None, slide.id if slide else "this slide")
        assert self.canvas.mpp is not None
        return self.canvas.mpp

    def _begin(self, name: str, role: str, data: layers.LayerData) -> Any:
        self.session.require_writable()
        self.drop()
        self.canvas.drop(role)
        # The old outline would lie under the new one.
        self.canvas.select(None)
        layer = self.canvas.add(data)
        self.signals.edit_changed.emit(name)
        self.signals.wants.emit("edit")
        return layer

    def _paint(self, layer: Any) -> None:
        # Only its border is shown: colour over the tissue would hide what is judged.
        layer.contour = 3
        layer.selected_label = 1
        layer.brush_size = 12
        layer.mode = "paint"

    def _keep_added(self, shapes: list[np.ndarray[Any, Any]]) -> None:
        slide = self.canvas.slide
        if slide is None:
            raise UsageError("no slide is shown; open a case first")
        rings = [ring for ring in layers.rings_drawn(shapes) if len(ring) >= 4]
        drawn = [part for ring in rings for part in polygons_in(mended(Polygon(ring)))]
        if not drawn:
            raise UsageError("no outline is drawn; draw the missed vessel and close it")
        for outline in drawn:
            self.session.add_vessel(slide.id, outline)
