"""To which side of the nearest sinusoid a place of the liver lies, as a smooth field.

Hepatocytes stand in plates one or two cells thick; between plates run sinusoids. Here a plate is
where the field keeps its sign. Round a central vein the field is a ring of beads of alternating
sign, drawn out along the radius, so plates run towards the vein; where a bead would grow twice as
wide, the next ring with twice as many fades in, so plates branch. Far from veins, and half way
between two, an isotropic labyrinth takes over: the switch to the next vein falls where the ring has
no weight and cannot be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.phantom.shapes.noise import hash_grid, noise_at, unit_interval

Values = NDArray[np.float64]

#: A plate is this wide where a ring starts to fade in; µm.
_PLATE_UM = 20.0
#: Plates keep their course over about this length.
_COURSE_UM = 85.0
#: The rings reach full weight this near to a vein and none that far, and have none where two veins
#: are equally near.
_FULL_UM, _NONE_UM, _BORDER_UM = 170.0, 430.0, 110.0
_FIRST_BEADS = 4


@dataclass(frozen=True, eq=False)
class Plates:
    """The plates of one slide."""

    #: Centres (y, x) of the central veins, shape (n, 2); n may be 0.
    veins_um: Values
    scale: float
    seed: int
    tree: cKDTree | None

    @staticmethod
    def round_veins(veins_um: Values, scale: float, seed: int) -> Plates:
        """Plates that run towards ``veins_um``; ``scale`` widens them all."""
        tree = cKDTree(veins_um) if len(veins_um) else None
        return Plates(veins_um, scale, seed, tree)

    def field(self, y_um: Values, x_um: Values) -> Values:
        """Sign and strength of the plate at scattered places, shape (n,)."""
        labyrinth = self._labyrinth(y_um, x_um)
        if self.tree is None or not len(y_um):
            return labyrinth
        places = np.stack([y_um, x_um], axis=1)
        found = self.tree.query(places, k=2, distance_upper_bound=4 * _NONE_UM)
        near, which = np.asarray(found[0]), np.asarray(found[1])
        radius = np.minimum(near[:, 0], _NONE_UM)
        to_border = np.minimum(near[:, 1], 5 * _NONE_UM) - radius
        weight = _smooth((_NONE_UM - radius) / (_NONE_UM - _FULL_UM))
        weight *= _smooth(to_border / _BORDER_UM)
        ringed = np.flatnonzero(weight > 0)
        if len(ringed):
            vein = which[ringed, 0]
            ring = self._ring(y_um[ringed], x_um[ringed], vein)
            share = weight[ringed]
            labyrinth[ringed] = ring * share + labyrinth[ringed] * (1.0 - 0.7 * share)
        return labyrinth

    def slope(self, y_um: Values, x_um: Values) -> tuple[Values, Values, Values]:
        """The field and its slope along y and x, per µm."""
        step = 2.0
        number = len(y_um)
        y = np.concatenate([y_um, y_um - step, y_um + step, y_um, y_um])
        x = np.concatenate([x_um, x_um, x_um, x_um - step, x_um + step])
        here, up, down, left, right = self.field(y, x).reshape(5, number)
        return here, (down - up) / (2 * step), (right - left) / (2 * step)

    def _labyrinth(self, y_um: Values, x_um: Values) -> Values:
        spacing = 1.0 * _PLATE_UM * self.scale
        turned = 0.8 * y_um + 0.6 * x_um, 0.8 * x_um - 0.6 * y_um
        field = noise_at(*turned, spacing, self.seed).astype(np.float64)
        return field + 0.5 * noise_at(y_um, x_um, 0.62 * spacing, self.seed + 1)

    def _ring(self, y_um: Values, x_um: Values, vein: NDArray[np.int64]) -> Values:
        """Beads round the nearest vein, ever more of them with the radius."""
        dy, dx = y_um - self.veins_um[vein, 0], x_um - self.veins_um[vein, 1]
        radius = np.maximum(np.hypot(dy, dx), 12.0)
        # Plates sway a little to either side on their way.
        sway = 13.0 * self.scale * noise_at(y_um, x_um, 70.0, self.seed + 2)
        turn = np.arctan2(dy, dx) / (2 * np.pi) + sway / (2 * np.pi * radius)
        octave = np.log2(2 * np.pi * radius / (2 * _FIRST_BEADS * _PLATE_UM * self.scale))
        level = np.maximum(np.floor(octave), 0)
        fade = _smooth((octave - level - 0.45) / 0.5)
        field = (1 - fade) * self._beads(radius, turn, level, vein)
        return field + fade * self._beads(radius, turn, level + 1, vein)

    def _beads(
        self, radius: Values, turn: Values, level: Values, vein: NDArray[np.int64]
    ) -> Values:
        """Beads of alternating sign and hashed strength; two per pair of plates."""
        beads = 2 * _FIRST_BEADS * np.ldexp(1.0, level.astype(np.int32))
        # Each ring starts somewhere else, or one ray would run straight through all of them.
        start = unit_interval(hash_grid(level.astype(np.int64), vein, self.seed), 0)
        along, layer = ((turn + start) % 1.0) * beads, radius / _COURSE_UM
        bead, row = np.floor(along), np.floor(layer)
        tx, ty = _smooth(along - bead), _smooth(layer - row)
        mark = row.astype(np.int64) + 64 * level.astype(np.int64) + 1024 * vein

        def strength(below: int, ahead: int) -> Values:
            at = (bead + ahead) % beads
            size = 0.35 + 0.65 * unit_interval(
                hash_grid(mark + below, at.astype(np.int64), self.seed), 1
            )
            return np.asarray(np.where(at % 2 == 0, size, -size))

        above = strength(0, 0) * (1 - tx) + strength(0, 1) * tx
        under = strength(1, 0) * (1 - tx) + strength(1, 1) * tx
        return np.asarray(above * (1 - ty) + under * ty)


def _smooth(t: Values) -> Values:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
