"""Outlines and scale bars in the words of SVG: path data, strokes, round lengths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.report.field import Picture

#: Vertices closer to the line than this are not visible, in picture pixels.
_TOLERANCE_PX = 0.25


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A round length and how long it is in the picture."""

    length_px: float
    text: str


def rings_of(geometry: Mapping[str, Any]) -> list[NDArray[np.float64]]:
    """All rings, holes included, of a GeoJSON Polygon or MultiPolygon: arrays ``(n, 2)`` of (x, y)."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"an outline is a Polygon or MultiPolygon, got {kind!r}")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return [np.asarray(ring, float)[:, :2] for polygon in polygons for ring in polygon]


def path_of(rings: Iterable[NDArray[np.float64]], picture: Picture) -> str:
    """SVG path data of level-0 rings (x, y) on ``picture``, to a tenth of a picture pixel."""
    return "".join(_ring_path(_thin(picture.project(ring))) for ring in rings if len(ring) >= 3)


def _ring_path(ring: NDArray[np.float64]) -> str:
    # A closing vertex is said by Z; repeating it would put a blunt joint there.
    places = ring[:-1] if np.array_equal(ring[0], ring[-1]) else ring
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in places) + "Z"


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _thin(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out vertices that nobody can see, but never collapse a ring to a line."""
    from shapely import LineString

    thinned = np.asarray(LineString(ring).simplify(_TOLERANCE_PX).coords)
    return thinned if len(thinned) >= 4 else ring


def scale_bar(mpp: float, width_px: int, share: float = 0.22) -> ScaleBar:
    """The longest bar of 1, 2 or 5 times a power of ten µm that takes at most ``share`` of the width."""
    longest_um = mpp * width_px * share
    power = 10.0 ** math.floor(math.log10(longest_um))
    length_um = max(step * power for step in (1, 2, 5) if step * power <= longest_um * (1 + 1e-9))
    text = f"{length_um / 1000:g} mm" if length_um >= 1000 else f"{length_um:g} µm"
    return ScaleBar(length_um / mpp, text)
