"""Turn any box of a plan into pixels: dye on a padded canvas, light through it, lens, sensor.

A pixel depends on its level-0 coordinates alone. Work is cut into pieces of 512 pixels, each
painted with a border as wide as lens and defocus reach; cells that stand outside a piece are
pressed in where they reach over.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.artefacts import Soil
from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.capsule import RAGGED_UM, paint_tumour_border
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.optics import optics_of, thickness_of
from pathoflow.phantom.painter.part import marked_part
from pathoflow.phantom.painter.silhouette import EDGE_UM, ragged_edge
from pathoflow.phantom.painter.tract import paint_tract
from pathoflow.phantom.painter.tumour import paint_tumour_mass
from pathoflow.phantom.painter.vessel import paint_vessel
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import extent_of
from pathoflow.space import Box, Frame, Size

#: A canvas of this size stays in the processor's cache.
_PIECE = Size(512, 512)


def paint(plan: Plan, box: Box) -> NDArray[np.uint8]:
    """Paint the level-0 pixels of ``box``: shape ``(box.height, box.width, 3)``, RGB.

    Outside the slide it is white.
    """
    out = np.full((*box.size.shape, 3), 255, np.uint8)
    inside = box.intersect(plan.size.box())
    if inside.is_empty:
        return out
    # Pieces start at the box's own corner: no slivers, and pixels do not depend on where a piece
    # begins.
    for part in inside.size.box().pieces(_PIECE):
        piece = part.shift(inside.top, inside.left)
        rows, cols = piece.within(box).slices
        out[rows, cols] = _paint_piece(plan, piece)
    return out


def training_patch(plan: Plan, frame: Frame, box: Box) -> NDArray[np.uint8]:
    """Paint ``box`` of a coarser ``frame``: each pixel is the rounded mean of those under it.

    Raises
    ------
    ValueError
        The frame's scale is not a whole number of level-0 pixels.
    """
    step = round(frame.scale_y)
    if step < 1 or abs(frame.scale_y - step) > 1e-6 or abs(frame.scale_x - step) > 1e-6:
        raise ValueError(
            "a patch needs a whole number of level-0 pixels per pixel,"
            f" got {frame.scale_y:g} x {frame.scale_x:g}"
        )
    fine = Box(box.top * step, box.left * step, box.height * step, box.width * step)
    out = np.empty((*box.size.shape, 3), np.uint8)
    # Bands keep a large patch from holding all its level-0 pixels at once.
    band = max(1, 512 // step)
    for top in range(0, box.height, band):
        rows = min(band, box.height - top)
        strip = paint(plan, Box(fine.top + top * step, fine.left, rows * step, fine.width))
        out[top : top + rows] = box_mean(strip, step)
    return out


def box_mean(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Rounded mean of blocks of ``step`` x ``step`` pixels, halves rounded up.

    Ragged edges average what is there.
    """
    if step == 1:
        return pixels
    height, width = pixels.shape[:2]
    rows = np.add.reduceat(pixels.astype(np.uint32), np.arange(0, height, step), axis=0)
    total = np.add.reduceat(rows, np.arange(0, width, step), axis=1)
    count = np.minimum(step, height - np.arange(0, height, step))[:, None] * np.minimum(
        step, width - np.arange(0, width, step)
    )
    count = count[:, :, None].astype(np.uint32)
    mean: NDArray[np.uint8] = ((2 * total + count) // (2 * count)).astype(np.uint8)
    return mean


def _paint_piece(plan: Plan, piece: Box) -> NDArray[np.uint8]:
    optics = optics_of(plan.look, plan.spec.mpp)
    soil = Soil.on(plan, piece, optics.margin_px)
    canvas = Canvas(piece.grow(soil.margin_px + optics.margin_px), plan.spec.mpp)
    to_glass = canvas.interpolate(plan.tissue.tissue_distance)
    is_glass = float(to_glass.min()) > EDGE_UM + 2 * plan.spec.mpp
    to_glass = ragged_edge(plan, canvas, to_glass)
    if is_glass and not soil.is_film:
        sheets = [white.reshape(1, 1) for white in optics.white]
    else:
        sheets = _light(plan, canvas, None if is_glass else to_glass, soil)
    sheets = soil.stitch(sheets)
    pixels = optics.develop(sheets, piece, plan.seed("sensor"))
    soil.lose_tiles(pixels)
    return pixels


def _light(plan: Plan, canvas: Canvas, to_glass: Field | None, soil: Soil) -> list[Field]:
    """Light on the sensor, one sheet per channel; ``to_glass`` is None on bare glass."""
    optics = optics_of(plan.look, plan.spec.mpp)
    if to_glass is None:
        thickness = np.zeros(canvas.box.size.shape, np.float32)
    else:
        thickness = thickness_of(canvas, to_glass, plan.look, plan.seed("thickness"))
        paint_tissue(plan, canvas)
        soil.fold(canvas, partial(_lay_tissue, plan))
        soil.bleach(canvas, thickness)
    film = soil.film(canvas)
    behind = [optics.transmit(canvas, thickness, film, channel) for channel in range(3)]
    return soil.defocus([optics.focus(light, channel) for channel, light in enumerate(behind)])


def _lay_tissue(plan: Plan, canvas: Canvas) -> None:
    """A layer of tissue with nothing where there is glass, for folds."""
    to_glass = canvas.interpolate(plan.tissue.tissue_distance)
    inside = canvas.soft(ragged_edge(plan, canvas, to_glass))
    paint_tissue(plan, canvas)
    for sheet in (canvas.h, canvas.e, canvas.red):
        sheet *= inside


def paint_tissue(plan: Plan, canvas: Canvas) -> None:
    """Layers from the widest to the smallest; each covers what lies under it."""
    tumour = plan.tissue.tumour
    if tumour is None:
        paint_liver(plan, canvas)
    else:
        to_tumour = canvas.interpolate(tumour.signed_distance)
        # The mass covers whatever lies deeper in it than its front is rough.
        liver = marked_part(canvas, to_tumour > -(RAGGED_UM + canvas.mpp))
        if liver is not None:
            paint_liver(plan, liver)
        paint_tumour_mass(plan, canvas, to_tumour)
        paint_tumour_border(plan, canvas, to_tumour)
    extent = canvas.extent.grow(12)
    for cleft in plan.tissue.clefts_in(extent):
        part = canvas.window(extent_of(cleft.centre_um, cleft.reach_um + 4))
        if part is not None:
            ragged = plan.look.texture(part.y_um, part.x_um, 6.0, plan.seed("ragged"))
            distance = cleft.signed_distance(*part.places_um) + np.float32(3.5) * ragged
            part.mix(part.soft(distance), 0.0, 0.006)
    for tract in plan.tracts_in(extent):
        paint_tract(plan, canvas, tract)
    for vessel in plan.vessels_in(extent):
        paint_vessel(plan, canvas, vessel)
