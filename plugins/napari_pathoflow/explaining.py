"""The seam for explanations: whoever can say what a score rests on gives a layer for a vessel."""

from __future__ import annotations

from typing import Protocol

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.layers import LayerData


class Explain(Protocol):
    """Gives a map of what the score of a vessel rests on, as data, keywords and kind of a layer.

    The keywords' metadata should hold ``{"pathoflow": "explanation"}``, so that the next map takes its place.
    """

    def __call__(self, one: Candidate) -> LayerData:
        """The map of one vessel."""
