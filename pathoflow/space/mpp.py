"""Micrometres per pixel."""

from __future__ import annotations

from dataclasses import dataclass

#: What a scanner for histology can plausibly write; outside of it a header is doubted, not believed.
PLAUSIBLE_MPP = (0.1, 2.0)
#: Pixels more than 2 % away from square are doubted too.
SQUARE_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Mpp:
    """Micrometres per pixel along y and x; both are positive and finite."""

    y: float
    x: float

    def __post_init__(self) -> None:
        if not (0 < self.y < float("inf") and 0 < self.x < float("inf")):
            raise ValueError(f"micrometres per pixel must be positive, got {self.y}, {self.x}")

    @classmethod
    def square(cls, mpp: float) -> Mpp:
        """The same along both axes."""
        return cls(mpp, mpp)

    @property
    def mean(self) -> float:
        """Geometric mean: the side of the square pixel of the same area, µm."""
        return float((self.y * self.x) ** 0.5)

    @property
    def pixel_area_um2(self) -> float:
        """Area of one pixel, µm²."""
        return self.y * self.x

    @property
    def doubt(self) -> str | None:
        """Why this value should not be believed, or None."""
        low, high = PLAUSIBLE_MPP
        if not (low <= self.y <= high and low <= self.x <= high):
            return f"{self.y:g} x {self.x:g} µm/px lies outside {low:g} to {high:g}"
        if abs(self.y / self.x - 1) > SQUARE_TOLERANCE:
            return f"pixels of {self.y:g} x {self.x:g} µm are not square"
        return None
