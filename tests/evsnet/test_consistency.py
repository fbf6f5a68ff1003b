from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from pathoflow.evsnet.consistency import (
    edge_consistency,
    edge_self_supervision,
    released_edge_consistency,
    released_self_supervision,
)

RNG = np.random.default_rng(2)
P, Q = (ndimage.gaussian_filter(RNG.random((2, 1, 16, 16)), (0, 0, 2, 2)) for _ in range(2))
P, Q = ((m - m.min()) / (m.max() - m.min()) for m in (P, Q))


def band(mask: np.ndarray) -> np.ndarray:
    size = (1, 1, 5, 5)
    return ndimage.maximum_filter(mask, size, mode="nearest") - ndimage.minimum_filter(
        mask, size, mode="nearest"
    )


def test_the_default_is_the_squared_difference_within_both_bands() -> None:
    b = np.maximum(band((P > 0.5).astype(float)), band((Q > 0.5).astype(float)))
    wanted = (b * (P - Q) ** 2).sum() / (b.sum() + 16)
    assert float(edge_consistency(torch.from_numpy(P), torch.from_numpy(Q))) == pytest.approx(
        wanted
    )


@pytest.mark.parametrize("quarters", [1, 2])
def test_the_released_formula_is_that_of_the_soft_bands_over_all_pixels(quarters: int) -> None:
    turned = np.rot90(Q, quarters, (2, 3))
    wanted = ((band(P) * P - np.rot90(band(turned) * turned, -quarters, (2, 3))) ** 2).mean()
    found = released_edge_consistency(
        torch.from_numpy(P), torch.from_numpy(turned.copy()), quarters
    )
    assert float(found) == pytest.approx(wanted)


def pointwise(x: torch.Tensor) -> torch.Tensor:
    """A network that answers the same however a picture is turned."""
    return torch.sigmoid(8 * (x.mean(1, keepdim=True) - 0.5))


def leaning(x: torch.Tensor) -> torch.Tensor:
    """One that shifts its answer to the right, whatever way up the picture is."""
    return pointwise(x).roll(2, -1)


X = torch.from_numpy(np.repeat(P, 3, 1)).float()


def test_a_network_that_turns_with_its_picture_has_nothing_to_learn() -> None:
    draw = torch.Generator().manual_seed(0)
    assert float(edge_self_supervision(pointwise, X, pointwise(X), draw)) == 0
    assert float(released_self_supervision(pointwise, X, draw)) == 0
    costs = [float(edge_self_supervision(leaning, X, leaning(X), draw)) for _ in range(6)]
    assert max(costs) > 1e-3
    assert float(released_self_supervision(leaning, X, draw)) > 1e-4


def test_every_sample_gets_its_own_turn_and_the_released_one_is_shared() -> None:
    seen: list[torch.Tensor] = []

    def looking(x: torch.Tensor) -> torch.Tensor:
        seen.append(x)
        return pointwise(x)

    many = X[:1].repeat(64, 1, 1, 1)
    edge_self_supervision(looking, many, pointwise(many), torch.Generator().manual_seed(0))
    assert len({tuple(x.flatten().tolist()) for x in seen.pop()}) == 8
    draw = torch.Generator().manual_seed(0)
    ways = set()
    for _ in range(12):
        released_self_supervision(looking, X, draw)
        ways |= {k for k in range(4) for x in seen if torch.equal(x, torch.rot90(X, k, (-2, -1)))}
    assert ways == {0, 1, 2}


def test_flattening_pays_in_the_released_formula_and_not_in_ours() -> None:
    """Two maps that disagree: moving towards grey narrows the released band away, ours stays."""
    p = torch.from_numpy(P).requires_grad_()
    q = torch.from_numpy(Q)
    flat = torch.full_like(p, 0.49)
    assert float(released_edge_consistency(flat, flat, 1).detach()) == 0
    edge_consistency(p, q).backward()
    # Outside the band nothing is asked, inside p is drawn to q: the sign of the gradient is that of p - q.
    grad = p.grad
    assert grad is not None
    moved = grad != 0
    assert 0 < int(moved.sum()) < grad.numel()
    assert torch.equal(grad[moved].sign(), (p.detach() - q)[moved].sign())
