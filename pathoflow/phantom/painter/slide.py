"""Turn any box of a plan into pixels: dye on a padded canvas, light through it, lens, sensor.

A pixel depends on its level-0 coordinates alone. Work is cut into pieces of 512 pixels, each
painted with a border as wide as the blur reaches; cells that stand outside a piece are pressed in
where they reach over.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.tumour import paint_tumour_border, paint_tumour_mass
from pathoflow.phantom.painter.vessel import paint_tract, paint_vessel
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import extent_of
from pathoflow.phantom.shapes.noise import hash_grid
from pathoflow.space import Box, Frame, Size

_PIECE = Size(512, 512)
#: Standard deviation of the sensor's noise, grey levels.
_SENSOR_SD = 1.3
#: Thickness of the section: how strongly and over which distance it varies.
_THICKNESS, _THICKNESS_UM = 0.2, 1400.0
_OD_STEPS, _OD_MAX = 2048, 4.0
# Light through the slide, by optical density in steps of 1/2048; a table is faster than the
# exponential.
_LIGHT = (10.0 ** -(np.arange(int(_OD_STEPS * _OD_MAX) + 1) / _OD_STEPS)).astype(np.float32)
_GAUSS = np.array(
    [NormalDist().inv_cdf((k + 0.5) / 1024) * _SENSOR_SD for k in range(1024)], np.float32
)


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
    sigma_px = plan.look.blur_um / plan.spec.mpp
    kernel = _gauss_kernel(sigma_px)
    canvas = Canvas(piece.grow(len(kernel) - 1), plan.spec.mpp)
    to_glass = canvas.interpolate(plan.tissue.tissue_distance)
    if float(to_glass.min()) > 2 * plan.spec.mpp:
        light = np.broadcast_to(
            plan.look.white.astype(np.float32)[:, None, None], (3, *piece.size.shape)
        )
        return _develop(plan, piece, [sheet.copy() for sheet in light])
    _paint_tissue(plan, canvas)
    tissue = canvas.soft(to_glass)
    thick = canvas.slow_noise(_THICKNESS_UM, plan.seed("thickness"))
    tissue *= 1 + thick * np.float32(_THICKNESS)
    sheets = []
    for channel in range(3):
        per_dye = plan.look.density[:, channel].astype(np.float32) * np.float32(_OD_STEPS)
        od = canvas.h * per_dye[0]
        od += canvas.e * per_dye[1]
        od += canvas.red * per_dye[2]
        od *= tissue
        index = np.clip(od, 0, len(_LIGHT) - 1).astype(np.int32)
        light_through = np.take(_LIGHT, index)
        light_through *= np.float32(plan.look.white[channel])
        sheets.append(_blur(light_through, kernel))
    return _develop(plan, piece, sheets)


def _paint_tissue(plan: Plan, canvas: Canvas) -> None:
    """Layers from the widest to the smallest; each covers what lies under it."""
    tumour = plan.tissue.tumour
    if tumour is None:
        paint_liver(plan, canvas)
    else:
        to_tumour = canvas.interpolate(tumour.signed_distance)
        if float(to_tumour.max()) > -canvas.mpp:
            paint_liver(plan, canvas)
        paint_tumour_mass(plan, canvas, to_tumour)
        paint_tumour_border(plan, canvas, to_tumour)
    extent = canvas.extent.grow(12)
    for cleft in plan.tissue.clefts:
        reach = extent_of(cleft.centre_um, cleft.reach_um + 4)
        part = canvas.window(reach) if extent.meets(reach) else None
        if part is not None:
            ragged = plan.look.texture(part.y_um, part.x_um, 6.0, plan.seed("ragged"))
            distance = cleft.signed_distance(*part.places_um) + np.float32(3.5) * ragged
            part.mix(part.soft(distance), 0.0, 0.006)
    for tract in plan.tracts:
        if extent.meets(tract.extent_um):
            paint_tract(plan, canvas, tract)
    for vessel in plan.vessels:
        if extent.meets(vessel.extent_um):
            paint_vessel(plan, canvas, vessel)


def _gauss_kernel(sigma_px: float) -> NDArray[np.float32]:
    """Half a normalised Gaussian, centre first; just [1] below a quarter pixel."""
    if sigma_px < 0.25:
        return np.ones(1, np.float32)
    half = np.exp(-0.5 * (np.arange(math.ceil(2.6 * sigma_px) + 1) / sigma_px) ** 2)
    kernel: NDArray[np.float32] = (half / (half[0] + 2 * half[1:].sum())).astype(np.float32)
    return kernel


def _blur(light: Field, kernel: NDArray[np.float32]) -> Field:
    """Blur along both axes and drop the border that the blur has used up."""
    n = len(kernel) - 1
    if n == 0:
        return light
    rows = light[n:-n] * kernel[0]
    for k in range(1, n + 1):
        rows += (light[n - k : -n - k] + light[n + k : len(light) - n + k]) * kernel[k]
    cols: Field = rows[:, n:-n] * kernel[0]
    width = light.shape[1]
    for k in range(1, n + 1):
        cols += (rows[:, n - k : -n - k] + rows[:, n + k : width - n + k]) * kernel[k]
    return cols


def _develop(plan: Plan, piece: Box, sheets: list[Field]) -> NDArray[np.uint8]:
    """Add the sensor's noise, which is hashed from the coordinates too, and round to bytes."""
    rows = np.arange(piece.top, piece.bottom)[:, None]
    cols = np.arange(piece.left, piece.right)[None, :]
    bits = hash_grid(rows, cols, plan.seed("sensor"))
    out = np.empty((*piece.size.shape, 3), np.uint8)
    for channel, light in enumerate(sheets):
        light += np.take(_GAUSS, (bits >> np.uint32(10 * channel)) & np.uint32(1023))
        out[:, :, channel] = np.clip(light + np.float32(0.5), 0, 255)
    return out
