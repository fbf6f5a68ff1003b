"""The seam for explanations."""

from __future__ import annotations

import numpy as np

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.explaining import Explain
from napari_pathoflow.layers import LayerData


def test_any_function_from_a_vessel_to_a_layer_fits() -> None:
    def explain(one: Candidate) -> LayerData:
        return np.zeros((2, 2)), {"name": one.id}, "image"

    provider: Explain = explain
    ring = np.array([[0, 0], [1, 0], [1, 1]], float)
    assert provider(Candidate("v", "s", (ring,)))[1] == {"name": "v"}
