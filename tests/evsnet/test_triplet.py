from __future__ import annotations

import torch

from pathoflow.evsnet.triplet import background_view, foreground_view, released_triplet, triplet

DRAW = torch.Generator().manual_seed(0)
X, M = torch.rand(2, 3, 4, 4, generator=DRAW), torch.rand(2, 1, 4, 4, generator=DRAW)


def test_the_released_triplet_is_picture_cut_out_and_the_mask_three_times() -> None:
    seen = released_triplet(X, M)
    assert seen.shape == (2, 9, 4, 4)
    assert torch.equal(seen[:, :3], X)
    assert torch.equal(seen[:, 3:6], X * M)
    assert all(torch.equal(seen[:, 6 + i], M[:, 0]) for i in range(3))


def test_the_default_one_has_the_mask_once() -> None:
    assert torch.equal(triplet(X, M), released_triplet(X, M)[:, :7])


def test_the_background_is_cut_out_by_the_complement_and_shows_it() -> None:
    seen = background_view(X, M, released_triplet)
    assert torch.equal(seen[:, 3:6], X * (1 - M))
    assert torch.equal(seen[:, 6:7], 1 - M)
    assert torch.equal(foreground_view(X, M), triplet(X, M))
