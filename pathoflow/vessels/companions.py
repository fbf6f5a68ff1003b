"""What is known of each sort of vessel: how often it has which companions, and what it looks like.

Companions were counted on D2-40 stained sections (the study of intravascular invasion that DOMAIN §1.1 quotes): portal
veins (n = 4,355) have ductules in 100 % and arteries in 96 %, central veins (n = 3,932) ductules in 12 %, sublobular and
hepatic veins (n = 662) in 33 %, and of 29 veins in capsules 21 had ductules and 10 arteries. Where that study says
nothing, the number is our choice and says so. Walls and sizes are those of DOMAIN §7.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pathoflow.vessels.kind import Kind


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A positive number whose logarithm is normal."""

    median: float
    #: Standard deviation of the natural logarithm.
    spread: float

    def log_density(self, value: float) -> float:
        """Logarithm of the density of ln ``value``, up to a constant that is the same for all."""
        z = math.log(value / self.median) / self.spread
        return -0.5 * z * z - math.log(self.spread)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of vessel; veins of the liver's hepatic side come in two."""

    name: str
    kind: Kind
    #: How common it is among found vessels. Portal and hepatic veins are equally many (Almenar 2017: 3,665 and 3,761);
    #: central to sublobular as 3,932 to 662 (the D2-40 study); the others are our choice.
    prior: float
    #: Probability that a section shows a ductule in the same stroma.
    duct: float
    #: The same of an artery.
    artery: float
    #: Probability that the ring around it is hardly, partly, mostly stroma; our choice.
    stroma: tuple[float, float, float]
    #: Probability that it lies in stroma along a tumour's border; our choice.
    capsule: float
    #: Thickness of the wall over diameter of the lumen.
    wall_ratio: LogNormal
    #: Diameter of the circle of the same area, µm.
    diameter_um: LogNormal
    #: Long over short side; our choice.
    elongation: LogNormal


_VEIN = LogNormal(1.6, 0.45)

SORTS = (
    # Wall 2 to 8 µm in small tracts, 10 to 30 in larger ones; half of all veins measure 25 to 60 µm (Almenar 2017).
    Sort(
        "portal vein", Kind.PORTAL, 0.38, 1.00, 0.96, (0.05, 0.25, 0.70), 0.03,
        LogNormal(0.08, 0.6), LogNormal(60, 0.8), _VEIN,
    ),
    # Wall of 1 to 3 µm; the frequency of arteries is our choice: those of a tract that reaches up to it.
    Sort(
        "central vein", Kind.HEPATIC, 0.32, 0.12, 0.05, (0.80, 0.17, 0.03), 0.01,
        LogNormal(0.03, 0.6), LogNormal(60, 0.8), _VEIN,
    ),
    # Wall of 15 to 80 µm; arteries: our choice.
    Sort(
        "sublobular vein", Kind.HEPATIC, 0.06, 0.33, 0.10, (0.70, 0.22, 0.08), 0.02,
        LogNormal(0.15, 0.5), LogNormal(200, 0.6), _VEIN,
    ),
    # 21 and 10 of the 29 veins in capsules; a vein is often wider than the capsule it lies in, so the ring is mixed.
    Sort(
        "vein of the capsule", Kind.CAPSULAR, 0.05, 21 / 29, 10 / 29, (0.25, 0.40, 0.35), 0.95,
        LogNormal(0.08, 0.6), LogNormal(70, 0.7), _VEIN,
    ),
    # Outer 15 to 100 µm, wall to lumen about 1 : 1; it lies in tracts as portal veins do (ducts), a second one beside it
    # in every third (our choice).
    Sort(
        "artery", Kind.ARTERY, 0.16, 0.98, 0.33, (0.04, 0.21, 0.75), 0.05,
        LogNormal(1.0, 0.35), LogNormal(38, 0.5), LogNormal(1.2, 0.2),
    ),
    # In 99.7 % of the stroma around portal veins, but a slit of one layer of cells that H&E seldom tells from a small
    # vein: rare among found vessels, small and without a wall (our choice).
    Sort(
        "lymphatic", Kind.LYMPHATIC, 0.03, 1.00, 0.96, (0.04, 0.21, 0.75), 0.05,
        LogNormal(0.02, 0.5), LogNormal(30, 0.4), LogNormal(2.0, 0.5),
    ),
)  # fmt: skip
