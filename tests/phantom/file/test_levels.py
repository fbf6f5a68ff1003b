from __future__ import annotations

from pathoflow.phantom.file.levels import PAINT_PX, level_steps, plan_levels
from pathoflow.space import Size


def test_large_slides_get_a_fourth_level() -> None:
    assert level_steps(Size(16384, 16384)) == (1, 4, 16)
    assert level_steps(Size(16385, 200)) == (1, 4, 16, 64)


def test_levels_round_up_and_know_their_step() -> None:
    levels = plan_levels(Size(1001, 640))
    assert [level.size.shape for level in levels] == [(1001, 640), (251, 160), (63, 40)]
    assert [level.scale_y for level in levels] == [1.0, 4.0, 16.0]


def test_every_step_divides_the_painted_square() -> None:
    assert all(PAINT_PX % step == 0 for step in level_steps(Size(99999, 99999)))
