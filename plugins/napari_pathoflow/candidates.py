"""The vessels of a case as a gallery shows them, in an order and through a filter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.styles import UNSEEN
from pathoflow.space import Box, Mpp, Point

Sort = Literal["p_mvi", "size", "distance", "slide"]
SORTS: tuple[Sort, ...] = ("p_mvi", "size", "distance", "slide")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One vessel that a reader looks at: what the machine found, and what was said about it so far."""

    id: str
    slide: str
    #: Rings of its outline, ``(n, 2)`` of (x, y) in level-0 pixels; holes are rings too.
    rings: tuple[NDArray[np.float64], ...] = field(repr=False, compare=False)
    p_mvi: float | None = None
    diameter_um: float | None = None
    dist_edge_um: float | None = None
    kind: str = "unknown"
    location: str = "unknown"
    n_cells: int | None = None
    n_cells_interval: tuple[int, int] | None = None
    flags: tuple[str, ...] = ()
    verdict: str | None = None
    #: Whether a reader drew it, because the machine had missed it.
    is_added: bool = False
    #: Top, left, bottom and right of its outline, level-0 pixels; found once, because thousands are asked at a time.
    box_px: tuple[float, float, float, float] = field(default=(), repr=False, compare=False)  # type: ignore[assignment]  # filled in below

    def __post_init__(self) -> None:
        if not self.box_px:
            left, top = np.min([ring.min(axis=0) for ring in self.rings], axis=0)
            right, bottom = np.max([ring.max(axis=0) for ring in self.rings], axis=0)
            box = (float(top), float(left), float(bottom), float(right))
            object.__setattr__(self, "box_px", box)

    @property
    def state(self) -> str:
        """Its verdict, or `UNSEEN`."""
        return self.verdict or UNSEEN

    @property
    def centre(self) -> Point:
        """The middle of its outline's box, level-0 pixels."""
        top, left, bottom, right = self.box_px
        return Point((top + bottom) / 2, (left + right) / 2)

    def field(self, side_um: float, mpp: Mpp) -> Box:
        """The square of ``side_um`` around it, level-0 pixels; it may reach over the slide's edge."""
        centre = self.centre
        height, width = side_um / mpp.y, side_um / mpp.x
        return Box(
            round(centre.y - height / 2),
            round(centre.x - width / 2),
            max(1, round(height)),
            max(1, round(width)),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What a gallery shows: the order, and what it leaves out. Empty sets leave out nothing."""

    sort: Sort = "p_mvi"
    states: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    def select(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The wanted ones in order; equal ones by slide and id, so that the order never wavers."""
        return sorted((one for one in candidates if self.wants(one)), key=_ORDERS[self.sort])

    def wants(self, one: Candidate) -> bool:
        """Whether a vessel passes the filter."""
        return (
            (not self.states or one.state in self.states)
            and (not self.kinds or one.kind in self.kinds)
            and (not self.flags or not self.flags.isdisjoint(one.flags))
        )


def _falling(value: float | None) -> float:
    """Largest first, unknown last."""
    return math.inf if value is None else -value


_ORDERS: Mapping[str, Callable[[Candidate], tuple[Any, ...]]] = {
    "p_mvi": lambda one: (_falling(one.p_mvi), one.slide, one.id),
    "size": lambda one: (_falling(one.diameter_um), one.slide, one.id),
    # The farthest decides the grade, so it is read first.
    "distance": lambda one: (_falling(one.dist_edge_um), one.slide, one.id),
    "slide": lambda one: (one.slide, _falling(one.p_mvi), one.id),
}


def neighbour(
    candidates: Sequence[Candidate], current: str | None, step: int, *, unreviewed: bool = False
) -> str | None:
    """The id of the next vessel (``step`` 1) or the one before (-1); None where there is none.

    With ``unreviewed`` those with a verdict are passed over, and the search goes round once: what was skipped at the
    beginning is found from the end.
    """
    ids = [one.id for one in candidates]
    if not ids:
        return None
    start = ids.index(current) if current in ids else (-1 if step > 0 else len(ids))
    if not unreviewed:
        there = start + step
        return ids[there] if 0 <= there < len(ids) else None
    for turn in range(1, len(ids) + 1):
        one = candidates[(start + turn * step) % len(ids)]
        if one.verdict is None and one.id != current:
            return one.id
    return None
