from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.part import cut, marked_part
from pathoflow.space import Box


def test_the_part_is_the_smallest_box_that_holds_all_marks_and_shares_the_dye() -> None:
    canvas = Canvas(Box(1000, 2000, 50, 60), 0.37)
    where = np.zeros((50, 60), bool)
    where[7, 20], where[31, 4] = True, True
    part = marked_part(canvas, where)
    assert part is not None
    assert part.box == Box(1007, 2004, 25, 17)
    part.h += 1
    assert canvas.h.sum() == 25 * 17
    assert cut(where.astype(np.float32), canvas, part).sum() == 2


def test_no_mark_gives_no_part() -> None:
    assert marked_part(Canvas(Box(0, 0, 8, 8), 1.0), np.zeros((8, 8), bool)) is None
