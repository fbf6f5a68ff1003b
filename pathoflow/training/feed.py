"""What is shown at each step: labelled and unlabelled patches, drawn, moved and stained anew every time.

Every draw belongs to a stream and a step (`pathoflow.training.draws`), so methods that use more streams than others
still see the same labelled patches, and a resumed run sees what a straight one sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.data import PatchSet, Pictures
from pathoflow.training.augment import Augmentation, move, stain
from pathoflow.training.draws import generator


@dataclass(frozen=True)
class Batch:
    """Patches as a network is shown them, on its device."""

    #: ``(n, 3, h, w)``, 0 to 1, moved and stained.
    pixels: torch.Tensor
    #: The same before staining: what a teacher is shown.
    plain: torch.Tensor
    #: ``(n, k, h, w)``, 0 or 1; no channels where nothing is labelled.
    masks: torch.Tensor
    #: ``(n, 1, h, w)``: what a pixel counts for; 0 where the masks are not to be believed.
    weight: torch.Tensor
    #: Maps that belong to the pictures, moved along: ``(n, m, h, w)``.
    maps: torch.Tensor
    #: Which patches these are, ``(n,)``.
    index: torch.Tensor


class Feed:
    """Labelled patches and, where there are some, unlabelled ones.

    Unlabelled patches are `Pictures`, which hold no masks: no method can read them by mistake.
    """

    def __init__(
        self,
        labelled: PatchSet,
        unlabelled: Pictures | None,
        augmentation: Augmentation,
        *,
        batch: int,
        seed: int,
        device: torch.device | None = None,
    ) -> None:
        self.augmentation, self.batch, self.seed = augmentation, batch, seed
        self.device = device or torch.device("cpu")
        self._pixels = _planes(labelled.pixels)
        weights = pixel_weights(labelled.masks, labelled.known, augmentation.small_object_px)
        self._masks = torch.from_numpy(labelled.masks.astype(np.uint8))
        self._weights = torch.from_numpy(weights[:, None])
        self.pictures = None if unlabelled is None else _planes(unlabelled.pixels)

    def to(self, device: torch.device) -> Feed:
        """Put what is drawn from here on onto ``device``."""
        self.device = device
        return self

    def labelled(self, step: int, part: int = 0, stream: str = "labelled") -> Batch:
        """A batch of labelled patches; another ``stream`` gives other patches at the same step."""
        draw = generator(self.seed, stream, step, part)
        index = _draw(len(self._pixels), self.batch, draw)
        return self._shown(
            self._pixels[index], self._masks[index], self._weights[index], None, index, draw
        )

    def unlabelled(
        self, step: int, part: int = 0, maps: torch.Tensor | None = None, stream: str = "unlabelled"
    ) -> Batch:
        """A batch of pictures; ``maps`` ``(pictures, m, h, w)``, such as a teacher's, are moved along with them.

        Raises
        ------
        ValueError
            There are no unlabelled patches.
        """
        if self.pictures is None:
            raise ValueError("there are no unlabelled patches: name some under data.unlabelled")
        draw = generator(self.seed, stream, step, part)
        index = _draw(len(self.pictures), self.batch, draw)
        chosen = None if maps is None else maps[index]
        return self._shown(self.pictures[index], None, None, chosen, index, draw)

    def _shown(
        self,
        pixels: torch.Tensor,
        masks: torch.Tensor | None,
        weights: torch.Tensor | None,
        maps: torch.Tensor | None,
        index: torch.Tensor,
        draw: torch.Generator,
    ) -> Batch:
        n, _, height, width = pixels.shape
        nothing = torch.zeros(n, 0, height, width)
        soft = torch.cat([pixels.float() / 255, nothing if maps is None else maps.float()], 1)
        flags = (
            (masks, weights) if masks is not None and weights is not None else (nothing, nothing)
        )
        hard = torch.cat([flag.float() for flag in flags], 1)
        soft, hard = move(soft.to(self.device), hard.to(self.device), self.augmentation, draw)
        plain = soft[:, :3]
        k = hard.shape[1] - 1 if masks is not None else 0
        return Batch(
            stain(plain, self.augmentation, draw),
            plain,
            hard[:, :k],
            hard[:, k:],
            soft[:, 3:],
            index,
        )


def _planes(pixels: NDArray[np.uint8]) -> torch.Tensor:
    """``(n, h, w, 3)`` as ``(n, 3, h, w)``."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2)


def _draw(n: int, batch: int, draw: torch.Generator) -> torch.Tensor:
    """``batch`` of ``n``, all once before any comes again."""
    rounds = [torch.randperm(n, generator=draw) for _ in range(-(-batch // n))]
    return torch.cat(rounds)[:batch]


def pixel_weights(
    masks: NDArray[np.bool_], known: NDArray[np.bool_], full_px: int
) -> NDArray[np.uint8]:
    """What each pixel counts for, ``(n, h, w)``, from ``(n, k, h, w)`` masks.

    What is not known counts nothing. An object of ``full_px`` and more counts 1 per pixel, smaller ones up to 4, by the
    square root of the missing area; with 0 every known pixel counts 1.
    """
    weights = known.astype(np.uint8)
    if not full_px:
        return weights
    for mask, weight in zip(np.asarray(masks.any(1)), weights, strict=True):
        numbered, _ = ndimage.label(mask)
        areas = np.bincount(numbered.ravel())
        scale = np.clip(np.round(np.sqrt(full_px / np.maximum(areas, 1))), 1, 4).astype(np.uint8)
        scale[0] = 1
        weight *= scale[numbered]
    return weights
