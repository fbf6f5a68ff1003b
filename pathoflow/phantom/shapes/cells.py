"""Nuclei and red cells as planned objects: place, size, shape and kind, from hashed lattices.

A lattice gives every cell of an endless grid at most one nucleus, strays it, bends the rows gently,
and cuts every radius to half the distance to the nearest neighbour, so nuclei never overlap. The
same nuclei come back for any window, whether the painter asks for a tile or the truth for a vessel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.phantom.shapes.noise import hash_grid, noise_at, unit_interval


class CellKind(IntEnum):
    """What a nucleus belongs to; the painter gives each kind its own stain and chromatin."""

    HEPATOCYTE = 0
    TUMOUR = 1
    LEUCOCYTE = 2
    ENDOTHELIUM = 3
    FIBROBLAST = 4
    DUCT = 5
    RED_CELL = 6
    FAT = 7


@dataclass(frozen=True, eq=False)
class Cells:
    """Many cells, one array per property, all of the same length."""

    y_um: NDArray[np.float64]
    x_um: NDArray[np.float64]
    #: Half the geometric mean diameter of the nucleus as cut, µm.
    radius_um: NDArray[np.float32]
    #: Long over short diameter.
    elongation: NDArray[np.float32]
    angle: NDArray[np.float32]
    #: Hashed bits that choose chromatin pattern and depth of stain.
    bits: NDArray[np.uint32]
    kind: CellKind

    def __len__(self) -> int:
        return len(self.y_um)

    def where(self, keep: NDArray[np.bool_]) -> Cells:
        """Those for which ``keep`` holds."""
        return Cells(
            self.y_um[keep],
            self.x_um[keep],
            self.radius_um[keep],
            self.elongation[keep],
            self.angle[keep],
            self.bits[keep],
            self.kind,
        )

    def moved(self, dy_um: float, dx_um: float) -> Cells:
        """The same cells elsewhere."""
        return replace(self, y_um=self.y_um + dy_um, x_um=self.x_um + dx_um)

    @staticmethod
    def none(kind: CellKind) -> Cells:
        """No cells."""
        lengths = np.zeros(0, np.float32)
        places = np.zeros(0, np.float64)
        return Cells(places, places, lengths, lengths, lengths, np.zeros(0, np.uint32), kind)


#: Rows bend by this share of a step, over so many steps.
_BEND, _BEND_OVER = 0.8, 5.0


@dataclass(frozen=True, slots=True)
class Lattice:
    """How densely cells of one kind lie and how large they are."""

    kind: CellKind
    spacing_um: float
    #: Furthest that a nucleus strays from its lattice point along each axis, µm.
    stray_um: float
    #: Share of lattice points that carry a nucleus.
    presence: float
    radius_um: float
    #: Coefficient of variation of the radius, before the section cuts caps off.
    radius_cv: float
    elongation: tuple[float, float] = (1.0, 1.25)
    #: Nuclei are cut at a random height, so some show only a cap; 0 cuts all through the middle.
    caps: float = 0.75

    @property
    def density_um2(self) -> float:
        """Nuclei per µm²."""
        return self.presence / self.spacing_um**2


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle in µm from the slide's corner."""

    top: float
    left: float
    bottom: float
    right: float

    def grow(self, margin: float) -> Extent:
        """With ``margin`` µm more on every side."""
        return Extent(
            self.top - margin, self.left - margin, self.bottom + margin, self.right + margin
        )

    def meets(self, other: Extent) -> bool:
        """Whether the two share any place."""
        return (
            self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )


#: Whether each place, given by y, x and the hashed bits of its cell, is taken.
Choice = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint32]], NDArray[np.bool_]]


