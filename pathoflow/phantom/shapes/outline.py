"""Wavy closed curves round a centre: an ellipse whose radius carries a few Fourier waves.

One table of radii serves two masters: `signed_distance` for the painter and `polygon_um` for the
truth, so what is painted and what is true cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Point

ANGLES = 720
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
# Abramowitz and Stegun, 4.4.49: arctan x = x * (a polynomial of x squared) on [0, 1], to 2e-8;
# here in turns.
_ARCTAN = (
    np.array(
        [
            *(0.9999993329, -0.3332985605, 0.1994653599, -0.1390853351),
            *(0.0964200441, -0.0559098861, 0.0218612288, -0.0040540580),
        ]
    )
    / (2 * np.pi)
).astype(np.float32)


@dataclass(frozen=True, eq=False)
class WavyRing:
    """A star-shaped outline round ``centre_um``.

    ``radius_um[k]`` is its reach at the angle ``2 pi k / 720``. Angles run from the x axis towards
    the y axis. Lengths are µm, places are (y, x) in µm from the slide's corner.
    """

    centre_um: Point
    radius_um: NDArray[np.float64]

    @cached_property
    def _tables(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        # One entry more than there are angles, so that interpolation needs no modulo.
        radius = np.append(self.radius_um, self.radius_um[0]).astype(np.float32)
        lean = np.append(self.lean, self.lean[0])
        return radius, (1.0 / lean).astype(np.float32)

    @cached_property
    def lean(self) -> NDArray[np.float64]:
        """Length of a radial step per step along the normal: ``sqrt(1 + (r' / r)^2)``."""
        ahead, behind = np.roll(self.radius_um, -1), np.roll(self.radius_um, 1)
        slope = (ahead - behind) / (2 * (2 * np.pi / ANGLES))
        return np.sqrt(1.0 + (slope / self.radius_um) ** 2)

    @property
    def reach_um(self) -> float:
        """Radius of the circle round the centre that holds the whole outline."""
        return float(self.radius_um.max())

    @cached_property
    def area_um2(self) -> float:
        """Area of `polygon_um`: triangles from the centre to neighbouring vertices."""
        r = self.radius_um
        return float(0.5 * np.sin(2 * np.pi / ANGLES) * np.sum(r * np.roll(r, -1)))

    def polar(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Distance from the centre in µm and turn in [0, 1) of places that broadcast."""
        dy = (np.asarray(y_um, np.float64) - self.centre_um.y).astype(np.float32)
        dx = (np.asarray(x_um, np.float64) - self.centre_um.x).astype(np.float32)
        return np.sqrt(dy * dy + dx * dx), turn_of(dy, dx)

    def depth(self, rho: NDArray[np.float32], turn: NDArray[np.float32]) -> NDArray[np.float32]:
        """Distance to the outline in µm for polar places, to first order; negative inside."""
        radius, upright = self._tables
        along = turn * np.float32(ANGLES)
        k = along.astype(np.int32)
        t = along - k
        reach = radius[k]
        reach += (radius[k + 1] - reach) * t
        return (rho - reach) * upright[k]

    def signed_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the outline in µm, negative inside.

        Exact on the outline, first order near it.
        """
        return self.depth(*self.polar(y_um, x_um))

    def inset(self, thickness_um: NDArray[np.float64] | float) -> WavyRing:
        """The outline that lies ``thickness_um`` inside this one.

        It never shrinks below a third.
        """
        radius = self.radius_um - np.asarray(thickness_um) * self.lean
        return WavyRing(self.centre_um, np.maximum(radius, self.radius_um / 3))

    def scaled(self, factor: float) -> WavyRing:
        """The same shape about the same centre, larger or smaller."""
        return WavyRing(self.centre_um, self.radius_um * factor)

    def moved_to(self, centre_um: Point) -> WavyRing:
        """The same shape about another centre."""
        return WavyRing(centre_um, self.radius_um)

    def polygon_um(self) -> NDArray[np.float64]:
        """The vertices in order: shape ``(720, 2)``, (y, x) in µm, not closed."""
        y = self.centre_um.y + self.radius_um * np.sin(_THETA)
        x = self.centre_um.x + self.radius_um * np.cos(_THETA)
        return np.stack([y, x], axis=1)


def turn_of(dy: NDArray[np.float32], dx: NDArray[np.float32]) -> NDArray[np.float32]:
    """Angle of (dy, dx) from the x axis towards the y axis, as a share of a full turn in [0, 1).

    ``arctan2`` differs in its last bit between processors; this takes but four operations that do
    not. Right to 1e-7 of a turn, and faster. The origin gives 0.
    """
    up, along = np.abs(dy), np.abs(dx)
    long = np.maximum(up, along)
    slope = np.minimum(up, along) / np.maximum(long, np.float32(1e-30))
    square = slope * slope
    turn = np.full_like(square, _ARCTAN[-1])
    for coefficient in _ARCTAN[-2::-1]:
        turn *= square
        turn += coefficient
    turn *= slope
    # Unfold from the first eighth of the circle.
    turn = np.where(up > along, np.float32(0.25) - turn, turn)
    turn = np.where(dx < 0, np.float32(0.5) - turn, turn)
    turn = np.where(dy < 0, np.float32(1) - turn, turn)
    return np.where(turn >= 1, np.float32(0), turn)


def waves(rng: np.random.Generator, amplitude: float, harmonics: int) -> NDArray[np.float64]:
    """A relative wobble over the 720 angles: harmonics from 2 up, each falling with its number."""
    k = np.arange(2, harmonics + 2)[:, None]
    size = rng.normal(0.0, amplitude, k.shape) / k**0.9
    phase = rng.uniform(0, 2 * np.pi, k.shape)
    return np.asarray((size * np.cos(k * _THETA + phase)).sum(axis=0))


def wavy_ellipse(
    rng: np.random.Generator,
    centre_um: Point,
    half_axes_um: tuple[float, float],
    tilt: float,
    wobble: NDArray[np.float64],
) -> WavyRing:
    """An ellipse turned by ``tilt`` radians, with ``wobble`` on its radius.

    ``half_axes_um`` are long and short. The wobble is clipped so that no radius falls below two
    fifths of the ellipse's. A little seeded roughness keeps two ellipses of the same wobble apart.
    """
    long, short = half_axes_um
    c, s = np.cos(_THETA - tilt), np.sin(_THETA - tilt)
    radius = long * short / np.sqrt((short * c) ** 2 + (long * s) ** 2)
    rough = waves(rng, 0.004, 24)
    return WavyRing(centre_um, radius * np.clip(1.0 + wobble + rough, 0.4, 1.8))
