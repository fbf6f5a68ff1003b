"""Slides and results as layers of napari: tuples of data, keywords and kind, without a viewer.

Layers are known again by their metadata, ``{"pathoflow": role}``, never by their name, which a reader may change.
World coordinates are µm with the centre of the slide's first pixel at 0; of a slide without a scale they are pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.crop import Crop
from napari_pathoflow.overview import levels_of
from napari_pathoflow.styles import (
    DRAWING_COLOUR,
    MEASURE_COLOUR,
    LineStyle,
    MapStyle,
    rgba,
)
from pathoflow.errors import MppUnknown
from pathoflow.report import trace_mask
from pathoflow.slide import Slide
from pathoflow.space import Frame, Mpp
from pathoflow.store import Pyramid, list_pyramids, open_pyramid

#: Data, keywords, kind, as napari's readers give them.
LayerData = tuple[Any, dict[str, Any], str]

ROLE = "pathoflow"
SLIDE, HEAT_MAP, OUTLINES, SELECTED = "slide", "heat", "outlines", "selected"
_LABELS = ("labels/tumour", "labels/vessels")
#: 8 µm/px and finer for most slides: a line to look at, nothing is measured on it.
_TRACED_PX = 4096
TUMOUR, CROP, MEASURE, DRAWING, LINKED = "tumour", "crop", "measure", "drawing", "linked"


def role_of(layer: Any) -> str | None:
    """What the plugin made a layer for; None of layers that are not its own."""
    role = layer.metadata.get(ROLE)
    return None if role is None else str(role)


def scale_of(slide: Slide) -> Mpp | None:
    """The slide's µm per pixel; None where they are unknown or not to be believed."""
    try:
        return slide.mpp
    except MppUnknown:
        return None


def world(mpp: Mpp | None) -> dict[str, Any]:
    """Scale and units of whatever is given in level-0 pixels."""
    if mpp is None:
        return {"scale": (1.0, 1.0), "units": ("pixel", "pixel")}
    return {"scale": (mpp.y, mpp.x), "units": ("um", "um")}


def slide_layer(slide: Slide) -> LayerData:
    """A slide as a multiscale image that is read in tiles."""
    about = {
        "name": slide.id,
        "rgb": True,
        "multiscale": True,
        "metadata": {ROLE: SLIDE, "slide": slide.id},
        **world(scale_of(slide)),
    }
    return levels_of(slide), about, "image"


def pyramid_keywords(pyramid: Pyramid) -> dict[str, Any]:
    """Where a pyramid of `analysis.zarr` lies in the world."""
    first = pyramid.levels[0]
    return {
        "scale": (first.mpp.y, first.mpp.x),
        "translate": (first.translation_um.y, first.translation_um.x),
        "units": ("um", "um"),
        "multiscale": True,
    }


def heat_layer(pyramid: Pyramid, *, visible: bool = False, opacity: float = 0.6) -> LayerData:
    """A probability pyramid as a heat map; off unless somebody wants it."""
    style = {**MapStyle(opacity=opacity).as_kwargs(), "visible": visible}
    short = pyramid.name.rsplit("/", 1)[-1]
    about = {"name": f"heat map: {short}", "metadata": {ROLE: HEAT_MAP, "of": short}}
    return list(pyramid.arrays), {**about, **style, **pyramid_keywords(pyramid)}, "image"


def tumour_rings(pyramid: Pyramid, slide_mpp: Mpp) -> list[NDArray[np.float64]]:
    """The border of a mask pyramid as rings of level-0 (x, y); traced where it is at most 4,096 pixels long."""
    level = next(i for i, one in enumerate(pyramid.levels) if max(one.size.shape) <= _TRACED_PX)
    mpp = pyramid.levels[level].mpp
    frame = Frame(mpp.y / slide_mpp.y, mpp.x / slide_mpp.x)
    mask = np.asarray(pyramid.arrays[level]) > 0
    return [np.array(ring) for ring in trace_mask(mask, frame)]


def line_layer(
    role: str, name: str, drawn: dict[str, Any], style: LineStyle | None = None
) -> LayerData:
    """Outlines as vectors; ``drawn`` comes from `napari_pathoflow.viewport.drawn`."""
    about = {
        "name": name,
        "metadata": {ROLE: role},
        "ndim": 2,
        "edge_color": drawn["edge_color"] if len(drawn["edge_color"]) else "white",
        "units": ("um", "um"),
        **(style or LineStyle()).as_kwargs(),
    }
    return drawn["data"], about, "vectors"


def drawing_layer(mpp: Mpp | None, name: str = "drawing", width: float = 4.0) -> LayerData:
    """Empty shapes to draw outlines in, in level-0 pixels."""
    about = {
        "name": name,
        "ndim": 2,
        "metadata": {ROLE: DRAWING},
        "edge_color": DRAWING_COLOUR,
        "face_color": [*rgba(DRAWING_COLOUR, 0.15)],
        "edge_width": width,
        **world(mpp),
    }
    return [], about, "shapes"


def measure_layer(mpp: Mpp | None, width: float = 4.0) -> LayerData:
    """Empty shapes to draw straight lines in, in level-0 pixels."""
    about = {
        "name": "measure",
        "ndim": 2,
        "metadata": {ROLE: MEASURE},
        "edge_color": MEASURE_COLOUR,
        "edge_width": width,
        **world(mpp),
    }
    return [], about, "shapes"


def crop_layer(crop: Crop, name: str = "edit") -> LayerData:
    """A piece of labels to paint in."""
    about = {
        "name": name,
        "metadata": {ROLE: CROP},
        "units": ("um", "um"),
        "opacity": 0.9,
        "colormap": {None: (0, 0, 0, 0), 0: (0, 0, 0, 0), 1: rgba(DRAWING_COLOUR)},
        **crop.place,
    }
    return crop.labels.copy(), about, "labels"


def result_layers(analysis: Path) -> list[LayerData]:
    """Everything in an `analysis.zarr`: heat maps (off), tumour and vessels as labels."""
    found: list[LayerData] = []
    for name in list_pyramids(analysis):
        if name.startswith("probability/"):
            found.append(heat_layer(open_pyramid(analysis, name)))
        elif name in _LABELS:
            found.append(label_layer(open_pyramid(analysis, name)))
    return found


def label_layer(pyramid: Pyramid) -> LayerData:
    """A label pyramid as it is, half transparent."""
    short = pyramid.name.rsplit("/", 1)[-1]
    about = {
        "name": short,
        "metadata": {ROLE: f"label {short}"},
        "opacity": 0.4,
        **pyramid_keywords(pyramid),
    }
    return list(pyramid.arrays), about, "labels"


def rings_drawn(shapes: Sequence[NDArray[np.floating[Any]]]) -> list[NDArray[np.float64]]:
    """Drawn shapes (y, x from pixel centres) as closed rings of level-0 (x, y), counted from the corner."""
    rings = []
    for shape in shapes:
        places = np.asarray(shape, float)[:, ::-1] + 0.5
        rings.append(np.concatenate([places, places[:1]]))
    return rings
