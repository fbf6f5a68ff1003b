from __future__ import annotations

import numpy as np

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.silhouette import EDGE_UM, ragged_edge
from pathoflow.space import Box


def test_the_painted_edge_strays_from_the_true_one_by_six_micrometres_at_most(plan: Plan) -> None:
    canvas = Canvas(Box(0, 0, 300, 300), 0.5)
    straight = np.broadcast_to(canvas.y_um[:, None] - 75, canvas.h.shape).astype(np.float32)
    ragged = ragged_edge(plan, canvas, straight)
    assert np.abs(ragged - straight).max() <= EDGE_UM + 1e-4
    edge = (ragged < 0).sum(axis=0) * 0.5
    # Rough at the scale of cells, and on the whole where it should be.
    assert np.ptp(edge) > 4
    assert abs(edge.mean() - 75) < 1.5


def test_far_from_the_edge_nothing_is_done(plan: Plan) -> None:
    canvas = Canvas(Box(0, 0, 50, 50), 0.5)
    inside = np.full(canvas.h.shape, -40.0, np.float32)
    assert ragged_edge(plan, canvas, inside) is inside
