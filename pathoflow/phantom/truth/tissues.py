"""Classes of tissue as masks of any box and frame: necrosis, stroma, bile ducts, lumens.

Like all truth they come from the plan: outlines where it has outlines, and where the painter follows a field of place
(scar, dead tissue, fibrous bands), that very field at the pixels' centres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.capsule import ductules_in
from pathoflow.phantom.painter.necrosis import bled, dead, necrosis_share, septum_depth
from pathoflow.phantom.painter.scar import LATTICE_UM
from pathoflow.phantom.plan.scar import scar_depth
from pathoflow.phantom.plan.vessel import PortalTract
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.raster import draw_shape
from pathoflow.space import Box, Frame

Mask = NDArray[np.bool_]


def lumen_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Where the lumen of a vessel is, with all that it holds; shape ``box.size.shape``, as of all masks."""
    return truth.lumen_labels(box, frame) > 0


def necrosis_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Where most of what is painted is dead tumour; vessels, holes and lakes of blood are none."""
    mass = truth.mass_mask(box, frame)
    if not mass.any():
        return mass
    y, x = _centres_um(truth, box, frame)
    found = mass & (necrosis_share(dead(truth.plan, y, x)) > 0.5)
    if found.any():
        found &= (bled(truth.plan, y, x) < 0) & ~truth.capsule_mask(box, frame)
        found &= ~_tract_mask(truth, box, frame) & ~_spared(truth, box, frame)
    return found


def duct_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Bile ducts of portal tracts and small ones in the tumour's coat: epithelium and lumen.

    Rows of ductular nuclei along a scar have no lumen and are no duct here.
    """
    canvas = np.zeros(box.size.shape, np.uint32)
    for tract in _tracts(truth, box, frame):
        for duct in tract.ducts:
            draw_shape(canvas, truth.polygon(duct.outer), 1, box, frame)
    found = (canvas > 0) | _ductule_mask(truth, box, frame)
    return found & truth.tissue_mask(box, frame) & ~_spared(truth, box, frame)


def stroma_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Fibrous tissue: coat of the mass, fibrous bands in it, portal tracts, scar; no vessel, duct or hole in it."""
    plan = truth.plan
    y, x = _centres_um(truth, box, frame)
    mass, capsule = truth.mass_mask(box, frame), truth.capsule_mask(box, frame)
    found = (_scar_depth(truth, box, frame) < 0) & ~truth.tumour_mask(box, frame)
    if mass.any():
        found |= mass & (septum_depth(plan, y, x) < 0)
        # Death and bleeding come after the bands that they take in.
        found &= ~(mass & ((necrosis_share(dead(plan, y, x)) > 0.5) | (bled(plan, y, x) > 0)))
    found |= capsule | _tract_mask(truth, box, frame)
    found &= truth.tissue_mask(box, frame)
    return found & ~duct_mask(truth, box, frame) & ~_spared(truth, box, frame)


def _scar_depth(truth: Truth, box: Box, frame: Frame) -> NDArray[np.float32]:
    """Signed distance to the liver's scar on the lattice that the painter follows, for it costs much."""
    plan = truth.plan
    if plan.look.background == "normal" or frame.scale_y != frame.scale_x:
        return scar_depth(plan, *_centres_um(truth, box, frame))
    mpp = frame.scale_y * plan.spec.mpp
    step = max(1, round(LATTICE_UM / mpp))
    return Canvas(box, mpp).interpolate(lambda y, x: scar_depth(plan, y, x), step)


def _spared(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Vessels and holes, which lie over every tissue."""
    return truth.vessel_mask(box, frame) | truth.hole_mask(box, frame)


def _centres_um(
    truth: Truth, box: Box, frame: Frame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixel centres in µm as a column of y and a row of x."""
    mpp = truth.plan.spec.mpp
    y = (np.arange(box.top, box.bottom, dtype=np.float64) + 0.5) * (frame.scale_y * mpp)
    x = (np.arange(box.left, box.right, dtype=np.float64) + 0.5) * (frame.scale_x * mpp)
    return y[:, None], x[None, :]


def _extent(truth: Truth, box: Box, frame: Frame) -> Extent:
    dy, dx = frame.scale_y * truth.plan.spec.mpp, frame.scale_x * truth.plan.spec.mpp
    return Extent(box.top * dy, box.left * dx, box.bottom * dy, box.right * dx)


def _tracts(truth: Truth, box: Box, frame: Frame) -> list[PortalTract]:
    return truth.plan.tracts_in(_extent(truth, box, frame))


def _tract_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    canvas = np.zeros(box.size.shape, np.uint32)
    for tract in _tracts(truth, box, frame):
        draw_shape(canvas, truth.polygon(tract.stroma), 1, box, frame)
    return canvas > 0


def _ductule_mask(truth: Truth, box: Box, frame: Frame) -> Mask:
    """Ellipses of the coat's small ducts."""
    found = np.zeros(box.size.shape, np.bool_)
    ducts = ductules_in(truth.plan, _extent(truth, box, frame))
    if not len(ducts):
        return found
    y, x = _centres_um(truth, box, frame)
    wide = np.sqrt(ducts.elongation)
    for k in range(len(ducts)):
        dy, dx = y - ducts.y_um[k], x - ducts.x_um[k]
        c, s = np.cos(ducts.angle[k]), np.sin(ducts.angle[k])
        u = (dx * c + dy * s) / (ducts.radius_um[k] * wide[k])
        v = (dy * c - dx * s) / (ducts.radius_um[k] / wide[k])
        found |= u * u + v * v <= 1
    return found
