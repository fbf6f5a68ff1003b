"""What is known about one vessel that carcinoma may have invaded, and about the tumour it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from pathoflow.vessels.kind import Kind as Kind
from pathoflow.vessels.kind import MuscularWall as MuscularWall


class Status(StrEnum):
    """A reader's verdict on a vessel."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"


class Location(StrEnum):
    """Where a vessel lies, seen from the tumour; near and far are split at ``MviCriteria.near_um``."""

    INTRATUMORAL = "intratumoral"
    CAPSULAR = "capsular"
    PERITUMORAL_NEAR = "peritumoral_near"
    PERITUMORAL_FAR = "peritumoral_far"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InvadedVessel:
    """One vessel as grading sees it.

    A missing distance is not always an unknown one: a location of near, far or capsular (stated by the
    block it was cut from) says on which side of the limit the vessel lies. A number, where there is
    one, always wins over the word.

    Raises
    ------
    ValueError
        If a distance or a count is negative or not finite.
    """

    id: str
    dist_edge_um: float | None = None
    """Shortest straight line to the border of the main tumour, µm; None is unknown."""
    n_cells: int | None = None
    """Tumour cells in the lumen; None is unknown."""
    location: Location = Location.UNKNOWN
    status: Status = Status.ACCEPTED
    muscular_wall: MuscularWall = MuscularWall.UNKNOWN
    kind: Kind = Kind.UNKNOWN
    n_cells_interval: tuple[int, int] | None = None
    """Lowest and highest plausible count, both included, where a machine counted."""

    def __post_init__(self) -> None:
        if self.dist_edge_um is not None and not 0 <= self.dist_edge_um < math.inf:
            raise ValueError(
                f"vessel {self.id}: a distance must be finite and not negative, got {self.dist_edge_um}"
            )
        if self.n_cells is not None and self.n_cells < 0:
            raise ValueError(
                f"vessel {self.id}: a cell count cannot be negative, got {self.n_cells}"
            )
        if self.n_cells_interval is not None:
            low, high = self.n_cells_interval
            if not 0 <= low <= high:
                raise ValueError(f"vessel {self.id}: [{low}, {high}] is not an interval of counts")


@dataclass(frozen=True, slots=True)
class TumourBurden:
    """Size and number of the tumours, as far as known; only the AJCC stage asks for them.

    Raises
    ------
    ValueError
        If the size is not positive and finite, or the number is below one.
    """

    largest_um: float | None = None
    """Greatest dimension of the largest tumour, µm."""
    n_tumours: int | None = None
    """Number of tumours; None is taken as one, and the grade says so."""

    def __post_init__(self) -> None:
        if self.largest_um is not None and not 0 < self.largest_um < math.inf:
            raise ValueError(
                f"a tumour's size must be positive and finite, got {self.largest_um} µm"
            )
        if self.n_tumours is not None and self.n_tumours < 1:
            raise ValueError(f"a case has at least one tumour, got {self.n_tumours}")
