"""How the carcinoma grows: where its sinusoids and gland lumens run, as fields of place.

Painter and plan ask the same fields, so that nuclei keep out of the openings that are painted.
Sinusoids follow where a warped noise crosses zero; a second noise branches off on one side of the
first, so that cords meet and part as trabeculae do. Fields of some 400 µm are trabecular, solid or
pseudoglandular by the look's weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent, Lattice, cells_in
from pathoflow.phantom.shapes.noise import noise_at, seed_of, slow_noise_at

Field = NDArray[np.float32]
Places = NDArray[np.floating]

#: Standard deviation of slow noise.
NOISE_SD = 0.42
#: Fields of one growth pattern, clear cells, and the mean step between sinusoids.
_FIELD_UM, _CLEAR_UM, _CORD_UM = 430.0, 260.0, 58.0
#: Lumens of pseudoglands are 20 to 80 µm wide; their lattice keeps two rows of cells between them.
_LUMENS = Lattice(CellKind.TUMOUR, 64.0, 17.0, 0.8, 34.0, 0.45, (1.0, 1.5), caps=0.8)
_LUMEN_SHARE, _LUMEN_UM = 0.68, (10.0, 40.0)
#: A nucleus this far in an opening is pushed out of it; one that lies deeper is lost.
_PUSH_UM = 7.0
#: Lumens are found for blocks of whole multiples of this.
_BLOCK_UM = 64.0


def bound_for(share: float) -> float:
    """The value above which about ``share`` of slow noise lies."""
    return NOISE_SD * NormalDist().inv_cdf(1 - min(max(share, 1e-4), 1 - 1e-4))


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth pattern of one slide's tumour, in its mass and in vessels alike."""

    look: Look
    seed: int

    def stream(self, name: str) -> int:
        """The seed of one stream of noise."""
        return seed_of(self.seed, f"growth {name}")

    def patterns(self, y_um: Places, x_um: Places) -> tuple[Field, Field]:
        """How trabecular and how pseudoglandular each place is, 0 to 1; the rest is solid."""
        trabecular, solid, glandular = self.look.pattern
        opened = slow_noise_at(y_um, x_um, _FIELD_UM, self.stream("solid"))
        opened = np.clip((opened - np.float32(bound_for(1 - solid))) * 5 + np.float32(0.5), 0, 1)
        bound = bound_for(glandular / max(trabecular + glandular, 1e-6))
        glands = slow_noise_at(y_um, x_um, _FIELD_UM, self.stream("glands"))
        glands = np.clip((glands - np.float32(bound)) * 6 + np.float32(0.5), 0, 1)
        return opened * (1 - glands), opened * glands

    def clear(self, y_um: Places, x_um: Places) -> Field:
        """How clear the cells are, 0 to 1."""
        patch = slow_noise_at(y_um, x_um, _CLEAR_UM, self.stream("clear"))
        bound = np.float32(bound_for(self.look.clear))
        return np.asarray(np.clip((patch - bound) * 3.5, 0, 1), np.float32)

    @property
    def _step_um(self) -> float:
        """Mean step between sinusoids."""
        return _CORD_UM * self.look.texture_scale * (0.85 + 0.5 * self.look.grade)

    def _lines(self, y_um: Places, x_um: Places) -> tuple[Field, Field]:
        """Two fields that are zero along sinusoids: trunks, and branches that leave them."""
        seed, step = self.stream("cords"), self._step_um
        # Bent enough that nothing of the noise's own lattice is left.
        bend = np.float32(0.40 * step)
        y = y_um + bend * noise_at(y_um, x_um, 0.85 * step, seed + 1)
        x = x_um + bend * noise_at(y_um, x_um, 0.85 * step, seed + 2)
        return slow_noise_at(y, x, step, seed), slow_noise_at(y, x, 0.8 * step, seed + 3)

    def half_width_um(self, y_um: Places, x_um: Places) -> Field:
        """Half the width of a sinusoid at each place; negative where it has collapsed."""
        width = noise_at(y_um, x_um, 27.0, self.stream("width"))
        trabecular, glandular = self.patterns(y_um, x_um)
        opened = np.clip(trabecular + np.float32(0.25) * glandular, 0, 1)
        half = opened * (np.float32(2.1) + np.float32(2.4) * width)
        return np.asarray(half - np.float32(1.6) * (1 - opened), np.float32)

    def axis_um(self, y_um: Places, x_um: Places) -> Field:
        """Distance to the nearest sinusoid's axis in µm, to first order.

        ``y_um`` is a column and ``x_um`` a row, each of even steps.
        """
        y = np.concatenate([y_um, 2 * y_um[-1:] - y_um[-2:-1]])
        x = np.concatenate([x_um, 2 * x_um[:, -1:] - x_um[:, -2:-1]], axis=1)
        step = float(y[1, 0] - y[0, 0])
        found = []
        for line in self._lines(y, x):
            here = line[:-1, :-1]
            found.append((here, (line[1:, :-1] - here) / step, (line[:-1, 1:] - here) / step))
        return self._nearest(found)[0]

    def _nearest(self, lines: list[tuple[Field, Field, Field]]) -> tuple[Field, Field, Field]:
        """Distance to the nearer line, and the unit vector away from it.

        Each line is given by its value and the value's slopes along y and x, per µm.
        """
        (trunk, *trunk_slope), (branch, *branch_slope) = lines
        away = []
        for value, (dy, dx), scale in ((trunk, trunk_slope, 1.0), (branch, branch_slope, 0.8)):
            # Where a field is nearly flat the slit widens into a pool, but not without end.
            flat = np.float32(0.45 / (scale * self._step_um))
            away.append(np.abs(value) / np.maximum(np.sqrt(dy * dy + dx * dx), flat))
        # Branches leave the trunk on one side of it and cross nothing.
        aside = away[1] + 200 * (trunk < 0)
        near = aside < away[0]
        dy = np.where(near, branch_slope[0] * np.sign(branch), trunk_slope[0] * np.sign(trunk))
        dx = np.where(near, branch_slope[1] * np.sign(branch), trunk_slope[1] * np.sign(trunk))
        length = np.maximum(np.sqrt(dy * dy + dx * dx), np.float32(1e-6))
        distance = np.minimum(away[0], aside)
        found = np.asarray(distance, np.float32), np.asarray(dy / length, np.float32)
        return (*found, np.asarray(dx / length, np.float32))

    def walls(
        self, y_um: NDArray[np.float64], x_um: NDArray[np.float64]
    ) -> tuple[Field, Field, Field]:
        """Distance of scattered places to the nearest sinusoid's wall in µm, negative in its lumen.

        With it the unit vector (y, x) away from its axis.
        """
        n, near = len(y_um), 1.5
        y = np.concatenate([y_um, y_um + near, y_um])
        x = np.concatenate([x_um, x_um, x_um + near])
        found = []
        for line in self._lines(y, x):
            here = line[:n]
            found.append((here, (line[n : 2 * n] - here) / near, (line[2 * n :] - here) / near))
        distance, dy, dx = self._nearest(found)
        return distance - self.half_width_um(y_um, x_um), dy, dx

    def lumens(self, extent: Extent) -> Cells:
        """Lumens of pseudoglands that may reach into ``extent``, and perhaps a few near it."""
        if self.look.pattern[2] < 0.02:
            return Cells.none(_LUMENS.kind)
        # Tissue, nuclei and endothelium of one place ask for nearly the same rectangle.
        size = _BLOCK_UM
        block = Extent(
            math.floor(extent.top / size) * size,
            math.floor(extent.left / size) * size,
            math.ceil(extent.bottom / size) * size,
            math.ceil(extent.right / size) * size,
        )
        return _lumens(self, block)

    def settle(self, cells: Cells) -> Cells:
        """The same nuclei, pushed out of sinusoids and lumens into the cords; none is lost."""
        if not len(cells):
            return cells
        y, x = cells.y_um.copy(), cells.x_um.copy()
        depth, dy, dx = self.walls(y, x)
        push = np.clip(0.8 * cells.radius_um + 1.0 - depth, 0, _PUSH_UM)
        y += push * dy
        x += push * dx
        self._ring_lumens(cells, y, x)
        return replace(cells, y_um=y, x_um=x)

    def _ring_lumens(
        self, cells: Cells, y_um: NDArray[np.float64], x_um: NDArray[np.float64]
    ) -> None:
        """Nuclei at the wall of a lumen stand side by side outside it; moves them in place."""
        lumens = self.lumens(_around(cells))
        for k in range(len(lumens)):
            one = lumens.where(np.arange(len(lumens)) == k)
            dy, dx = y_um - one.y_um[0], x_um - one.x_um[0]
            near = np.flatnonzero(np.hypot(dy, dx) < 2.0 * _LUMEN_UM[1])
            dy, dx = dy[near], dx[near]
            depth = lumen_distance(one, dy.astype(np.float32), dx.astype(np.float32))
            push = np.clip(cells.radius_um[near] + 3.0 - depth, 0, 2 * _PUSH_UM)
            rho = np.maximum(np.hypot(dy, dx), 1.0)
            y_um[near] += push * dy / rho
            x_um[near] += push * dx / rho

    def in_lumen(self, cells: Cells) -> NDArray[np.bool_]:
        """Which nuclei lie so deep in a gland's lumen that they belong to no wall."""
        if not len(cells):
            return np.zeros(0, np.bool_)
        lumens = self.lumens(_around(cells))
        dy = cells.y_um[:, None] - lumens.y_um
        dx = cells.x_um[:, None] - lumens.x_um
        depth = lumen_distance(lumens, dy.astype(np.float32), dx.astype(np.float32))
        return np.asarray((depth < -0.6 * _PUSH_UM).any(axis=1))


