from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pathoflow.report.labels import Mark, Rect, place_labels

PAPER = Rect(0, 0, 1400, 1000)


def test_a_lone_label_is_near_and_covers_nothing() -> None:
    mark = Mark(700, 500, 11, 11, "7")
    (label,) = place_labels([mark], PAPER)
    assert label.rect.overlap(mark.rect) == 0
    assert math.dist(label.line_from, label.line_to) < 15


@given(st.floats(100, 1300), st.floats(100, 900))
def test_of_free_places_the_nearest_is_taken(x: float, y: float) -> None:
    first, second = Mark(x, y, 11, 11, "2"), Mark(x - 26, y - 12, 11, 11, "3")
    for label in place_labels([first, second], PAPER):
        assert math.dist(label.line_from, label.line_to) < 15


def test_neighbours_do_not_cover_each_other() -> None:
    marks = [Mark(700 + 25 * k, 500, 11, 11, str(k)) for k in range(12)]
    labels = place_labels(marks, PAPER)
    rects = [label.rect for label in labels] + [mark.rect for mark in marks]
    overlaps = [a.overlap(b) for i, a in enumerate(rects[:12]) for b in rects[i + 1 :]]
    assert max(overlaps) == 0


@given(st.floats(0, 1400), st.floats(0, 1000), st.floats(1, 120), st.floats(1, 120))
def test_labels_stay_on_the_paper_and_off_what_is_taken(
    x: float, y: float, half_width: float, half_height: float
) -> None:
    corner = Rect(0, 950, 300, 50)
    (label,) = place_labels([Mark(x, y, half_width, half_height, "42")], PAPER, [corner])
    assert label.rect.overlap(PAPER) >= label.rect.width * label.rect.height - 1e-6
    assert label.rect.overlap(corner) < 1e-6


def test_a_line_begins_on_the_ellipse() -> None:
    (label,) = place_labels([Mark(0, 0, 30, 60, "1")], Rect(-500, -500, 1000, 1000))
    x, y = label.line_from
    assert math.isclose((x / 30) ** 2 + (y / 60) ** 2, 1)
