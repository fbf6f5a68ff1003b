"""How well nuclei were found and named: centres matched one to one within a few µm.

    precision = matched / predicted      recall = matched / reference      both whatever the classes say

Of all one-to-one matchings the one with the most pairs is taken, and among those the one whose pairs lie closest.
Classes are compared on matched pairs alone, in a table of the true class by the predicted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.metrics.objects import assign
from pathoflow.metrics.overlap import ratio

#: Centres further apart are two nuclei: the radius of a hepatocyte's nucleus, and less than that of a tumour cell's.
MATCH_UM = 4.0


@dataclass(frozen=True, eq=False)
class NucleusScore:
    """Outcome of a matching; scores of several crops are added up with ``+``.

    Attributes
    ----------
    classes
        Names, in the order of the arrays.
    confusion
        Matched pairs: rows the true class, columns the predicted one, shape ``(k, k)``.
    predicted, reference
        Nuclei of every class, matched or not, shape ``(k,)``.
    """

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]
    predicted: NDArray[np.int64]
    reference: NDArray[np.int64]

    def __add__(self, other: NucleusScore) -> NucleusScore:
        if self.classes != other.classes:
            raise ValueError(f"scores of {self.classes} and {other.classes} cannot be added")
        return NucleusScore(
            self.classes,
            self.confusion + other.confusion,
            self.predicted + other.predicted,
            self.reference + other.reference,
        )

    @property
    def precision(self) -> float:
        """Share of the predicted nuclei that are some nucleus; NaN without any."""
        return ratio(int(self.confusion.sum()), int(self.predicted.sum()))

    @property
    def recall(self) -> float:
        """Share of the nuclei that were found; NaN without any."""
        return ratio(int(self.confusion.sum()), int(self.reference.sum()))

    @property
    def accuracy(self) -> float:
        """Share of the matched pairs whose classes agree; NaN without any."""
        return ratio(int(self.confusion.trace()), int(self.confusion.sum()))

    def precision_of(self, name: str) -> float:
        """Share of the nuclei predicted as ``name`` that were matched with one of that class."""
        k = self.classes.index(name)
        return ratio(int(self.confusion[k, k]), int(self.predicted[k]))

    def recall_of(self, name: str) -> float:
        """Share of the nuclei of class ``name`` that were found and named so."""
        k = self.classes.index(name)
        return ratio(int(self.confusion[k, k]), int(self.reference[k]))


@dataclass(frozen=True, eq=False)
class MarkedNuclei:
    """Centres in µm, rows of (y, x), shape ``(n, 2)``, and the index of each one's class, shape ``(n,)``."""

    centres_um: NDArray[np.float64]
    classes: NDArray[np.integer]


def match_nuclei(
    predicted: MarkedNuclei,
    reference: MarkedNuclei,
    classes: Sequence[str],
    within_um: float = MATCH_UM,
) -> NucleusScore:
    """Match predicted nuclei with true ones that lie at most ``within_um`` away.

    Raises
    ------
    ValueError
        ``within_um`` is not positive.
    """
    if not within_um > 0:
        raise ValueError(f"nuclei must be matched within a positive distance, not {within_um:g} µm")
    k = len(classes)
    confusion = np.zeros((k, k), np.int64)
    closeness: dict[tuple[int, int], float] = {}
    if len(predicted.centres_um) and len(reference.centres_um):
        ones, others = cKDTree(predicted.centres_um), cKDTree(reference.centres_um)
        # 1 where centres coincide, a half at the furthest.
        closeness = {
            (p, r): 1 - 0.5 * min(1.0, away / within_um)
            for (p, r), away in ones.sparse_distance_matrix(
                others, within_um, output_type="dict"
            ).items()
        }
    for pair in assign(closeness, 0.5):
        confusion[reference.classes[pair.reference], predicted.classes[pair.predicted]] += 1
    return NucleusScore(
        tuple(classes),
        confusion,
        np.bincount(predicted.classes, minlength=k),
        np.bincount(reference.classes, minlength=k),
    )