@lru_cache(maxsize=16)
def _lumens(growth: Growth, extent: Extent) -> Cells:
    found = cells_in(_LUMENS, extent.grow(1.4 * _LUMEN_UM[1]), growth.stream("lumens"))
    glandular = growth.patterns(found.y_um, found.x_um)[1]
    radius = found.radius_um * np.float32(_LUMEN_SHARE)
    keep = (glandular > 0.5) & (radius >= _LUMEN_UM[0])
    shaped = replace(found, radius_um=np.minimum(radius, _LUMEN_UM[1]).astype(np.float32))
    return shaped.where(keep)


def _around(cells: Cells) -> Extent:
    return Extent(
        float(cells.y_um.min()),
        float(cells.x_um.min()),
        float(cells.y_um.max()),
        float(cells.x_um.max()),
    )


def lumen_distance(lumens: Cells, dy_um: Field, dx_um: Field) -> Field:
    """Distance in µm to the walls of ``lumens`` of places ``(dy, dx)`` from their centres.

    Arrays broadcast against the lumens; first order, negative inside.
    """
    c, s = np.cos(lumens.angle), np.sin(lumens.angle)
    wide = np.sqrt(lumens.elongation)
    u = (dx_um * c + dy_um * s) / (lumens.radius_um * wide)
    v = (dy_um * c - dx_um * s) / (lumens.radius_um / wide)
    return np.asarray((np.sqrt(u * u + v * v) - 1) * lumens.radius_um / wide, np.float32)
