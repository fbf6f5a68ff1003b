"""Grey dilation and erosion of soft masks by max-pooling, the band about an edge, and a box blur.

All take ``(n, k, h, w)`` and odd kernels in pixels, and answer in the same shape. Outside the picture nothing is known:
max-pooling fills in minus infinity, so a dilation takes the greatest and an erosion the least value *within* the
picture, and a mask that touches the border is not eroded from there.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from pathoflow.errors import UsageError


def _odd(kernel: int) -> int:
    if kernel < 1 or kernel % 2 == 0:
        raise UsageError(f"kernel {kernel} has no middle pixel: give an odd number, such as 5.")
    return kernel


def dilated(mask: torch.Tensor, kernel: int) -> torch.Tensor:
    """``max`` of ``mask`` over the square of side ``kernel`` about each pixel.

    Raises
    ------
    UsageError
        ``kernel`` is even or below 1.
    """
    half = _odd(kernel) // 2
    # First along columns, then along rows: the same greatest value, for the price of two lines instead of a square.
    down = functional.max_pool2d(mask, (kernel, 1), 1, (half, 0))
    return functional.max_pool2d(down, (1, kernel), 1, (0, half))


def eroded(mask: torch.Tensor, kernel: int) -> torch.Tensor:
    """``min`` of ``mask`` over the square of side ``kernel`` about each pixel: ``-dilated(-mask)``."""
    return -dilated(-mask, kernel)


def edge_band(mask: torch.Tensor, kernel: int) -> torch.Tensor:
    """``dilated - eroded``: for a binary mask, 1 within ``kernel // 2`` pixels of an edge, on both of its sides."""
    return dilated(mask, kernel) - eroded(mask, kernel)


def box_blur(mask: torch.Tensor, kernel: int) -> torch.Tensor:
    """Mean of ``mask`` over the part of the square of side ``kernel`` that lies in the picture."""
    half = _odd(kernel) // 2
    # A mean of means of equal numbers is the mean.
    down = functional.avg_pool2d(mask, (kernel, 1), 1, (half, 0), count_include_pad=False)
    return functional.avg_pool2d(down, (1, kernel), 1, (0, half), count_include_pad=False)