def cells_in(lattice: Lattice, extent: Extent, seed: int, choice: Choice | None = None) -> Cells:
    """All cells of the lattice whose centres lie in ``extent``.

    Every other row is shifted by half a step, as round things pack; a slow bend hides the rows.
    A ``choice`` thins the lattice by place before cells get their shapes.
    """
    step = lattice.spacing_um
    # Neighbours just outside count too: they decide how large a nucleus at the edge may be.
    reach = lattice.stray_um + _BEND * step + 2 * step
    rows = np.arange(np.floor((extent.top - reach) / step), np.ceil((extent.bottom + reach) / step))
    cols = np.arange(np.floor((extent.left - reach) / step), np.ceil((extent.right + reach) / step))
    row, col = (grid.ravel().astype(np.int64) for grid in np.meshgrid(rows, cols, indexing="ij"))
    bits = hash_grid(row, col, seed)
    present = unit_interval(bits, 2) < lattice.presence
    row, col, bits = row[present], col[present], bits[present]
    stray = np.float64(2 * lattice.stray_um)
    y = (row + 0.5) * step + (unit_interval(bits, 0) - 0.5) * stray
    x = (col + 0.5 + 0.5 * (row % 2)) * step + (unit_interval(bits, 1) - 0.5) * stray
    y, x = (
        y + _BEND * step * noise_at(y, x, _BEND_OVER * step, seed + 1),
        x + _BEND * step * noise_at(y, x, _BEND_OVER * step, seed + 2),
    )
    if choice is not None:
        taken = choice(y, x, bits)
        y, x, bits = y[taken], x[taken], bits[taken]
    keep = (y >= extent.top) & (y < extent.bottom) & (x >= extent.left) & (x < extent.right)
    if not keep.any():
        return Cells.none(lattice.kind)
    places = np.stack([y, x], axis=1)
    # A lone cell has its second neighbour at infinity.
    apart = np.asarray(cKDTree(places).query(places[keep], k=2)[0])[:, 1]
    return _shaped(lattice, y[keep], x[keep], bits[keep], apart)


def _shaped(
    lattice: Lattice,
    y_um: NDArray[np.float64],
    x_um: NDArray[np.float64],
    bits: NDArray[np.uint32],
    apart_um: NDArray[np.float64],
) -> Cells:
    """Give placed cells size and shape.

    No half axis exceeds half the distance to the nearest neighbour.
    """
    spread = (unit_interval(bits, 3) + unit_interval(bits, 4) + unit_interval(bits, 5) - 1.5) * 2
    height = unit_interval(bits, 6) * np.float32(lattice.caps)
    radius = lattice.radius_um * (1 + lattice.radius_cv * spread) * np.sqrt(1 - height * height)
    thin, wide = lattice.elongation
    elongation = thin + (wide - thin) * unit_interval(bits, 7)
    long = np.maximum(radius, 0.45 * lattice.radius_um) * np.sqrt(elongation)
    long = np.minimum(long, 0.5 * apart_um)
    return Cells(
        y_um,
        x_um,
        np.asarray(long / np.sqrt(elongation), np.float32),
        np.asarray(elongation, np.float32),
        np.asarray(unit_interval(bits, 8) * np.pi, np.float32),
        bits,
        lattice.kind,
    )


#: Every place holds a cell; of the nuclei that its middle would show, a section misses some.
HEPATOCYTES = Lattice(CellKind.HEPATOCYTE, 22.5, 6.5, 1.0, 4.05, 0.12)
#: Places that may hold an endothelial or Kupffer cell, if a sinusoid runs by.
SINUSOID_CELLS = Lattice(CellKind.ENDOTHELIUM, 15.0, 4.5, 0.40, 2.75, 0.2, (1.8, 4.0))
#: Places that may hold a red cell, if a sinusoid runs by.
SINUSOID_RED_CELLS = Lattice(CellKind.RED_CELL, 6.4, 1.6, 0.55, 3.5, 0.1, (1.0, 1.4), caps=0.4)
FIBROBLASTS = Lattice(CellKind.FIBROBLAST, 21.0, 6.0, 0.7, 2.6, 0.2, (2.0, 4.0))
RED_CELLS = Lattice(CellKind.RED_CELL, 6.7, 1.6, 0.95, 3.3, 0.08, (1.0, 1.35), caps=0.3)
LEUCOCYTES = Lattice(CellKind.LEUCOCYTE, 10.5, 2.4, 0.88, 3.2, 0.12)
CUFF_LYMPHOCYTES = Lattice(CellKind.LEUCOCYTE, 12.0, 3.4, 0.6, 3.0, 0.12)
STRAY_LYMPHOCYTES = Lattice(CellKind.LEUCOCYTE, 95.0, 40.0, 0.5, 2.9, 0.12)
#: Small drops beside the large ones, which a fatty cell is planned with.
FAT_DROPS = Lattice(CellKind.FAT, 9.0, 3.0, 0.7, 1.9, 0.45, (1.0, 1.12), caps=0.9)


def tumour_lattice(grade: float) -> Lattice:
    """Nuclei of the carcinoma: from 9.4 µm across and 3,400 per mm² to 10.5 µm and 4,200 per mm².

    Diameters follow Cheah et al. (2007): 1.75 and 2.14 times the benign nuclear area.
    """
    spacing = 16.6 - 1.8 * grade
    stray = 0.3 * spacing
    return Lattice(
        CellKind.TUMOUR,
        spacing,
        stray,
        presence=0.93,
        radius_um=4.9 + 0.55 * grade,
        radius_cv=0.10 + 0.08 * grade,
        caps=0.6,
        elongation=(1.0, 1.15 + 0.25 * grade),
    )
