"""Pixels of a vessel to the number of tumour cells in its lumen, with an interval."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.cells.classify import (
    ClassifiedNuclei,
    ClassifySettings,
    NucleusClass,
    classify_nuclei,
)
from pathoflow.cells.detect import Nuclei, NucleusSettings, detect_nuclei
from pathoflow.errors import UsageError
from pathoflow.tissue import StainScale


@dataclass(frozen=True, slots=True)
class CountSettings:
    """How scores become a count; every field carries its reason."""

    nucleus: NucleusSettings = field(default_factory=NucleusSettings)
    classify: ClassifySettings = field(default_factory=ClassifySettings)
    #: A nucleus counts when it is more likely a tumour cell than not.
    score: float = 0.5
    #: Bounds of the interval: nearly sure, and not excluded.
    strict_score: float = 0.8
    lenient_score: float = 0.2
    #: Caps smaller than this may belong to a nucleus that was counted beside it: not in the strict count.
    strict_area_um2: float = 25.0
    #: A blob this many times the typical tumour nucleus may hide two: the lenient count takes it so.
    double_area: float = 1.7
    #: Territory of a tumour cell: sheets of 2,500 to 6,000 cells per mm² leave 7 to 11 µm of radius to each.
    territory_radius_um: float = 12.0


@dataclass(frozen=True)
class CellCount:
    """Tumour cells in one lumen.

    Attributes
    ----------
    n, low, high
        Best count, strict count and lenient count; ``low <= n <= high``.
    centres_px
        Rows of (y, x) of the counted tumour cells, in pixels of the crop, shape ``(n, 2)``.
    tumour_area_um2
        Territory of the counted cells inside the lumen, µm².
    inside_area_um2
        Area of the lumen, µm².
    classes
        How many nuclei of the lumen fell to each class.
    """

    n: int
    low: int
    high: int
    centres_px: NDArray[np.float64]
    tumour_area_um2: float
    inside_area_um2: float
    classes: dict[NucleusClass, int]

    @property
    def tumour_fraction(self) -> float:
        """Share of the lumen that tumour cells take; 0 for an empty lumen."""
        return self.tumour_area_um2 / self.inside_area_um2 if self.inside_area_um2 else 0.0


def count_tumour_cells(
    rgb: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    mpp: float,
    settings: CountSettings | None = None,
    scale: StainScale | None = None,
) -> CellCount:
    """Count the tumour cells whose nucleus has its centre in the lumen.

    Parameters
    ----------
    rgb
        Pixels of the vessel with some surroundings, shape ``(h, w, 3)``.
    inside
        True in the lumen, plug included, shape ``(h, w)``.
    mpp
        Micrometres per pixel.
    scale
        White and strength of stain of the slide (`pathoflow.tissue.QualityReport.stain`).

    Raises
    ------
    UsageError
        The shapes differ, the crop is too coarse, or too large for one call.
    """
    if rgb.shape[:2] != inside.shape:
        raise UsageError(
            f"The lumen's mask has shape {inside.shape}, its pixels {rgb.shape[:2]}; cut both from one box."
        )
    settings = settings or CountSettings()
    nuclei = detect_nuclei(rgb, mpp, settings.nucleus, scale)
    found = classify_nuclei(nuclei.where(_lies_inside(nuclei, inside)), mpp, settings.classify)
    counted = found.tumour_score >= settings.score
    low, high = _interval(found, settings)
    centres = found.nuclei.centres_px[counted]
    n = len(centres)
    return CellCount(
        n=n,
        low=min(low, n),
        high=max(high, n),
        centres_px=centres,
        tumour_area_um2=_territory(centres, inside, mpp, settings.territory_radius_um),
        inside_area_um2=float(np.count_nonzero(inside)) * mpp**2,
        classes=found.count(),
    )


def _lies_inside(nuclei: Nuclei, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    y, x = np.rint(nuclei.centres_px).astype(np.intp).T
    height, width = inside.shape
    return np.asarray(inside[y.clip(0, height - 1), x.clip(0, width - 1)], dtype=np.bool_)


def _interval(found: ClassifiedNuclei, settings: CountSettings) -> tuple[int, int]:
    """Strict and lenient count."""
    area, score = found.nuclei.area_um2, found.tumour_score
    strict = (score >= settings.strict_score) & (area >= settings.strict_area_um2)
    lenient = score >= settings.lenient_score
    typical = settings.classify.looks[NucleusClass.TUMOUR].area_um2
    doubles = lenient & (area >= settings.double_area * typical)
    return int(strict.sum()), int(lenient.sum() + doubles.sum())


def _territory(
    centres_px: NDArray[np.float64], inside: NDArray[np.bool_], mpp: float, radius_um: float
) -> float:
    """Area of the lumen within ``radius_um`` of a counted nucleus, µm²."""
    if not len(centres_px):
        return 0.0
    y, x = np.rint(centres_px).astype(np.intp).T
    elsewhere = np.ones(inside.shape, dtype=bool)
    elsewhere[y, x] = False
    near = ndi.distance_transform_edt(elsewhere) * mpp <= radius_um
    return float(np.count_nonzero(near & inside)) * mpp**2
