"""Dye of a plug without its nuclei: tumour, hepatocytes, leucocytes, thrombus or red cells."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial import cKDTree

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.tumour import tumour_tissue
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import PlugTissue, Vessel
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.shapes.noise import noise_along, seed_of

Dye = tuple[Field | float, Field | float, Field | float]
#: Laminae of a thrombus lie this far apart and run this far before they break, µm.
_LAMINA_UM, _LAMINA_RUN_UM = 9.0, 70.0


def body_tissue(
    plan: Plan, part: Canvas, vessel: Vessel, tissue: PlugTissue, distance: Field
) -> Dye:
    """H, E and red on the whole canvas for one tissue.

    Tumour is painted by the function that paints the mass. ``distance`` is that to the body's
    surface; what costs much is worked out only inside.
    """
    if tissue in ("tumour", "degenerate"):
        return tumour_tissue(plan, part)
    if tissue == "hepatocytes":
        return _hepatocytes(plan, part, vessel, distance)
    if tissue == "fibrin":
        return _thrombus(plan, part, vessel)
    if tissue == "organised":
        return _organised(plan, part, vessel)
    if tissue == "red_cells":
        return 0.01, 0.06, 0.24
    cloud = plan.look.texture(part.y_um, part.x_um, 4.0, plan.seed("exudate"))
    if tissue == "sludge":
        return 0.02 + 0.02 * cloud, 0.12 + 0.04 * cloud, 0.38 + 0.08 * cloud
    own = _draw(vessel, "exudate")
    if tissue == "histiocytes":
        return 0.10 + 0.12 * own + 0.04 * cloud, 0.29 - 0.06 * own + 0.07 * cloud, 0.0
    return 0.09 + 0.14 * own + 0.05 * cloud, 0.26 - 0.06 * own + 0.06 * cloud, 0.0


def _draw(vessel: Vessel, name: str) -> np.float32:
    """A number in [0, 1) that is this vessel's own."""
    return np.float32(seed_of(vessel.index, name) / 2**32)


def _hepatocytes(plan: Plan, part: Canvas, vessel: Vessel, distance: Field) -> Dye:
    """Polygonal pink cells with pale borders, denser than in their plates where squeezed."""
    look, y, x = plan.look, part.y_um, part.x_um
    texture = look.texture(y, x, max(1.6, part.mpp), plan.seed("grain")) * np.float32(0.20)
    texture += look.texture(y, x, 8.0, plan.seed("cloud")) * np.float32(0.16)
    squeezed = _draw(vessel, "dense")
    e = np.float32(0.31) * (1 + texture)
    h = np.float32(0.085) * (1 + np.float32(0.85) * squeezed) * (1 + texture * np.float32(1.6))
    nuclei = [c for c in vessel.contents.cells if c.kind is CellKind.HEPATOCYTE and len(c) > 1]
    if nuclei:
        inside = distance < part.mpp
        row, col = np.nonzero(inside)
        tree = cKDTree(np.stack([nuclei[0].y_um, nuclei[0].x_um], axis=1))
        near = np.asarray(tree.query(np.stack([y[row], x[col]], axis=1), k=2)[0], np.float32)
        seam = np.zeros(inside.shape, np.float32)
        width = np.float32(max(1.3, part.mpp))
        seam[inside] = np.clip(1.2 - (near[:, 1] - near[:, 0]) / width, 0, 1)
        seam *= np.float32(0.75) - np.float32(0.45) * squeezed
        e -= seam * (e - np.float32(0.08))
        h -= seam * (h - np.float32(0.02))
    return h, e, 0.0


def _laminae(plan: Plan, part: Canvas, vessel: Vessel, lamina_um: float) -> Field:
    """Bands that run one way across the lumen, gently bent: lines of Zahn."""
    angle = 2 * math.pi * float(_draw(vessel, "lamina"))
    centre = vessel.lumen.centre_um
    rows, cols = part.places_um
    dy, dx = (rows - centre.y).astype(np.float32), (cols - centre.x).astype(np.float32)
    along = dy * np.float32(math.sin(angle)) + dx * np.float32(math.cos(angle))
    across = dy * np.float32(math.cos(angle)) - dx * np.float32(math.sin(angle))
    bend = part.slow_noise(90.0, plan.seed(f"lamina bend {vessel.index}"))
    bent: Field = across + np.float32(26) * bend
    return noise_along(
        np.asarray(bent / np.float32(lamina_um), np.float32),
        np.asarray(along / np.float32(_LAMINA_RUN_UM * 64), np.float32),
        64,
        plan.seed(f"lamina {vessel.index}"),
    )


def _thrombus(plan: Plan, part: Canvas, vessel: Vessel) -> Dye:
    """Fibrin and platelets in grey-pink bands, red cells between them."""
    band = _laminae(plan, part, vessel, _LAMINA_UM)
    grain = plan.look.texture(part.y_um, part.x_um, 3.0, plan.seed("fibrin grain"))
    platelets = _draw(vessel, "platelets")
    blood = np.float32(1.4) * band + np.float32(0.45) * grain - np.float32(0.7)
    blood = np.clip(blood + np.float32(0.9) * _draw(vessel, "blood"), 0, np.float32(0.85))
    e = np.float32(0.26 + 0.12 * (1 - platelets)) * (1 + np.float32(0.22) * (grain - band))
    h = np.float32(0.06 + 0.17 * platelets) * (1 + np.float32(0.3) * (grain - band))
    e -= blood * (e - np.float32(0.10))
    h -= blood * (h - np.float32(0.02))
    return h, e, np.float32(0.36) * blood


def _organised(plan: Plan, part: Canvas, vessel: Vessel) -> Dye:
    """Young collagen with slits of new capillaries."""
    fibre = _laminae(plan, part, vessel, 3.5)
    cloud = plan.look.texture(part.y_um, part.x_um, 9.0, plan.seed("granulation"))
    myxoid = _draw(vessel, "myxoid")
    e = np.float32(0.29 - 0.08 * myxoid) * (1 + np.float32(0.25) * fibre)
    h = np.float32(0.07 + 0.12 * myxoid) * (1 + np.float32(0.25) * cloud)
    slit = np.clip(cloud * 6 - np.float32(4.4), 0, 1)
    e -= slit * (e - np.float32(0.05))
    h -= slit * (h - np.float32(0.02))
    return h, e, np.float32(0.25) * slit
