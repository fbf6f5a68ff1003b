"""How far the maps of one way to run a network are from those in full precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics import PixelConfusion


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of maps of probability with their reference, on the same tiles."""

    #: Of the areas above the network's threshold, over all classes; NaN where neither has any.
    dice: float
    #: Largest and mean difference in grey levels, of 255.
    max_levels: int
    mean_levels: float

    @property
    def shortfall(self) -> str:
        """Why the maps are not to be taken for the reference; empty where they are."""
        # What a pathologist sees are the areas: 0.995 is a tenth of a pixel along the wall of a vessel of 20 pixels.
        if not self.dice >= LEAST_DICE:
            return f"Dice {self.dice:.4f} is below {LEAST_DICE}"
        if self.mean_levels > MOST_MEAN_LEVELS:
            return f"the mean difference of {self.mean_levels:.2f} grey levels is above {MOST_MEAN_LEVELS}"
        if self.max_levels > MOST_LEVELS:
            return f"the largest difference of {self.max_levels} grey levels is above {MOST_LEVELS}"
        return ""


#: The tolerance within which a backend equals torch in full precision.
LEAST_DICE = 0.995
MOST_MEAN_LEVELS = 0.5
#: A quarter of the scale: single pixels of steep edges may differ, but not what they say.
MOST_LEVELS = 64


def agreement(maps: NDArray[np.uint8], reference: NDArray[np.uint8], threshold: float) -> Agreement:
    """Compare maps of one shape; areas are where the probability is at least ``threshold``."""
    limit = threshold * 255
    dice = PixelConfusion.of(maps >= limit, reference >= limit).dice
    off = np.abs(maps.astype(np.int16) - reference)
    return Agreement(dice, int(off.max()), float(off.mean()))
