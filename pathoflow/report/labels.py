"""Where the number labels of an overview go, so that they hide neither vessels nor each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Height of a label and width of one digit, in picture pixels, for the font of the overview.
LABEL_HEIGHT = 20.0
_DIGIT_WIDTH = 9.5
_PADDING = 9.0
_DIRECTIONS = tuple(math.radians(angle) for angle in (-45, 45, 135, -135, 0, 90, 180, -90))
_REACHES = (10.0, 26.0, 46.0, 70.0)


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in picture pixels."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Rect) -> float:
        """Shared area."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be labelled: its middle, and the half axes of the ellipse around it."""

    x: float
    y: float
    half_width: float
    half_height: float
    text: str

    @property
    def rect(self) -> Rect:
        """The rectangle around the mark."""
        return Rect(
            self.x - self.half_width,
            self.y - self.half_height,
            2 * self.half_width,
            2 * self.half_height,
        )

    def edge(self, direction: float) -> float:
        """How far the ellipse reaches from its middle, in a direction (radians)."""
        cos, sin = math.cos(direction), math.sin(direction)
        return 1 / math.hypot(cos / self.half_width, sin / self.half_height)


@dataclass(frozen=True, slots=True)
class Label:
    """A placed label, and the line from the mark to it."""

    mark: Mark
    rect: Rect
    line_from: tuple[float, float]
    line_to: tuple[float, float]


def place_labels(marks: Sequence[Mark], picture: Rect, taken: Sequence[Rect] = ()) -> list[Label]:
    """Give every mark a label near it, the first marks first.

    Each label takes the nearest of 32 places that covers nothing and lies inside ``picture``; where all are taken, the
    one that covers least.
    """
    filled = [*taken, *(mark.rect for mark in marks)]
    labels = []
    for mark in marks:
        places = [_place(mark, reach, direction) for reach in _REACHES for direction in _DIRECTIONS]
        rect = min(places, key=lambda place: _cost(place, picture, filled))
        filled.append(rect)
        labels.append(_with_line(mark, rect))
    return labels


def _place(mark: Mark, reach: float, direction: float) -> Rect:
    """The label whose nearest side lies ``reach`` beyond the mark's ellipse."""
    width = _PADDING + _DIGIT_WIDTH * len(mark.text)
    cos, sin = math.cos(direction), math.sin(direction)
    distance = mark.edge(direction) + reach
    middle_x = mark.x + cos * (distance + width / 2)
    middle_y = mark.y + sin * (distance + LABEL_HEIGHT / 2)
    return Rect(middle_x - width / 2, middle_y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)


def _cost(place: Rect, picture: Rect, filled: Sequence[Rect]) -> float:
    # Outside the picture a label cannot be read at all, so that weighs ten times as much as covering something.
    outside = place.width * place.height - place.overlap(picture)
    cost = 10 * outside + sum(place.overlap(rect) for rect in filled)
    # Rounded, so that of places that are equally good but for the last bit the nearest wins.
    return round(cost, 3)


def _with_line(mark: Mark, rect: Rect) -> Label:
    to_x = min(max(mark.x, rect.x), rect.x + rect.width)
    to_y = min(max(mark.y, rect.y), rect.y + rect.height)
    direction = math.atan2(to_y - mark.y, to_x - mark.x)
    reach = min(mark.edge(direction), math.hypot(to_x - mark.x, to_y - mark.y))
    start = (mark.x + reach * math.cos(direction), mark.y + reach * math.sin(direction))
    return Label(mark, rect, start, (to_x, to_y))
