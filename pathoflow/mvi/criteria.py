"""The settings of grading and of listing candidates, each with its source.

The numbers that *define* a published system (5 vessels, 50 cells) live with that system in
`pathoflow.mvi.systems`: a Seoul grade with another count would no longer be a Seoul grade.
"""

from __future__ import annotations

from dataclasses import dataclass

#: "Near" in the Chinese guideline and in Roayaie 2009: up to and including 1 cm from the tumour edge.
PUBLISHED_NEAR_UM = 10_000.0


@dataclass(frozen=True, slots=True)
class MviCriteria:
    """What counts as near, as inside, as called and as worth listing.

    Raises
    ------
    ValueError
        If a setting is out of its range, or if listing would need a higher score than calling.
    """

    near_um: float = PUBLISHED_NEAR_UM
    """Farthest distance that is still near, µm, itself included. Another value than 1 cm is allowed for
    study, and every grade that depends on it then says so."""

    at_threshold: float = 0.05
    """Share of ``near_um`` within which a distance is flagged. Our choice: processing shrinks tissue by
    several per cent, so an exact centimetre means little."""

    include_intratumoral: bool = False
    """Whether invaded vessels inside the tumour enter the count. The Chinese guideline counts only
    vessels of the capsule and of the liver around the tumour."""

    p_called: float = 0.5
    """Score from which the machine's proposal takes a candidate as invaded. Our choice."""

    p_listed: float = 0.1
    """Score from which a candidate enters the worklist, as uncertain. Our choice."""

    min_cells_listed: int = 2
    """Fewest tumour cells of a listed candidate, where they could be counted. Our choice: no standard
    names a lower limit, but a cohesive group is expected and one loose cell is usually not called."""

    inside_fraction: float = 0.5
    """Share of a vessel's area inside the tumour from which it may be intratumoral. Our choice."""

    inside_depth_um: float = 100.0
    """An intratumoral vessel also lies deeper than this below the tumour's border, µm. Our choice:
    outlines of a tumour are seldom better than that."""

    capsule_um: float = 200.0
    """A vessel up to this far from the tumour's border is taken as lying in its capsule, µm. Our choice."""

    def __post_init__(self) -> None:
        if not 0 < self.near_um < float("inf"):
            raise ValueError(f"near_um must be a positive number of µm, got {self.near_um}")
        if not 0 <= self.at_threshold < 1:
            raise ValueError(f"at_threshold must lie in [0, 1), got {self.at_threshold}")
        if not 0 <= self.p_listed <= self.p_called <= 1:
            raise ValueError(
                "scores must satisfy 0 <= p_listed <= p_called <= 1, "
                f"got p_listed={self.p_listed} and p_called={self.p_called}"
            )
        if not 0 < self.inside_fraction <= 1:
            raise ValueError(f"inside_fraction must lie in (0, 1], got {self.inside_fraction}")
        if min(self.min_cells_listed, self.inside_depth_um, self.capsule_um) < 0:
            raise ValueError("min_cells_listed, inside_depth_um and capsule_um cannot be negative")

    @property
    def is_published(self) -> bool:
        """Whether "near" means what the publications mean."""
        return self.near_um == PUBLISHED_NEAR_UM
