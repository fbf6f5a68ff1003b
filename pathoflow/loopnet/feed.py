"""What is shown at each step: vessels drawn so that no content drowns the others, turned and stained anew every time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from pathoflow.errors import UsageError
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.losses import pseudo_labels
from pathoflow.loopnet.model import MVI, absorbed
from pathoflow.training.augment import Augmentation, stain
from pathoflow.training.draws import generator


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What a batch is made of."""

    batch: int = 16
    #: Share of the draws that are invaded vessels; the rest are spread evenly over what healthy ones hold, because there
    #: are far more veins with red cells than with the look-alikes that matter.
    invaded_share: float = 0.4
    #: Of it only what is said of stain, blur and noise: cells keep their size.
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class VesselBatch:
    """Vessels as the network is shown them, on its device."""

    #: Absorbed light, ``(n, 3, S, S)``; blanks are 0.
    x: torch.Tensor
    #: Healthy or MVI, ``(n,)``.
    truth: torch.Tensor
    #: What that says of every place, ``(n, g, g)``.
    places: torch.Tensor


class VesselFeed:
    """Draws batches; every draw belongs to a step, so any step can be repeated by itself.

    Raises
    ------
    UsageError
        All vessels are healthy, or none is.
    """

    def __init__(self, examples: VesselExamples, settings: FeedSettings, seed: int) -> None:
        self.examples, self.settings, self.seed = examples, settings, seed
        self.device = torch.device("cpu")
        self._chances = torch.from_numpy(chances(examples, settings.invaded_share))

    def to(self, device: torch.device) -> VesselFeed:
        """Put what is drawn from here on onto ``device``."""
        self.device = device
        return self

    def draw(self, step: int, part: int = 0) -> VesselBatch:
        """The batch of one step."""
        draw = generator(self.seed, "vessels", step, part)
        index = torch.multinomial(
            self._chances, self.settings.batch, replacement=True, generator=draw
        ).numpy()
        rgb = torch.from_numpy(self.examples.pixels(index)).permute(0, 3, 1, 2)
        filled = torch.from_numpy(self.examples.filled(index))
        turns = torch.randint(8, (len(index),), generator=draw).tolist()
        rgb = torch.stack([turned(one, turn) for one, turn in zip(rgb, turns, strict=True)])
        filled = torch.stack([turned(one, turn) for one, turn in zip(filled, turns, strict=True)])
        truth = torch.from_numpy(self.examples.is_mvi[index].astype(np.int64) * MVI)
        rgb = rgb.to(self.device)
        seen = stain(rgb.float() / 255, self.settings.augmentation, draw)
        # Blanks are no glass that a scanner saw: they have neither stain nor noise.
        seen = torch.where((rgb == 255).all(1, keepdim=True), torch.ones_like(seen), seen)
        places = pseudo_labels(filled, truth)
        return VesselBatch(absorbed(seen), truth.to(self.device), places.to(self.device))


def chances(examples: VesselExamples, invaded_share: float) -> NDArray[np.float64]:
    """How likely each vessel is to be drawn, summing to 1; see `FeedSettings.invaded_share`."""
    contents = np.array(examples.contents)
    healthy = np.unique(contents[~examples.is_mvi])
    if not examples.is_mvi.any() or not len(healthy):
        raise UsageError(
            f"of {len(examples)} vessels {int(examples.is_mvi.sum())} are invaded: both kinds are needed to learn from."
        )
    out = np.where(examples.is_mvi, invaded_share / examples.is_mvi.sum(), 0.0)
    for content in healthy:
        same = ~examples.is_mvi & (contents == content)
        out[same] = (1 - invaded_share) / len(healthy) / same.sum()
    return out


def turned(picture: torch.Tensor, turn: int) -> torch.Tensor:
    """One of the eight symmetries of a square, of the last two axes; 0 leaves it as it is."""
    out = picture.flip(-1) if turn & 4 else picture
    return torch.rot90(out, turn & 3, (-2, -1))
