"""Outlines of what is in sight: a slide has vessels by the thousand, the screen shows a few dozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.styles import rgba, verdict_colour
from pathoflow.space import Mpp

#: More are not told apart on a screen; of those in sight the most suspicious are drawn.
MOST_OUTLINES = 600

Segments = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """What a camera shows: top, left, bottom and right in level-0 pixels."""

    top: float
    left: float
    bottom: float
    right: float


class Outlines:
    """The outlines of one slide's vessels, found by place."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = list(candidates)
        boxes = [one.box_px for one in self._candidates]
        self._boxes = np.array(boxes, float).reshape(-1, 4)
        scores = [-1.0 if one.p_mvi is None else one.p_mvi for one in self._candidates]
        self._by_suspicion = np.argsort(-np.array(scores), kind="stable")

    def within(self, view: View, most: int = MOST_OUTLINES) -> list[Candidate]:
        """The vessels that touch the view, at most ``most``, the most suspicious first."""
        top, left, bottom, right = self._boxes.T
        is_seen = (
            (top <= view.bottom)
            & (bottom >= view.top)
            & (left <= view.right)
            & (right >= view.left)
        )
        order = self._by_suspicion[is_seen[self._by_suspicion]][:most]
        return [self._candidates[i] for i in order]


def segments_of(rings: Sequence[NDArray[np.float64]], mpp: Mpp) -> Segments:
    """Rings of level-0 (x, y) as vectors of the viewer: ``(n, 2, 2)`` of start and step, (y, x), µm.

    Level-0 places count from the corner of the first pixel, the viewer's from its centre: half a pixel.
    """
    pieces = []
    for ring in rings:
        closed = ring if np.array_equal(ring[0], ring[-1]) else np.concatenate([ring, ring[:1]])
        places = (closed[:, ::-1] - 0.5) * (mpp.y, mpp.x)
        pieces.append(np.stack([places[:-1], np.diff(places, axis=0)], axis=1))
    return np.concatenate(pieces) if pieces else np.zeros((0, 2, 2))


def drawn(
    candidates: Sequence[Candidate], mpp: Mpp, colours: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Vectors and their colours for a set of vessels, as a layer takes them; colours are those of the verdicts."""
    parts = [segments_of(one.rings, mpp) for one in candidates]
    chosen = colours or {}
    tints = [
        np.tile(rgba(chosen.get(one.id, verdict_colour(one.verdict))), (len(part), 1))
        for one, part in zip(candidates, parts, strict=True)
    ]
    return {
        "data": np.concatenate(parts) if parts else np.zeros((0, 2, 2)),
        "edge_color": np.concatenate(tints) if tints else np.zeros((0, 4)),
    }
