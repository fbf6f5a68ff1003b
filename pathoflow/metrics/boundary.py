"""How well two outlines run together: boundary F1 with a tolerance in µm.

A boundary pixel is a pixel of the mask with a 4-neighbour outside of it. With tolerance ``t``:

    precision = predicted boundary pixels within t of the reference boundary / predicted boundary pixels
    recall    = reference boundary pixels within t of the predicted boundary / reference boundary pixels
    F1        = 2 precision recall / (precision + recall)

Distances run from pixel centre to pixel centre (Csurka 2013 describes the score). They are looked up in
a tree of the boundary pixels: the same numbers as from a distance transform of the whole block, which
takes several times as long because nearly all of its pixels lie on no boundary. Where an array ends, the
picture is taken to go on as it is, so the edge of an image is no boundary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from pathoflow.metrics.overlap import ratio

#: Tolerance that the field reports for vessel outlines.
TOLERANCE_UM = 2.0

#: Distances equal to the tolerance up to rounding are within it.
_SLACK = 1 + 1e-9


def halo_px(tolerance_um: float, mpp: float) -> int:
    """How many pixels beyond a block must be known for the block's counts to be exact.

    A boundary pixel within the tolerance counts, and whether it is one shows one pixel further on.
    """
    return math.ceil(tolerance_um / mpp) + 1


@dataclass(frozen=True, slots=True)
class BoundaryAgreement:
    """Counts of boundary pixels; blocks are added up with ``+``."""

    n_predicted: int = 0
    predicted_near: int = 0
    """Predicted boundary pixels within the tolerance of the reference boundary."""
    n_reference: int = 0
    reference_near: int = 0
    """Reference boundary pixels within the tolerance of the predicted boundary."""

    @classmethod
    def of(
        cls,
        predicted: NDArray[np.bool_],
        reference: NDArray[np.bool_],
        mpp: float,
        tolerance_um: float = TOLERANCE_UM,
        core: tuple[slice, slice] | None = None,
    ) -> BoundaryAgreement:
        """Compare the boundaries of two masks of one shape.

        Parameters
        ----------
        predicted, reference
            Boolean masks, with a halo of `halo_px` around ``core`` wherever the image goes on.
        mpp
            Micrometres per pixel.
        tolerance_um
            Up to this far a boundary pixel counts as met, itself included. Below one pixel only
            exact hits do.
        core
            The part of the arrays whose boundary pixels are counted; all of it by default.

        Raises
        ------
        ValueError
            If the shapes differ, a mask is not boolean, or a length is not positive.
        """
        for mask in (predicted, reference):
            if mask.shape != predicted.shape:
                raise ValueError(f"masks of shape {predicted.shape} and {mask.shape} do not match")
            if mask.dtype != np.bool_:
                raise ValueError(
                    f"a mask must be boolean, got {mask.dtype}; apply a threshold first"
                )
        if not (mpp > 0 and tolerance_um > 0):
            raise ValueError(f"mpp and tolerance must be positive, got {mpp} and {tolerance_um}")
        core = core or (slice(None), slice(None))
        lines = boundary_of(predicted), boundary_of(reference)
        n_predicted, predicted_near = _near(lines[0], lines[1], mpp, tolerance_um, core)
        n_reference, reference_near = _near(lines[1], lines[0], mpp, tolerance_um, core)
        return cls(n_predicted, predicted_near, n_reference, reference_near)

    def __add__(self, other: BoundaryAgreement) -> BoundaryAgreement:
        return BoundaryAgreement(
            self.n_predicted + other.n_predicted,
            self.predicted_near + other.predicted_near,
            self.n_reference + other.n_reference,
            self.reference_near + other.reference_near,
        )

    @property
    def precision(self) -> float:
        """Share of the predicted boundary that is met; NaN without one."""
        return ratio(self.predicted_near, self.n_predicted)

    @property
    def recall(self) -> float:
        """Share of the reference boundary that is met; NaN without one."""
        return ratio(self.reference_near, self.n_reference)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where only one side has a boundary, NaN where neither has."""
        return boundary_f1(
            self.predicted_near, self.n_predicted, self.reference_near, self.n_reference
        )


def boundary_f1(
    predicted_near: float, n_predicted: float, reference_near: float, n_reference: float
) -> float:
    """F1 from counts; the definition stands in the module's head."""
    if not n_predicted or not n_reference:
        return 0.0 if n_predicted or n_reference else math.nan
    precision, recall = predicted_near / n_predicted, reference_near / n_reference
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def boundary_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of ``mask`` with a 4-neighbour outside of it."""
    is_inner = mask.copy()
    is_inner[1:] &= mask[:-1]
    is_inner[:-1] &= mask[1:]
    is_inner[:, 1:] &= mask[:, :-1]
    is_inner[:, :-1] &= mask[:, 1:]
    boundary: NDArray[np.bool_] = mask & ~is_inner
    return boundary


def _near(
    line: NDArray[np.bool_],
    other: NDArray[np.bool_],
    mpp: float,
    tolerance_um: float,
    core: tuple[slice, slice],
) -> tuple[int, int]:
    """Pixels of ``line`` in the core, and how many of them lie within the tolerance of ``other``."""
    counted = np.zeros_like(line)
    counted[core] = line[core]
    places, others = np.argwhere(counted), np.argwhere(other)
    if not len(places) or not len(others):
        return len(places), 0
    limit_px = tolerance_um / mpp * _SLACK
    # A distance of exactly the bound would be passed over.
    apart, _ = KDTree(others).query(places, distance_upper_bound=limit_px * _SLACK)
    return len(places), int(np.count_nonzero(apart <= limit_px))
