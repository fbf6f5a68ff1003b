"""The two competing critics, named by what they watch over.

The foreground critic asks whether a cut-out vessel still holds background, and so pulls the edge inwards; the background
critic asks whether the cut-out background still holds vessel, and so pushes it outwards. Both take *vessel* masks; the
background critic turns them round itself, so nobody can do it twice.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from pathoflow.evsnet.triplet import Triplet, background_view, foreground_view, triplet

#: Which of the two a thing is for.
Side = Literal["foreground", "background"]


class PurityCritic(nn.Module):
    """A critic of one view of a segmented picture: ``critic(pixels, vessel_mask)`` -> map of scores."""

    side: Side

    def __init__(self, critic: nn.Module, form: Triplet = triplet) -> None:
        super().__init__()
        self.critic = critic
        self.form = form

    def view(self, pixels: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The input that the critic's layers get."""
        see = foreground_view if self.side == "foreground" else background_view
        return see(pixels, mask, self.form)

    def forward(self, pixels: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Scores of every part of every patch, high where the cut-out looks pure."""
        scores: torch.Tensor = self.critic(self.view(pixels, mask))
        return scores


class ForegroundPurityCritic(PurityCritic):
    """Sees the segmented vessel, and holds it against it if there is background inside."""

    side = "foreground"


class BackgroundPurityCritic(PurityCritic):
    """Sees the segmented background, and holds it against it if there is vessel inside."""

    side = "background"
