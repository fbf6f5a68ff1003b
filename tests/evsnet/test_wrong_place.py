from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import ndimage

from pathoflow.evsnet.wrong_place import deformed, of_another, overlap, shifted, with_area_of


def disc(radius: float, cy: float = 30, cx: float = 30, side: int = 64) -> torch.Tensor:
    y, x = np.mgrid[:side, :side]
    return torch.from_numpy(((y - cy) ** 2 + (x - cx) ** 2 < radius**2)[None].astype(np.float32))


WAYS: dict[str, Callable[[torch.Tensor, torch.Generator], torch.Tensor]] = {
    "shifted": shifted,
    "deformed": deformed,
    "of another": lambda mask, draw: of_another(mask, disc(9, 14, 44), draw),
    "of a larger one": lambda mask, draw: of_another(mask, disc(28), draw),
    "of an empty one": lambda mask, draw: of_another(mask, torch.zeros(1, 64, 64), draw),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("radius", [3, 11, 19])
def test_a_mask_in_the_wrong_place_has_as_many_pixels_and_other_ones(
    way: str, radius: float
) -> None:
    mask, draw = disc(radius), torch.Generator().manual_seed(1)
    wrong = torch.stack([WAYS[way](mask, draw) for _ in range(12)])
    assert set(wrong.unique().tolist()) == {0, 1}
    assert (wrong.flatten(1).sum(1) == mask.sum()).all()
    assert float(overlap(wrong, mask.expand_as(wrong)).mean()) < 0.8


@pytest.mark.parametrize("way", WAYS)
def test_nothing_stays_nothing(way: str) -> None:
    nothing = torch.zeros(1, 64, 64)
    assert float(WAYS[way](nothing, torch.Generator().manual_seed(0)).sum()) == 0


def test_a_shift_keeps_the_shape_and_goes_as_far_as_it_says() -> None:
    mask, draw = disc(6), torch.Generator().manual_seed(0)
    far = []
    for _ in range(60):
        moved = shifted(mask, draw)[0].numpy()
        # A disc that is cut by the border comes in at the other one: turned about, it is whole again.
        cy, cx = (
            np.angle(np.exp(2j * np.pi * np.arange(64) / 64) @ moved.sum(axis)) / (2 * np.pi) * 64
            for axis in (1, 0)
        )
        dy, dx = ((c - 30 + 32) % 64 - 32 for c in (cy, cx))
        far.append(np.hypot(dy, dx))
    # 1/12 and 3/8 of 64, to the rounding of both axes.
    assert 64 / 12 - 0.8 < min(far) < 9
    assert 20 < max(far) < 24.8


def test_a_deformed_mask_hangs_together() -> None:
    draw = torch.Generator().manual_seed(2)
    for _ in range(20):
        _, pieces = ndimage.label(deformed(disc(12), draw)[0].numpy())
        assert pieces <= 2


def test_the_area_goes_to_the_greatest_values() -> None:
    field = torch.arange(12.0).reshape(1, 3, 4)
    three = torch.zeros(1, 3, 4)
    three[0, 0, :3] = 1
    assert with_area_of(field, three).flatten().tolist() == [0] * 9 + [1] * 3


def test_overlap_is_intersection_over_union() -> None:
    a, b = torch.zeros(3, 1, 4, 4), torch.zeros(3, 1, 4, 4)
    a[0, 0, :2], b[0, 0, 1:3] = 1, 1
    a[1, 0, 0] = 1
    assert overlap(a, b).tolist() == pytest.approx([4 / 12, 0, 1])


@pytest.mark.parametrize("way", WAYS)
def test_draws_come_from_the_generator_alone(way: str) -> None:
    before = torch.random.get_rng_state()
    one, same = (WAYS[way](disc(9), torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, same)
    assert torch.equal(torch.random.get_rng_state(), before)
