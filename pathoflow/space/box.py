"""Points, sizes and boxes, always (y, x), always with named fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A place, in pixels of the frame that the context names."""

    y: float
    x: float


@dataclass(frozen=True, slots=True)
class Size:
    """Height and width in pixels; neither is negative."""

    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height < 0 or self.width < 0:
            raise ValueError(f"a size cannot be negative, got {self.height} x {self.width}")

    @property
    def area(self) -> int:
        """Pixels in it."""
        return self.height * self.width

    @property
    def shape(self) -> tuple[int, int]:
        """``(height, width)``, as numpy wants it."""
        return self.height, self.width

    def box(self) -> Box:
        """The box of this size that starts at the origin."""
        return Box(0, 0, self.height, self.width)


@dataclass(frozen=True, slots=True)
class Box:
    """Whole pixels from ``top, left`` down to, not including, ``bottom, right``.

    A box may lie partly or wholly outside an image (negative corners are fine); reading decides what is there.
    """

    top: int
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height < 0 or self.width < 0:
            raise ValueError(f"a box cannot have a negative side, got {self.height} x {self.width}")

    @classmethod
    def spanning(cls, top: int, left: int, bottom: int, right: int) -> Box:
        """The box between two corners; empty where the second lies before the first."""
        return cls(top, left, max(0, bottom - top), max(0, right - left))

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """First column right of the box."""
        return self.left + self.width

    @property
    def size(self) -> Size:
        """Height and width."""
        return Size(self.height, self.width)

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.height == 0 or self.width == 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of this box in an array whose origin is the box's frame's origin."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grow(self, margin: int) -> Box:
        """This box with ``margin`` more pixels on every side."""
        return Box.spanning(
            self.top - margin, self.left - margin, self.bottom + margin, self.right + margin
        )

    def shift(self, dy: int, dx: int) -> Box:
        """This box moved down by ``dy`` and right by ``dx``."""
        return Box(self.top + dy, self.left + dx, self.height, self.width)

    def within(self, outer: Box) -> Box:
        """This box in a frame whose origin is the corner of ``outer``."""
        return self.shift(-outer.top, -outer.left)

    def intersect(self, other: Box) -> Box:
        """What both share; empty where they do not meet."""
        return Box.spanning(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def contains(self, other: Box) -> bool:
        """Whether ``other`` lies wholly inside."""
        return (
            self.top <= other.top
            and self.left <= other.left
            and other.bottom <= self.bottom
            and other.right <= self.right
        )

    def pieces(self, size: Size) -> Iterator[Box]:
        """Pieces of at most ``size`` that cover this box, row by row, anchored at the frame's origin.

        Anchoring means that any two boxes cut the plane along the same lines.
        """
        for top in range(self.top // size.height * size.height, self.bottom, size.height):
            for left in range(self.left // size.width * size.width, self.right, size.width):
                yield Box(top, left, size.height, size.width).intersect(self)
