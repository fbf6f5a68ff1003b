"""What a critic sees: a picture together with a part that a mask cuts out of it.

``x`` are pictures ``(n, 3, h, w)``, ``m`` masks ``(n, 1, h, w)`` of 0 to 1. The *foreground view* cuts out the vessel
by ``m``, the *background view* all the rest by ``1 - m``; in both the mask channels are the mask that made the cut.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

#: Makes the input of a critic of pictures and masks.
Triplet = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def released_triplet(x: torch.Tensor, m: torch.Tensor) -> torch.Tensor:
    """``T(x, m) = (x, m x, m, m, m)``: nine channels, as in the released code."""
    return torch.cat([x, m * x, m, m, m], 1)


def triplet(x: torch.Tensor, m: torch.Tensor) -> torch.Tensor:
    """``T(x, m) = (x, m x, m)``: seven channels; two more copies of the mask tell nothing."""
    return torch.cat([x, m * x, m], 1)


def foreground_view(x: torch.Tensor, m: torch.Tensor, form: Triplet = triplet) -> torch.Tensor:
    """``T(x, m)``: the segmented vessel."""
    return form(x, m)


def background_view(x: torch.Tensor, m: torch.Tensor, form: Triplet = triplet) -> torch.Tensor:
    """``T(x, 1 - m)``: the segmented background."""
    return form(x, 1 - m)
