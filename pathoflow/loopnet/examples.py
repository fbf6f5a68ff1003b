"""Vessels to learn from: their cells cut out, what is true of them, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathoflow.errors import UsageError
from pathoflow.loopnet.grid import lay_out


@dataclass(frozen=True, eq=False)
class VesselExamples:
    """Vessels with at least one nucleus; cells lie one after the other, vessel by vessel.

    Raises
    ------
    UsageError
        The arrays do not fit together.
    """

    #: Places along each side of the grid.
    side: int
    #: Pixels of every cell, shape ``(cells, place_px, place_px, 3)``, and its place on its vessel's grid.
    cells: NDArray[np.uint8]
    at: NDArray[np.intp]
    #: Whether a tumour cell lies there: for scores only, nothing learns from it.
    is_cancer: NDArray[np.bool_]
    #: Per vessel: how many cells, whether they are carcinoma, what the lumen holds in a word, whose slide it is.
    n_cells: NDArray[np.intp]
    is_mvi: NDArray[np.bool_]
    contents: tuple[str, ...]
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        n, total = len(self.n_cells), len(self.cells)
        problems = []
        if self.cells.dtype != np.uint8 or self.cells.ndim != 4 or self.cells.shape[-1] != 3:
            problems.append(f"cells must be uint8 (n, p, p, 3), not {self.cells.shape}")
        if {len(self.at), len(self.is_cancer), int(self.n_cells.sum())} != {total}:
            problems.append(f"{total} cells need a place and a truth each")
        if {len(self.is_mvi), len(self.contents), len(self.groups)} != {n}:
            problems.append(f"{n} vessels need a label, a content and a group each")
        if n and self.n_cells.min() < 1:
            problems.append("every vessel needs a cell")
        if problems:
            raise UsageError(f"these are no vessels to learn from: {'; '.join(problems)}.")

    def __len__(self) -> int:
        return len(self.n_cells)

    def span(self, index: int) -> slice:
        """Where the cells of one vessel lie."""
        end = int(self.n_cells[: index + 1].sum())
        return slice(end - int(self.n_cells[index]), end)

    def pixels(self, indices: ArrayLike) -> NDArray[np.uint8]:
        """The grids of some vessels, shape ``(n, side_px, side_px, 3)``."""
        spans = [self.span(int(index)) for index in np.asarray(indices, np.intp)]
        side_px = self.side * self.cells.shape[1]
        out = np.empty((len(spans), side_px, side_px, 3), np.uint8)
        for grid, span in zip(out, spans, strict=True):
            grid[:] = lay_out(self.cells[span], self.at[span], self.side)
        return out

    def filled(self, indices: ArrayLike) -> NDArray[np.bool_]:
        """Which places hold cells, shape ``(n, side, side)``."""
        chosen = np.asarray(indices, np.intp)
        out = np.zeros((len(chosen), self.side**2), bool)
        for places, index in zip(out, chosen, strict=True):
            places[self.at[self.span(int(index))]] = True
        return out.reshape(-1, self.side, self.side)

    def take(self, indices: ArrayLike) -> VesselExamples:
        """The vessels at ``indices``, in that order."""
        chosen = np.asarray(indices, np.intp)
        spans = [np.arange(len(self.at))[self.span(int(index))] for index in chosen]
        cells = np.concatenate([np.zeros(0, np.intp), *spans])
        return VesselExamples(
            self.side,
            self.cells[cells],
            self.at[cells],
            self.is_cancer[cells],
            self.n_cells[chosen],
            self.is_mvi[chosen],
            tuple(self.contents[i] for i in chosen),
            tuple(self.groups[i] for i in chosen),
        )

    def count(self) -> dict[str, int]:
        """How many vessels hold what."""
        return {name: self.contents.count(name) for name in sorted(set(self.contents))}
