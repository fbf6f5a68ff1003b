"""Nuclei with a class each: what the network and the classical detector both give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class NucleusClass(StrEnum):
    """What a nucleus most resembles; red cells have none and are told only by a network."""

    TUMOUR = "tumour"
    HEPATOCYTE = "hepatocyte"
    LEUCOCYTE = "leucocyte"
    ENDOTHELIUM = "endothelium"
    RED_CELL = "red_cell"
    OTHER = "other"


#: How a result names the detector that needs no weights.
CLASSICAL = "classical"


@dataclass(frozen=True)
class NamedNuclei:
    """Nuclei of one crop, one row each.

    Attributes
    ----------
    centres_px
        Rows of (y, x) in pixels of the crop, pixel centres at whole numbers, shape ``(n, 2)``.
    probability
        Of every `NucleusClass`, in their order; rows add up to 1; shape ``(n, 6)``.
    method
        Who found them: ``network:<name>`` or ``classical``.
    """

    centres_px: NDArray[np.float64]
    probability: NDArray[np.float64]
    method: str

    def __len__(self) -> int:
        return len(self.centres_px)

    @property
    def order(self) -> tuple[NucleusClass, ...]:
        """The classes, in the order of the columns of `probability`."""
        return tuple(NucleusClass)

    @property
    def tumour_score(self) -> NDArray[np.float64]:
        """Probability of a tumour cell, shape ``(n,)``."""
        return self.of(NucleusClass.TUMOUR)

    @property
    def classes(self) -> NDArray[np.intp]:
        """Index of the likeliest class into `order`, shape ``(n,)``."""
        return np.asarray(self.probability.argmax(axis=1), np.intp)

    @property
    def nucleated(self) -> NamedNuclei:
        """All but the red cells, which have no nucleus."""
        return self.where(self.classes != self.order.index(NucleusClass.RED_CELL))

    def of(self, name: NucleusClass) -> NDArray[np.float64]:
        """Probability of one class, shape ``(n,)``."""
        return self.probability[:, self.order.index(name)]

    def count(self) -> dict[NucleusClass, int]:
        """How many nuclei fell to each class."""
        counts = np.bincount(self.classes, minlength=len(self.order))
        return {name: int(n) for name, n in zip(self.order, counts, strict=True)}

    def where(self, keep: NDArray[np.bool_]) -> NamedNuclei:
        """Those for which ``keep`` holds."""
        return replace(self, centres_px=self.centres_px[keep], probability=self.probability[keep])
