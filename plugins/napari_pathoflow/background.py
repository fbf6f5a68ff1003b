"""Slices of a large layer made off the main thread, for one layer of one viewer.

napari has a switch for this, for all viewers at once and with its own consequences for each of them. Its parts work by
themselves: a viewer's slicer that is not forced to be synchronous, and a layer that asks it instead of slicing itself.
"""

from __future__ import annotations

from typing import Any

from napari.components import ViewerModel
from napari.layers import Layer


def allow_background(viewer: ViewerModel) -> None:
    """Let a viewer slice off the main thread; layers still slice at once unless `slice_in_background` is called."""
    viewer._layer_slicer._force_sync = False


def slice_in_background(layer: Layer) -> None:
    """Have a layer ask its viewer for slices from now on, so that panning never waits for a disk."""

    def refresh(event: object = None, *, extent: bool = True, **what: Any) -> None:
        del event
        if what.get("data_displayed", True):
            # As `Layer.refresh` does where napari's own switch is on; the viewer hears it and slices.
            layer._refresh_sync(extent=extent, force=True)
            layer.events.reload(layer=layer)
        else:
            layer._refresh_sync(extent=extent, **what)

    layer.refresh = refresh
