from __future__ import annotations

import torch

from pathoflow.evsnet.teacher import VIEWS, averaged_over_views, teacher_maps
from pathoflow.training.organs import turn

PICTURES = torch.randint(
    0, 256, (5, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
)


def corner(x: torch.Tensor) -> torch.Tensor:
    """1 in the upper left corner, whatever the picture."""
    answer = torch.zeros(len(x), 1, *x.shape[-2:])
    answer[..., 0, 0] = 1
    return answer


def test_six_different_views_are_turned_back_and_averaged() -> None:
    views = {tuple(turn(PICTURES[0], k).flatten().tolist()) for k in VIEWS}
    assert len(views) == len(VIEWS) == 6
    found = averaged_over_views(corner)(PICTURES.float())
    # Four turns go through the four corners; left-right and top-bottom mirrors through two of them again.
    total = found[0, 0, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert sorted((total * 6).round().tolist()) == [1, 1, 2, 2]
    torch.testing.assert_close(total.sum(), torch.tensor(1.0))


def test_maps_do_not_depend_on_how_many_pictures_are_seen_at_once() -> None:
    sizes = []

    def grey(x: torch.Tensor) -> torch.Tensor:
        sizes.append(len(x))
        return x.mean(1, keepdim=True)

    found = teacher_maps(grey, PICTURES, at_once=2)
    torch.testing.assert_close(found, (PICTURES.float() / 255).mean(1, keepdim=True))
    assert sizes == [2] * 6 + [2] * 6 + [1] * 6
    torch.testing.assert_close(teacher_maps(grey, PICTURES), found)


def test_a_frozen_teacher_keeps_no_graph() -> None:
    weight = torch.ones(1, requires_grad=True)
    maps = teacher_maps(lambda x: torch.sigmoid(x.mean(1, keepdim=True) * weight), PICTURES)
    assert not maps.requires_grad
