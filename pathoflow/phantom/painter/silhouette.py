"""The edge of the tissue as a microtome leaves it: ragged at the scale of cells."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.plan.slide import Plan

#: The painted edge stays this near to the outline that is true, µm.
EDGE_UM = 6.0


def ragged_edge(plan: Plan, canvas: Canvas, to_glass_um: Field) -> Field:
    """The distance to glass in µm with the roughness of torn cells and fibres added near it."""
    away = np.abs(to_glass_um)
    if float(away.min()) > 2 * EDGE_UM:
        return to_glass_um
    y, x = canvas.y_um, canvas.x_um
    rough = plan.look.texture(y, x, 15.0, plan.seed("edge")) * np.float32(5.0)
    rough += plan.look.texture(y, x, 4.5, plan.seed("edge cells")) * np.float32(4.0)
    np.clip(rough, -EDGE_UM, EDGE_UM, out=rough)
    # It fades out deeper in, so that a canvas without an edge agrees with its neighbour.
    rough *= np.clip(2 - away * np.float32(1 / EDGE_UM), 0, 1)
    rough += to_glass_um
    return rough
