"""What a reader sees of a slide: the layers of one viewer, where its camera stands, what is switched on.

Works on napari's viewer model, so it needs neither a window nor Qt. It decides nothing about vessels: it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from napari.components import ViewerModel
from napari.layers import Layer

from napari_pathoflow import layers
from napari_pathoflow.background import allow_background, slice_in_background
from napari_pathoflow.candidates import Candidate
from napari_pathoflow.magnification import power_of, require_scale, zoom_of
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.styles import (
    OUTLINE_PX,
    SELECTED_COLOUR,
    SELECTED_PX,
    TUMOUR_COLOUR,
    TUMOUR_PX,
    LineStyle,
    rgba,
)
from napari_pathoflow.viewport import Outlines, View, drawn, segments_of
from pathoflow.slide import Slide
from pathoflow.space import Mpp, Point
from pathoflow.store import ResultFolder, list_pyramids, open_pyramid

#: The heat map that is shown: where carcinoma cells are likely.
_HEAT = "probability/tumour"
#: Outlines are drawn for the view and as much again on each side, so that small steps redraw nothing.
_MARGIN = 0.5


class Canvas:
    """The slide side of a viewer.

    Parameters
    ----------
    viewer
        Its slide layers are read in the background from now on; other viewers stay as they are.
    preferences
        What is switched on at first.
    """

    def __init__(self, viewer: ViewerModel, preferences: Preferences) -> None:
        self.viewer = viewer
        self.preferences = preferences
        self.slide: Slide | None = None
        self.mpp: Mpp | None = None
        self.device_pixel_ratio = 1.0
        self._outlines = Outlines(())
        self._selected: Candidate | None = None
        self._tumour: Sequence[np.ndarray[Any, Any]] = ()
        self._drawn_for: View | None = None
        self._width = 0.0
        allow_background(viewer)
        viewer.scene.camera.events.center.connect(self._on_camera)
        viewer.scene.camera.events.zoom.connect(self._on_camera)

    def show_slide(self, slide: Slide, result: ResultFolder | None = None) -> None:
        """Show a slide, with the maps of its result where there are some; what was shown before goes away."""
        self.clear()
        self.slide, self.mpp = slide, layers.scale_of(slide)
        slice_in_background(self._add(layers.slide_layer(slide)))
        self.viewer.canvas.overlays.scale_bar.visible = True
        if result is not None and self.mpp is not None:
            self._add_maps(result)
        self.overview()

    def clear(self) -> None:
        """Take the plugin's own layers away; others stay."""
        for layer in [one for one in self.viewer.layers if layers.role_of(one)]:
            self.viewer.layers.remove(layer)
        self._outlines, self._selected, self._tumour = Outlines(()), None, ()
        self._drawn_for = None

    def layer(self, role: str) -> Layer | None:
        """The layer that was made for ``role``; None where there is none."""
        return next((one for one in self.viewer.layers if layers.role_of(one) == role), None)

    def drop(self, role: str) -> None:
        """Take the layer of ``role`` away."""
        if (layer := self.layer(role)) is not None:
            self.viewer.layers.remove(layer)

    def add(self, data: layers.LayerData) -> Layer:
        """Add a layer and make it the active one."""
        layer = self._add(data)
        self.viewer.layers.selection.active = layer
        return layer

    # --- vessels ---

    def line_width(self, px: float) -> float:
        """So many pixels of the screen as level-0 pixels, for shapes drawn now."""
        return px / (float(self.viewer.scene.camera.zoom) * self._scale[1])

    def show_vessels(self, candidates: Sequence[Candidate]) -> None:
        """Set the vessels of the slide whose outlines may be drawn."""
        self._outlines = Outlines(candidates)
        self._drawn_for = None
        self._draw()

    def select(self, one: Candidate | None) -> None:
        """Mark a vessel; the camera stays."""
        self._selected = one
        self._draw_selected()

    def show_tumour(self, rings: Sequence[np.ndarray[Any, Any]]) -> None:
        """Set the tumour's border, rings of level-0 (x, y)."""
        self._tumour = rings
        self._draw_tumour()

    # --- the camera ---

    def look_at(self, place: Point, power: float | None = None) -> None:
        """Move the camera over a level-0 place, and to a power where one is given.

        Raises
        ------
        MppUnknown
            A power is asked for and the slide has no scale; the camera moves all the same.
        """
        scale = self._scale
        self.viewer.scene.camera.center = (
            0.0,
            (place.y - 0.5) * scale[0],
            (place.x - 0.5) * scale[1],
        )
        if power is not None:
            self.set_power(power)

    def set_power(self, power: float) -> None:
        """Zoom to a microscope's power, by the slide's µm per pixel.

        Raises
        ------
        MppUnknown
            The slide has no scale.
        """
        require_scale(self.mpp is not None, self.slide.id if self.slide else "this slide")
        self.viewer.scene.camera.zoom = zoom_of(power, self.device_pixel_ratio)

    @property
    def power(self) -> float | None:
        """The power that is shown; None where the slide has no scale."""
        if self.mpp is None:
            return None
        return power_of(self.viewer.scene.camera.zoom, self.device_pixel_ratio)

    def overview(self) -> None:
        """Show the whole slide."""
        if self.slide is None:
            return
        height, width = self._canvas_size
        scale = self._scale
        extent = self.slide.size.height * scale[0], self.slide.size.width * scale[1]
        self.viewer.scene.camera.center = (0.0, extent[0] / 2, extent[1] / 2)
        self.viewer.scene.camera.zoom = 0.95 * min(height / extent[0], width / extent[1])

    @property
    def view(self) -> View:
        """What the camera shows, level-0 pixels."""
        camera = self.viewer.scene.camera
        height, width = self._canvas_size
        y, x = camera.center[-2:]
        half_y, half_x = height / camera.zoom / 2, width / camera.zoom / 2
        scale_y, scale_x = self._scale
        return View(
            (y - half_y) / scale_y + 0.5,
            (x - half_x) / scale_x + 0.5,
            (y + half_y) / scale_y + 0.5,
            (x + half_x) / scale_x + 0.5,
        )

    # --- what is switched on ---

    def switch(self, role: str) -> bool:
        """Turn the heat map, the outlines or the tumour's line on or off, and remember it; tells which."""
        name = _PREFERENCE[role]
        is_on = not getattr(self.preferences, name)
        self.preferences = self.preferences.but(**{name: is_on})
        if (layer := self.layer(role)) is not None:
            layer.visible = is_on
        if is_on and role == layers.OUTLINES:
            self._drawn_for = None
            self._draw()
        return is_on

    def set_heat_opacity(self, opacity: float) -> None:
        """Set how strongly the heat map covers the slide, 0 to 1, and remember it."""
        self.preferences = self.preferences.but(heat_opacity=opacity)
        if (layer := self.layer(layers.HEAT_MAP)) is not None:
            layer.opacity = opacity

    # --- inside ---

    @property
    def _scale(self) -> tuple[float, float]:
        return (1.0, 1.0) if self.mpp is None else (self.mpp.y, self.mpp.x)

    @property
    def _canvas_size(self) -> tuple[float, float]:
        height, width = self.viewer.canvas.size
        return float(max(1, height)), float(max(1, width))

    def _add(self, data: layers.LayerData) -> Layer:
        with self._still():
            return self.viewer.add_layer(Layer.create(*data))

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Keep the camera and the active layer where they are while layers come and go."""
        camera = self.viewer.scene.camera
        before, active = (camera.center, camera.zoom), self.viewer.layers.selection.active
        yield
        camera.center, camera.zoom = before
        if active is not None and active in self.viewer.layers:
            self.viewer.layers.selection.active = active

    def _add_maps(self, result: ResultFolder) -> None:
        known = list_pyramids(result.analysis)
        if _HEAT in known:
            pyramid = open_pyramid(result.analysis, _HEAT)
            prefers = self.preferences
            heat = layers.heat_layer(
                pyramid, visible=prefers.show_heat, opacity=prefers.heat_opacity
            )
            slice_in_background(self._add(heat))
        if "labels/tumour" in known and self.mpp is not None:
            self.show_tumour(
                layers.tumour_rings(open_pyramid(result.analysis, "labels/tumour"), self.mpp)
            )

    def _on_camera(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """Bring the outlines up to date with the camera, as far as that is needed."""
        if self.mpp is None:
            return
        self._set_widths()
        self._write_power()
        if not self.preferences.show_outlines or self._is_drawn():
            return
        view = self.view
        rim_y, rim_x = (view.bottom - view.top) * _MARGIN, (view.right - view.left) * _MARGIN
        wide = View(view.top - rim_y, view.left - rim_x, view.bottom + rim_y, view.right + rim_x)
        self._drawn_for = wide
        self._put(layers.OUTLINES, drawn(self._outlines.within(wide), self.mpp), True)

    def _is_drawn(self) -> bool:
        """Whether what was drawn last still covers the view, and not far more than it."""
        if (old := self._drawn_for) is None:
            return False
        new = self.view
        inside = (
            old.top <= new.top
            and old.left <= new.left
            and new.bottom <= old.bottom
            and new.right <= old.right
        )
        return inside and (old.bottom - old.top) < 6 * (new.bottom - new.top)

    def _draw_selected(self) -> None:
        if self.mpp is None:
            return
        one = self._selected
        colours = {} if one is None else {one.id: SELECTED_COLOUR}
        lines = drawn([] if one is None else [one], self.mpp, colours)
        self._put(layers.SELECTED, lines, one is not None)

    def _draw_tumour(self) -> None:
        if self.mpp is None:
            return
        lines = segments_of(self._tumour, self.mpp)
        tint = np.tile(rgba(TUMOUR_COLOUR), (len(lines), 1))
        self._put(layers.TUMOUR, {"data": lines, "edge_color": tint}, self.preferences.show_tumour)

    def _put(self, role: str, lines: Mapping[str, Any], visible: bool) -> None:
        """Show vectors in the layer of ``role``, which is made where there is none."""
        layer = self.layer(role)
        if layer is None:
            if not len(lines["data"]):
                return
            style = LineStyle(edge_width=self._width_of(role))
            data, about, kind = layers.line_layer(role, role, dict(lines), style)
            self._add((data, {**about, "visible": visible}, kind))
            return
        if not len(lines["data"]):
            layer.visible = False
            return
        # A slice of the old lines may still be on its way, and its numbers must not point behind the end.
        missing = max(0, len(layer.data) - len(lines["data"]))
        layer.data = np.concatenate([lines["data"], np.repeat(lines["data"][-1:], missing, axis=0)])
        tint = lines["edge_color"]
        layer.edge_color = np.concatenate([tint, np.repeat(tint[-1:], missing, axis=0)])
        layer.visible = visible

    def _width_of(self, role: str) -> float:
        return self._width * _WIDTHS_PX[role]

    def _write_power(self) -> None:
        """The power and the slide, in a corner of the picture."""
        overlay = self.viewer.canvas.overlays.text
        overlay.text = f"{self.power:.2g}x  {self.slide.id if self.slide else ''}"
        overlay.visible = True

    def _set_widths(self) -> None:
        """Lines have widths in µm; these keep them the same on the screen, within a tenth."""
        wanted = 1.0 / self.viewer.scene.camera.zoom
        if self._width and abs(wanted / self._width - 1) < 0.1:
            return
        self._width = wanted
        for role in (layers.OUTLINES, layers.SELECTED, layers.TUMOUR):
            if (layer := self.layer(role)) is not None:
                layer.edge_width = self._width_of(role)


_PREFERENCE = {
    layers.HEAT_MAP: "show_heat",
    layers.OUTLINES: "show_outlines",
    layers.TUMOUR: "show_tumour",
}
_WIDTHS_PX = {
    layers.OUTLINES: OUTLINE_PX,
    layers.SELECTED: SELECTED_PX,
    layers.TUMOUR: TUMOUR_PX,
}
