"""A trained LoopNet's opinion of a vessel: how likely it is invaded, and which of its nuclei look like cancer cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pathoflow.cells import Nuclei
from pathoflow.loopnet.card import VesselCard, load_loopnet
from pathoflow.loopnet.grid import CellGrid, cell_grid, lay_out

if TYPE_CHECKING:
    from pathoflow.loopnet.model import LoopNet


@dataclass(frozen=True, eq=False)
class VesselView:
    """One vessel to be judged."""

    #: Pixels with some surroundings ``(h, w, 3)``, and the lumen in them ``(h, w)``, plug included.
    rgb: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    #: Micrometres per pixel.
    mpp: float
    #: Found in these pixels; those outside the lumen are passed over.
    nuclei: Nuclei


@dataclass(frozen=True, eq=False)
class Opinion:
    """What the classifier says of one vessel.

    Attributes
    ----------
    p_mvi
        Probability of invasion where it is calibrated, otherwise a score; None where there is nothing to judge.
    odds
        Log-odds after calibration, as `combine` takes them; None as above.
    is_calibrated
        Whether the number may be called a probability.
    cell_probabilities
        How much each nucleus looks like a cancer cell, shape ``(n,)``; NaN outside the lumen, and for those that found
        no place on the grid.
    reason
        What was judged, or why nothing was, as a sentence.
    """

    p_mvi: float | None
    odds: float | None
    is_calibrated: bool
    cell_probabilities: NDArray[np.float64]
    reason: str


class VesselClassifier:
    """A card and its network."""

    def __init__(self, card: VesselCard, model: LoopNet) -> None:
        self.card, self.model = card, model.eval()

    @classmethod
    def load(cls, folder: str | Path, device: str = "cpu") -> VesselClassifier:
        """The classifier in ``folder``.

        Raises
        ------
        NetworkError
            The card is no good, or the weights are not those that it names (``MODEL_HASH``).
        """
        card, model = load_loopnet(Path(folder))
        return cls(card, model.to(device))

    def judge(
        self, rgb: NDArray[np.uint8], inside: NDArray[np.bool_], mpp: float, nuclei: Nuclei
    ) -> Opinion:
        """The opinion of one vessel; see `VesselView`.

        Raises
        ------
        UsageError
            The shapes differ, or the pixels are too coarse to show cells.
        """
        return self.judge_all([VesselView(rgb, inside, mpp, nuclei)])[0]

    def judge_all(self, views: Sequence[VesselView], at_once: int = 16) -> list[Opinion]:
        """Opinions of many, in their order; how many are asked about at once changes nothing but the time."""
        grids = [
            cell_grid(view.rgb, view.inside, view.mpp, view.nuclei.centres_px, self.card.grid)
            for view in views
        ]
        return self.judge_grids(grids, [len(view.nuclei) for view in views], at_once)

    def judge_grids(
        self, grids: Sequence[CellGrid], n_nuclei: Sequence[int], at_once: int = 16
    ) -> list[Opinion]:
        """Opinions of vessels whose cells lie on their places already; ``n_nuclei`` were given for each."""
        from pathoflow.loopnet.model import ask

        settings = self.card.grid
        out: list[Opinion] = [self._silent(n) for n in n_nuclei]
        filled = [i for i, grid in enumerate(grids) if len(grid)]
        for start in range(0, len(filled), at_once):
            asked = filled[start : start + at_once]
            pixels = np.stack([lay_out(grids[i].cells, grids[i].at, settings.side) for i in asked])
            odds, cancer = ask(self.model, pixels, at_once)
            for i, one, places in zip(asked, odds, cancer, strict=True):
                out[i] = self._told(grids[i], n_nuclei[i], float(one), places)
        return out

    def _silent(self, n: int) -> Opinion:
        reason = "No nucleus lies in the lumen: there is nothing that the classifier could judge."
        return Opinion(None, None, False, np.full(n, np.nan), reason)

    def _told(
        self, grid: CellGrid, n: int, raw_odds: float, places: NDArray[np.float64]
    ) -> Opinion:
        hot = self.card.calibration
        odds = raw_odds if hot is None else raw_odds / hot.temperature
        p_mvi = float(expit(odds))
        cells = np.full(n, np.nan)
        cells[grid.nucleus] = places[grid.at]
        called = int((places[grid.at] >= 0.5).sum())
        number = "score" if hot is None else "probability"
        of = "" if grid.n_inside == len(grid) else f" (of {grid.n_inside} in the lumen)"
        reason = (
            f"Network {self.card.name} looked at {len(grid)} cells{of}, {called} of which look like cancer cells, "
            f"and calls the vessel MVI with a {number} of {p_mvi:.2f}."
        )
        return Opinion(p_mvi, odds, hot is not None, cells, reason)
