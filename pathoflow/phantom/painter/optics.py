"""From dye to grey levels: light through the section, lens, sensor.

Light is kept in steps of 1/32 grey level and the weights of the lens in steps of 1/1024. An even
patch then leaves the lens exactly as it came in, so bare glass needs no lens at all; and tables that
other machines round differently in the last bit come out the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.shapes.noise import hash_grid, slow_noise_at
from pathoflow.space import Box

#: Steps of light per grey level, and of lens weights per unit.
LIGHT_STEPS, _WEIGHT_STEPS = 32, 1024
_OD_STEPS, _OD_MAX = 2048, 4.0
#: Standard deviation of the sensor's noise, grey levels.
_SENSOR_SD = 1.3
#: A lens sharper than this many pixels only shifts.
_SHARPEST_PX = 0.25
#: The section is thicker or thinner over these distances, with these shares of `Look.thickness`.
_THICKNESS_UM = ((2600.0, 0.75), (800.0, 0.45))
#: Towards its edge the section stains a little deeper.
_EDGE_UM, _EDGE_GAIN = 180.0, 0.6
_GAUSS = np.array(
    [round(NormalDist().inv_cdf((k + 0.5) / 1024) * _SENSOR_SD * 256) / 256 for k in range(1024)],
    np.float32,
)


@dataclass(frozen=True, eq=False)
class Optics:
    """Lens and light of one slide at one scale."""

    #: Light left after an optical density in steps of 1/2048: shape (3, 8193), grey levels.
    light: Field
    #: Weights along y and along x for each of R, G, B, centre in the middle.
    kernels: tuple[tuple[Field, Field], ...]
    #: Optical density in table steps per unit of each dye: shape (3, 3), dyes by channels.
    density: Field

    @property
    def margin_px(self) -> int:
        """How many pixels around a box the lens draws light from."""
        return max(len(taps) // 2 for pair in self.kernels for taps in pair)

    @property
    def white(self) -> Field:
        """Bare glass: shape (3,), grey levels."""
        return self.light[:, 0]

    def transmit(self, canvas: Canvas, thickness: Field, film: Field | None, channel: int) -> Field:
        """Light of one channel behind dye of the given ``thickness`` and a ``film`` of density."""
        per_dye = self.density[:, channel]
        od = canvas.h * per_dye[0]
        part = canvas.e * per_dye[1]
        od += part
        np.multiply(canvas.red, per_dye[2], out=part)
        od += part
        od *= thickness
        if film is not None:
            np.multiply(film[channel], np.float32(_OD_STEPS), out=part)
            od += part
        np.clip(od, 0, _OD_STEPS * _OD_MAX, out=od)
        # np.take wants its indices as wide as pointers and checks them one by one unless told not.
        through: Field = np.take(self.light[channel], od.astype(np.int32), mode="clip")
        return through

    def focus(self, light: Field, channel: int) -> Field:
        """Blur and shift one channel, and drop `margin_px` on every side."""
        along_y, along_x = self.kernels[channel]
        margin = self.margin_px
        rows = _weighted(light, along_y, margin)
        return _weighted(rows.T, along_x, margin).T

    def develop(self, sheets: list[Field], box: Box, seed: int) -> NDArray[np.uint8]:
        """Add the sensor's noise, which is hashed from the coordinates too, and round to bytes.

        Sheets of shape (1, 1) stand for even light. They are overwritten otherwise.
        """
        rows = np.arange(box.top, box.bottom)[:, None]
        cols = np.arange(box.left, box.right)[None, :]
        bits = hash_grid(rows, cols, seed)
        out = np.empty((*box.size.shape, 3), np.uint8)
        for channel, light in enumerate(sheets):
            draw = (bits >> np.uint32(10 * channel)) & np.uint32(1023)
            level = np.take(_GAUSS, draw, mode="clip")
            level += light
            level += np.float32(0.5)
            np.clip(level, 0, 255, out=level)
            out[:, :, channel] = level
        return out


@lru_cache(maxsize=8)
def optics_of(look: Look, mpp: float) -> Optics:
    """The optics of a slide's look at ``mpp`` µm per pixel; made once per slide."""
    white = np.round(look.white * LIGHT_STEPS) / LIGHT_STEPS
    left = 10.0 ** -(np.arange(int(_OD_STEPS * _OD_MAX) + 1) / _OD_STEPS)
    light = np.round(white[:, None] * left * LIGHT_STEPS) / LIGHT_STEPS
    shift_y, shift_x = (along / mpp for along in look.chroma_shift_um)
    kernels = tuple(
        (_lens(look.blur_um / mpp, side * shift_y), _lens(look.blur_um / mpp, side * shift_x))
        for side in (1.0, 0.0, -1.0)
    )
    density = np.round(look.density * 2**16) / 2**16 * _OD_STEPS
    return Optics(light.astype(np.float32), kernels, density.astype(np.float32))


