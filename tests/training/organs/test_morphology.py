from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.errors import UsageError
from pathoflow.training.organs import box_blur, dilated, edge_band, eroded

GREY = np.random.default_rng(0).random((2, 1, 13, 9))


@pytest.mark.parametrize("kernel", [1, 3, 7, 25])
@pytest.mark.parametrize(
    ("ours", "scipys"), [(dilated, ndimage.maximum_filter), (eroded, ndimage.minimum_filter)]
)
def test_soft_morphology_is_scipys_grey_morphology_with_the_border_left_out(
    kernel: int, ours: Callable[..., torch.Tensor], scipys: Callable[..., NDArray[np.float64]]
) -> None:
    found = ours(torch.from_numpy(GREY), kernel).numpy()
    # Beyond the border nothing is greater and nothing less than what is inside.
    outside = -np.inf if ours is dilated else np.inf
    wanted = scipys(GREY, size=(1, 1, kernel, kernel), mode="constant", cval=outside)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("kernel", [1, 3, 5, 17])
def test_a_blur_is_the_mean_of_what_lies_in_the_picture(kernel: int) -> None:
    weights = np.ones((1, 1, kernel, kernel))
    total = ndimage.convolve(GREY, weights, mode="constant")
    count = ndimage.convolve(np.ones_like(GREY), weights, mode="constant")
    found = box_blur(torch.from_numpy(GREY), kernel).numpy()
    np.testing.assert_allclose(found, total / count, rtol=1e-12)


def test_the_band_of_a_square_is_as_thick_as_the_kernel_allows() -> None:
    square = torch.zeros(1, 1, 30, 30)
    square[..., 10:20, 10:20] = 1
    # Kernel 5 reaches 2 px out and 2 px in: a square of 14 less a square of 6.
    assert float(edge_band(square, 5).sum()) == 14**2 - 6**2
    assert float(edge_band(torch.ones(1, 1, 8, 8), 5).sum()) == 0


def test_a_mask_at_the_border_is_not_eroded_from_outside() -> None:
    half = torch.zeros(1, 1, 10, 10)
    half[..., :5] = 1
    assert eroded(half, 3)[0, 0, 0].tolist() == [1] * 4 + [0] * 6


@pytest.mark.parametrize("kernel", [0, 2, -3])
def test_a_kernel_without_a_middle_is_refused(kernel: int) -> None:
    with pytest.raises(UsageError, match="odd number"):
        dilated(torch.zeros(1, 1, 4, 4), kernel)
    with pytest.raises(UsageError, match="odd number"):
        box_blur(torch.zeros(1, 1, 4, 4), kernel)
