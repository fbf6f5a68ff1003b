"""How good a network is on patches with truth: overlap, outlines, and whether it draws too much or too little.

All counts are pooled over the patches and taken over known pixels only:

    IoU           intersection / union
    boundary F1   outlines within 2 px of each other (`pathoflow.metrics.boundary`)
    area ratio    predicted area / true area, P/M: above 1 too large, below 1 too small
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.metrics.boundary import BoundaryAgreement
from pathoflow.metrics.overlap import PixelConfusion, ratio
from pathoflow.networks.card import Normalisation

TOLERANCE_PX = 2.0
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one class or the mean of several."""

    iou: float
    boundary_f1: float
    #: Predicted over true area; NaN where there is no true area.
    area_ratio: float

    def plain(self) -> dict[str, float]:
        """As a table, to four digits."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


Predict = Callable[[torch.Tensor], torch.Tensor]


def predictor(
    module: nn.Module, normalisation: Normalisation, device: torch.device | None = None
) -> Predict:
    """A function from RGB ``(n, 3, h, w)``, 0 to 1, to probabilities ``(n, k, h, w)``, without gradients."""
    where = device or next(module.parameters()).device

    def predict(rgb: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return torch.sigmoid(module(normalised(rgb.to(where), normalisation))).float()

    return predict


def normalised(rgb: torch.Tensor, normalisation: Normalisation) -> torch.Tensor:
    """``(rgb - mean) / std`` per channel of ``(n, 3, h, w)``."""
    mean = torch.tensor(normalisation.mean, device=rgb.device)[:, None, None]
    std = torch.tensor(normalisation.std, device=rgb.device)[:, None, None]
    return (rgb - mean) / std


def probabilities(predict: Predict, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Maps of ``(n, h, w, 3)`` pixels, ``(n, k, h, w)``, a few patches at a time."""
    parts = []
    for at in range(0, len(pixels), _AT_ONCE):
        rgb = torch.from_numpy(np.ascontiguousarray(pixels[at : at + _AT_ONCE]))
        parts.append(predict(rgb.permute(0, 3, 1, 2).float() / 255).cpu().numpy())
    return np.concatenate(parts)


def score(predict: Predict, patches: PatchSet, threshold: float) -> Scores:
    """Scores of the thresholded maps; the mean over classes where there are several."""
    said = probabilities(predict, patches.pixels) >= threshold
    each = [
        score_masks(said[:, k], patches.masks[:, k], patches.known)
        for k in range(patches.masks.shape[1])
    ]
    columns = zip(*(asdict(one).values() for one in each), strict=True)
    return Scores(*(float(np.mean(column)) for column in columns))


def score_masks(
    said: NDArray[np.bool_], true: NDArray[np.bool_], known: NDArray[np.bool_]
) -> Scores:
    """Scores of masks ``(n, h, w)``; what is not known counts nowhere."""
    said, true = said & known, true & known
    pixels = PixelConfusion.of(said, true)
    outlines = BoundaryAgreement()
    for one, other in zip(said, true, strict=True):
        outlines += BoundaryAgreement.of(one, other, 1.0, TOLERANCE_PX)
    either = pixels.tp + pixels.fp + pixels.fn
    return Scores(
        # Nothing found where nothing is, is right.
        iou=pixels.iou if either else 1.0,
        boundary_f1=outlines.f1,
        area_ratio=ratio(pixels.tp + pixels.fp, pixels.tp + pixels.fn),
    )
