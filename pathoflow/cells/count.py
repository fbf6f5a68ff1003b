"""Named nuclei of a lumen to the number of its tumour cells, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.cells.classify import ClassifySettings
from pathoflow.cells.detect import NucleusSettings
from pathoflow.cells.interval import Box50, CountCalibration, box50
from pathoflow.cells.named import NamedNuclei, NucleusClass
from pathoflow.cells.network import MapSettings
from pathoflow.errors import UsageError


@dataclass(frozen=True, slots=True)
class CountSettings:
    """How nuclei become a count; every field carries its reason."""

    #: The classical detector: its nuclei and their classes.
    nucleus: NucleusSettings = field(default_factory=NucleusSettings)
    classify: ClassifySettings = field(default_factory=ClassifySettings)
    #: A network's maps.
    maps: MapSettings = field(default_factory=MapSettings)
    #: A nucleus counts when it is more likely a tumour cell than not.
    score: float = 0.5
    #: Of the classical detector, measured with `fit_calibration` on invaded veins of eight painted slides of the train
    #: family. Its scores are cautious: of four cells in a plug it expects three.
    classical: CountCalibration = field(default_factory=lambda: CountCalibration(1.33, 0.127, 89))
    #: Territory of a tumour cell: sheets of 2,500 to 6,000 cells per mm² leave 7 to 11 µm of radius to each.
    territory_radius_um: float = 12.0


@dataclass(frozen=True)
class CellCount:
    """Tumour cells in one lumen, or in one piece of it (`join_counts`).

    Attributes
    ----------
    n
        Nuclei that are tumour cells rather than anything else.
    expected, variance
        ``m`` and ``v`` of `pathoflow.cells.interval`.
    centres_px
        Rows of (y, x) of the counted tumour cells, in pixels of the crop, shape ``(n, 2)``.
    tumour_area_um2
        Territory of the counted cells inside the lumen, µm².
    inside_area_um2
        Area of the lumen, µm².
    classes
        How many nuclei of the lumen fell to each class.
    calibration
        What the interval rests on.
    method
        ``network:<name>`` or ``classical``.
    """

    n: int
    expected: float
    variance: float
    centres_px: NDArray[np.float64]
    tumour_area_um2: float
    inside_area_um2: float
    classes: dict[NucleusClass, int]
    calibration: CountCalibration
    method: str

    @property
    def interval(self) -> tuple[int, int]:
        """Least and greatest number of tumour cells, nine times out of ten; it always holds `n`."""
        low, high = self.calibration.interval(self.expected, self.variance)
        return min(low, self.n), max(high, self.n)

    @property
    def low(self) -> int:
        """The interval's lower end."""
        return self.interval[0]

    @property
    def high(self) -> int:
        """The interval's upper end."""
        return self.interval[1]

    @property
    def box(self) -> Box50:
        """At most 50 cells, more than 50, or undetermined."""
        return box50(self.interval)

    @property
    def tumour_fraction(self) -> float:
        """Share of the lumen that tumour cells take; 0 for an empty lumen."""
        return self.tumour_area_um2 / self.inside_area_um2 if self.inside_area_um2 else 0.0

    def moved(self, dy_px: float, dx_px: float) -> CellCount:
        """The same with its centres elsewhere, so that pieces of one lumen share a frame."""
        return replace(self, centres_px=self.centres_px + np.array([dy_px, dx_px]))


def join_counts(pieces: Sequence[CellCount]) -> CellCount:
    """The count of a lumen that was read in pieces which do not overlap; centres are in one frame (`CellCount.moved`).

    Raises
    ------
    UsageError
        There is no piece, or they were counted in different ways.
    """
    if not pieces or len({piece.method for piece in pieces}) > 1:
        methods = sorted({piece.method for piece in pieces})
        raise UsageError(
            f"Pieces of one lumen must be counted in one way, not {len(methods)} ({', '.join(methods)}): "
            "count all of them anew."
        )
    first = pieces[0]
    return CellCount(
        n=sum(piece.n for piece in pieces),
        expected=sum(piece.expected for piece in pieces),
        variance=sum(piece.variance for piece in pieces),
        centres_px=np.concatenate([piece.centres_px for piece in pieces]),
        tumour_area_um2=sum(piece.tumour_area_um2 for piece in pieces),
        inside_area_um2=sum(piece.inside_area_um2 for piece in pieces),
        classes={name: sum(piece.classes[name] for piece in pieces) for name in first.classes},
        calibration=first.calibration,
        method=first.method,
    )


def count_named(
    nuclei: NamedNuclei,
    inside: NDArray[np.bool_],
    mpp: float,
    calibration: CountCalibration,
    settings: CountSettings,
) -> CellCount:
    """Count the tumour cells among the nuclei of a lumen, all of which have their centre in it."""
    score = nuclei.tumour_score
    centres = nuclei.centres_px[score >= settings.score]
    return CellCount(
        n=len(centres),
        expected=float(score.sum()),
        variance=float((score * (1 - score)).sum()),
        centres_px=centres,
        tumour_area_um2=_territory(centres, inside, mpp, settings.territory_radius_um),
        inside_area_um2=float(np.count_nonzero(inside)) * mpp**2,
        classes=nuclei.count(),
        calibration=calibration,
        method=nuclei.method,
    )


def lies_inside(centres_px: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which centres lie on a true pixel of ``inside``."""
    y, x = np.rint(centres_px).astype(np.intp).T
    height, width = inside.shape
    return np.asarray(inside[y.clip(0, height - 1), x.clip(0, width - 1)], dtype=np.bool_)


def _territory(
    centres_px: NDArray[np.float64], inside: NDArray[np.bool_], mpp: float, radius_um: float
) -> float:
    """Area of the lumen within ``radius_um`` of a counted nucleus, µm²."""
    if not len(centres_px):
        return 0.0
    y, x = np.rint(centres_px).astype(np.intp).T
    height, width = inside.shape
    elsewhere = np.ones(inside.shape, dtype=bool)
    elsewhere[y.clip(0, height - 1), x.clip(0, width - 1)] = False
    near = ndi.distance_transform_edt(elsewhere) * mpp <= radius_um
    return float(np.count_nonzero(near & inside)) * mpp**2