def thickness_of(canvas: Canvas, to_glass: Field, look: Look, seed: int) -> Field:
    """Relative thickness of the section, 0 on glass: slow waves, and deeper along the edge."""
    spread = np.float32(look.thickness)

    def waves(y: NDArray[np.float64], x: NDArray[np.float64]) -> Field:
        total = np.zeros(np.broadcast_shapes(y.shape, x.shape), np.float32)
        for k, (spacing, share) in enumerate(_THICKNESS_UM):
            total += slow_noise_at(y, x, spacing, seed + k) * np.float32(share)
        return np.clip(total, -1, 1) * spread + np.float32(1)

    thickness = canvas.interpolate(waves, canvas.slow_step(_THICKNESS_UM[-1][0]))
    nearest = float(to_glass.max())
    if nearest > -_EDGE_UM:
        edge = np.clip(to_glass * np.float32(1 / _EDGE_UM) + np.float32(1), 0, 1)
        edge *= edge
        thickness += edge * (spread * np.float32(_EDGE_GAIN))
    if nearest > -canvas.mpp:
        thickness *= canvas.soft(to_glass)
    return thickness


def _lens(sigma_px: float, shift_px: float) -> Field:
    """Weights of neighbours, centre in the middle, that blur and move the picture by ``shift_px``.

    They are whole multiples of 1/1024 and sum to exactly one.
    """
    whole = math.floor(shift_px)
    part = shift_px - whole
    # Moving by part of a pixel blurs a little by itself.
    rest_px = math.sqrt(max(sigma_px**2 - part * (1 - part), 0.0))
    reach = math.ceil(2.6 * rest_px) if rest_px > _SHARPEST_PX else 0
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(rest_px, _SHARPEST_PX)) ** 2)
    # The picture moves down when every pixel looks up.
    weights = np.convolve(weights / weights.sum(), [part, 1 - part])
    centre = reach + 1 + whole
    taps = np.round(weights * _WEIGHT_STEPS)
    taps[int(np.argmax(taps))] += _WEIGHT_STEPS - taps.sum()
    used = np.flatnonzero(taps)
    half = max(abs(int(used[0]) - centre), abs(int(used[-1]) - centre))
    out = np.zeros(2 * half + 1, np.float32)
    out[used - centre + half] = taps[used] / _WEIGHT_STEPS
    return out


def _weighted(light: Field, taps: Field, margin: int) -> Field:
    """Weighted mean of neighbours along the first axis, ``margin`` rows shorter on either side."""
    half, size = len(taps) // 2, len(light) - 2 * margin
    first = margin - half
    if half == 0:
        return light[first : first + size]
    total: Field = light[margin : margin + size] * taps[half]
    part = np.empty_like(total)
    for k in range(1, half + 1):
        before, after = light[margin - k : margin - k + size], light[margin + k : margin + k + size]
        if taps[half - k] == taps[half + k]:
            np.add(before, after, out=part)
            part *= taps[half + k]
            total += part
        else:
            for side, weight in ((before, taps[half - k]), (after, taps[half + k])):
                if weight:
                    np.multiply(side, weight, out=part)
                    total += part
    return total
