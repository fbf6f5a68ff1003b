"""How far two areas agree: pixels of masks, fed block by block, and polygons.

With ``tp`` pixels in both, ``fp`` only predicted, ``fn`` only in the reference:

    IoU = tp / (tp + fp + fn)      Dice = 2 tp / (2 tp + fp + fn)

A ratio of nothing to nothing is NaN, never a flattering 1 or a crushing 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry


def ratio(part: float, whole: float) -> float:
    """``part / whole``; NaN where ``whole`` is 0."""
    return part / whole if whole else float("nan")


@dataclass(frozen=True, slots=True)
class PixelConfusion:
    """Counts of pixels; blocks are added up with ``+``.

    >>> import numpy as np
    >>> blocks = [(np.array([True, True]), np.array([True, False]))]
    >>> sum((PixelConfusion.of(*block) for block in blocks), PixelConfusion()).iou
    0.5
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @classmethod
    def of(
        cls,
        predicted: NDArray[np.bool_],
        reference: NDArray[np.bool_],
        valid: NDArray[np.bool_] | None = None,
    ) -> PixelConfusion:
        """Compare two masks of one shape, only where ``valid`` if that is given.

        Raises
        ------
        ValueError
            If the shapes differ, or a mask is not boolean.
        """
        for mask in (predicted, reference, *(() if valid is None else (valid,))):
            if mask.shape != predicted.shape:
                raise ValueError(f"masks of shape {predicted.shape} and {mask.shape} do not match")
            if mask.dtype != np.bool_:
                raise ValueError(
                    f"a mask must be boolean, got {mask.dtype}; apply a threshold first"
                )
        if valid is not None:
            predicted, reference = predicted[valid], reference[valid]
        tp = int(np.count_nonzero(predicted & reference))
        n_predicted = int(np.count_nonzero(predicted))
        n_reference = int(np.count_nonzero(reference))
        return cls(
            tp,
            n_predicted - tp,
            n_reference - tp,
            predicted.size - n_predicted - n_reference + tp,
        )

    def __add__(self, other: PixelConfusion) -> PixelConfusion:
        return PixelConfusion(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    @property
    def iou(self) -> float:
        """``tp / (tp + fp + fn)``."""
        return ratio(self.tp, self.tp + self.fp + self.fn)

    @property
    def dice(self) -> float:
        """``2 tp / (2 tp + fp + fn)``."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def precision(self) -> float:
        """``tp / (tp + fp)``."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """``tp / (tp + fn)``."""
        return ratio(self.tp, self.tp + self.fn)

    @property
    def accuracy(self) -> float:
        """``(tp + tn) / all``; says little where background abounds."""
        return ratio(self.tp + self.tn, self.tp + self.fp + self.fn + self.tn)


class ClassConfusion:
    """Counts of pixels by reference class (row) and predicted class (column), fed block by block."""

    def __init__(self, n_classes: int) -> None:
        if n_classes < 1:
            raise ValueError(f"there must be at least one class, got {n_classes}")
        self.counts: NDArray[np.int64] = np.zeros((n_classes, n_classes), dtype=np.int64)

    def add(self, predicted: NDArray[np.integer[Any]], reference: NDArray[np.integer[Any]]) -> None:
        """Count one block of class numbers.

        Raises
        ------
        ValueError
            If the shapes differ, or a class number is outside ``0 .. n_classes - 1``.
        """
        if predicted.shape != reference.shape:
            raise ValueError(
                f"blocks of shape {predicted.shape} and {reference.shape} do not match"
            )
        n = len(self.counts)
        for block in (predicted, reference):
            if block.size and not (block.min() >= 0 and block.max() < n):
                raise ValueError(
                    f"classes must be 0 to {n - 1}, got {block.min()} to {block.max()}"
                )
        flat = reference.astype(np.int64).ravel() * n + predicted.astype(np.int64).ravel()
        self.counts += np.bincount(flat, minlength=n * n).reshape(n, n)

    def of_class(self, index: int) -> PixelConfusion:
        """One class against all others."""
        tp = int(self.counts[index, index])
        fp = int(self.counts[:, index].sum()) - tp
        fn = int(self.counts[index].sum()) - tp
        return PixelConfusion(tp, fp, fn, int(self.counts.sum()) - tp - fp - fn)

    @property
    def mean_iou(self) -> float:
        """Mean IoU of the classes that occur in prediction or reference; NaN if none does."""
        ious = [self.of_class(index).iou for index in range(len(self.counts))]
        seen = [iou for iou in ious if not np.isnan(iou)]
        return float(np.mean(seen)) if seen else float("nan")


def iou(predicted: NDArray[np.bool_], reference: NDArray[np.bool_]) -> float:
    """IoU of two masks that fit in memory."""
    return PixelConfusion.of(predicted, reference).iou


def dice(predicted: NDArray[np.bool_], reference: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks that fit in memory."""
    return PixelConfusion.of(predicted, reference).dice


def polygon_iou(one: BaseGeometry, other: BaseGeometry) -> float:
    """Shared area over joint area of two valid geometries; NaN if both are without area."""
    shared = float(one.intersection(other).area)
    # A - B computes a tiny bit differently from the union, so the sum keeps the measure symmetric.
    return ratio(shared, float(one.area) + float(other.area) - shared)
