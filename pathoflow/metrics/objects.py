"""How many objects were found: one-to-one matching of predicted and reference objects by IoU.

    precision = matched / predicted      recall = matched / reference      F1 = 2 matched / (predicted + reference)

A pair may match from ``min_iou`` on. Among all one-to-one matchings the one with the most pairs is
taken, and among those the one with the highest sum of IoU, so no order of the objects plays a part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from pathoflow.metrics.overlap import polygon_iou, ratio


@dataclass(frozen=True, slots=True)
class ObjectPair:
    """A predicted object and the reference object it was matched with."""

    predicted: int
    """Index in the predicted sequence, or the label in a label image."""
    reference: int
    iou: float


@dataclass(frozen=True, slots=True)
class ObjectScore:
    """Outcome of a matching; scores of several slides are added up with ``+`` (pairs are kept)."""

    n_predicted: int
    n_reference: int
    pairs: tuple[ObjectPair, ...]

    def __add__(self, other: ObjectScore) -> ObjectScore:
        return ObjectScore(
            self.n_predicted + other.n_predicted,
            self.n_reference + other.n_reference,
            self.pairs + other.pairs,
        )

    @property
    def precision(self) -> float:
        """Matched over predicted; NaN where nothing was predicted."""
        return ratio(len(self.pairs), self.n_predicted)

    @property
    def recall(self) -> float:
        """Matched over reference; NaN where there was nothing to find."""
        return ratio(len(self.pairs), self.n_reference)

    @property
    def f1(self) -> float:
        """``2 matched / (predicted + reference)``; NaN where there is neither."""
        return ratio(2 * len(self.pairs), self.n_predicted + self.n_reference)

    @property
    def mean_iou(self) -> float:
        """Mean IoU of the matched pairs; NaN without any."""
        return ratio(sum(pair.iou for pair in self.pairs), len(self.pairs))


def match_polygons(
    predicted: Sequence[BaseGeometry],
    reference: Sequence[BaseGeometry],
    min_iou: float = 0.5,
) -> ObjectScore:
    """Match valid polygons of one slide; only pairs whose bounds meet are looked at.

    Raises
    ------
    ValueError
        If ``min_iou`` is not in (0, 1].
    """
    _check_min_iou(min_iou)
    overlaps: dict[tuple[int, int], float] = {}
    if predicted and reference:
        tree = shapely.STRtree(list(reference))
        near = tree.query(list(predicted), predicate="intersects")
        for p, r in zip(near[0].tolist(), near[1].tolist(), strict=True):
            overlaps[p, r] = polygon_iou(predicted[p], reference[r])
    return ObjectScore(len(predicted), len(reference), assign(overlaps, min_iou))


def match_labels(
    predicted: NDArray[np.integer[Any]],
    reference: NDArray[np.integer[Any]],
    min_iou: float = 0.5,
) -> ObjectScore:
    """Match two label images of one shape; 0 is background, pairs carry the labels.

    Raises
    ------
    ValueError
        If the shapes differ or ``min_iou`` is not in (0, 1].
    """
    _check_min_iou(min_iou)
    if predicted.shape != reference.shape:
        raise ValueError(
            f"label images of shape {predicted.shape} and {reference.shape} do not match"
        )
    predicted_areas, reference_areas = _areas(predicted), _areas(reference)
    both = (predicted != 0) & (reference != 0)
    # Rows of two labels need no arithmetic on them, so large labels cannot run into one another.
    pairs, shared = np.unique(
        np.stack([predicted[both].astype(np.int64), reference[both].astype(np.int64)], axis=1),
        axis=0,
        return_counts=True,
    )
    overlaps = {
        (p, r): n / (predicted_areas[p] + reference_areas[r] - n)
        for (p, r), n in zip(pairs.tolist(), shared.tolist(), strict=True)
    }
    return ObjectScore(len(predicted_areas), len(reference_areas), assign(overlaps, min_iou))


def _check_min_iou(min_iou: float) -> None:
    if not 0 < min_iou <= 1:
        raise ValueError(f"min_iou must lie in (0, 1], got {min_iou}")


def _areas(labels: NDArray[np.integer[Any]]) -> dict[int, int]:
    values, counts = np.unique(labels[labels != 0], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def assign(overlaps: Mapping[tuple[int, int], float], min_iou: float) -> tuple[ObjectPair, ...]:
    """The best one-to-one matching among pairs of at least ``min_iou``, sorted by predicted object.

    ``overlaps`` gives the IoU of pairs (predicted, reference), or another likeness between 0 and 1.
    """
    allowed = {pair: iou for pair, iou in overlaps.items() if iou >= min_iou}
    if not allowed:
        return ()
    rows = {p: i for i, p in enumerate(sorted({p for p, _ in allowed}))}
    columns = {r: len(rows) + i for i, r in enumerate(sorted({r for _, r in allowed}))}
    size = len(rows) + len(columns)
    ends = np.array([(rows[p], columns[r]) for p, r in allowed])
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    # Objects that share no pair cannot disturb one another, so each cluster is a small problem of its own.
    _, clusters = connected_components(graph, directed=False)
    members: dict[int, list[tuple[int, int]]] = {}
    for p, r in allowed:
        members.setdefault(int(clusters[rows[p]]), []).append((p, r))
    matched = [pair for cluster in members.values() for pair in _assign_cluster(cluster, allowed)]
    return tuple(sorted(matched, key=lambda pair: pair.predicted))


def _assign_cluster(
    cluster: Sequence[tuple[int, int]], allowed: Mapping[tuple[int, int], float]
) -> list[ObjectPair]:
    predicted = sorted({p for p, _ in cluster})
    reference = sorted({r for _, r in cluster})
    rows = {p: i for i, p in enumerate(predicted)}
    columns = {r: j for j, r in enumerate(reference)}
    most = min(len(predicted), len(reference))
    value = np.zeros((len(predicted), len(reference)))
    for p, r in cluster:
        # One more pair outweighs any sum of IoU, which never exceeds ``most``.
        value[rows[p], columns[r]] = most + 1 + allowed[p, r]
    chosen_rows, chosen_columns = linear_sum_assignment(value, maximize=True)
    return [
        ObjectPair(predicted[i], reference[j], allowed[predicted[i], reference[j]])
        for i, j in zip(chosen_rows.tolist(), chosen_columns.tolist(), strict=True)
        if (predicted[i], reference[j]) in allowed
    ]
