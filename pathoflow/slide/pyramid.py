"""Level sizes to levels: how many level-0 pixels one pixel of each level stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pathoflow.slide.reader import Level
from pathoflow.space import Size


def levels_of(sizes: Sequence[Size]) -> tuple[Level, ...]:
    """Give every level of a pyramid its scale, from its size alone.

    Scanners shrink by whole numbers and cut or pad what is left over: 32,914 rows become 8,228, which is a factor of
    4 and half a row lost, not a factor of 4.0002. Where a whole number explains the size to within one pixel of the
    level, it is the scale; believing the quotient would move outlines by pixels at the far edge. The two axes share
    the whole number, so that sizes of few pixels do not pick one each.

    Parameters
    ----------
    sizes
        Pixels of each level, fine to coarse, level 0 first.
    """
    full = sizes[0]
    return tuple(
        Level(size, *_scale(full, size)) if number else Level(size, 1.0, 1.0)
        for number, size in enumerate(sizes)
    )


def _scale(full: Size, size: Size) -> tuple[float, float]:
    """Scale along y and x of a level of ``size`` pixels."""
    scale_y, scale_x = full.height / size.height, full.width / size.width
    # The longer side knows the factor best. At a level of twelve pixels 16 looks like 16.7, so powers of two go first.
    guess = scale_y if size.height >= size.width else scale_x
    for factor in (2 ** round(math.log2(guess)), round(guess)):
        left_over_y = abs(full.height - size.height * factor)
        left_over_x = abs(full.width - size.width * factor)
        # A level halved several times may lose one pixel's worth along each axis, never more.
        if left_over_y <= factor and left_over_x <= factor:
            return float(factor), float(factor)
    return scale_y, scale_x
