from __future__ import annotations

import math

from pathoflow.mvi import CaseSlide, Site
from pathoflow.mvi.completeness import check_sampling
from pathoflow.report.clock import CENTRE, HEIGHT, RADIUS, WIDTH, draw_clock


def clock(*sites: Site) -> list[bool]:
    slides = [CaseSlide(f"s{i}", site=site, status="ok") for i, site in enumerate(sites)]
    return [dot.is_covered for dot in draw_clock(check_sampling(slides)).dots]


def test_points_are_filled_by_the_blocks_that_there_are() -> None:
    assert clock(Site.INTERFACE, Site.INTERFACE, Site.FAR) == [
        True, True, False, False, False, False, True,
    ]  # fmt: skip
    assert clock(Site.TUMOUR_CENTRE, Site.NEAR) == [False] * 4 + [True, True, False]


def test_more_interface_blocks_than_points_are_counted() -> None:
    slides = [CaseSlide(f"s{i}", site=Site.INTERFACE, status="ok") for i in range(6)]
    drawn = draw_clock(check_sampling(slides))
    assert drawn.n_more == 2
    assert drawn.sentence.en == "4 of 7 points covered"


def test_the_hours_stand_where_a_clock_has_them() -> None:
    dots = {dot.mark: (dot.x, dot.y) for dot in draw_clock(check_sampling([])).dots if dot.mark}
    for hour, (x, y) in dots.items():
        angle = math.tau * int(hour) / 12
        assert x == CENTRE[0] + round(RADIUS * math.sin(angle), 6)
        assert y == CENTRE[1] - round(RADIUS * math.cos(angle), 6)
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
