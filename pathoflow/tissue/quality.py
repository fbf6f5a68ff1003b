"""An overview and its tissue to quality flags, the area to leave out, and the tissue that remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code
from pathoflow.tissue.biopsy import BiopsySettings, check_biopsy
from pathoflow.tissue.density import estimate_white
from pathoflow.tissue.dye import StainScale, stain_scale
from pathoflow.tissue.film import FilmSettings, find_film
from pathoflow.tissue.flag import Flag, Severity
from pathoflow.tissue.focus import (
    Field,
    FocusSettings,
    check_focus,
    judged,
    sample_fields,
    typical_red_spread,
)
from pathoflow.tissue.fold import FoldSettings, find_folds
from pathoflow.tissue.frozen import check_frozen
from pathoflow.tissue.mask import TissueMask, TissueSettings, find_tissue
from pathoflow.tissue.overview import Overview, PixelSource, read_overview
from pathoflow.tissue.pen import PenSettings, find_pen
from pathoflow.tissue.stain import StainSettings, check_stain


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Thresholds of every check."""

    tissue: TissueSettings = field(default_factory=TissueSettings)
    stain: StainSettings = field(default_factory=StainSettings)
    pen: PenSettings = field(default_factory=PenSettings)
    focus: FocusSettings = field(default_factory=FocusSettings)
    film: FilmSettings = field(default_factory=FilmSettings)
    fold: FoldSettings = field(default_factory=FoldSettings)
    biopsy: BiopsySettings = field(default_factory=BiopsySettings)
    #: Bubbles, dust and folds on less of the tissue than this are told, but are no reason to look at the slide again: every slide
    #: has some dust.
    warn_fraction: float = 0.001
    #: Coarser than this a nucleus of 7 µm has fewer than 9 pixels across: scans at 10x map vessels, but count no cells.
    max_cell_mpp: float = 0.8


@dataclass(frozen=True)
class QualityReport:
    """What is wrong with a slide, and where.

    Attributes
    ----------
    flags
        Remarks, worst first.
    tissue
        The tissue that the analysis uses.
    excluded_area_um2
        Tissue that was left out of it, µm²; where it lies, the flags' masks say.
    stain
        White and strength of stain of this slide, for whoever looks at nuclei.
    """

    flags: tuple[Flag, ...]
    tissue: TissueMask
    excluded_area_um2: float
    stain: StainScale

    @property
    def is_rejected(self) -> bool:
        """Whether any flag is an error: the slide is not to be trusted."""
        return any(flag.severity == "error" for flag in self.flags)

    @property
    def refuses_grade(self) -> bool:
        """Whether vessels may be listed but no grade given."""
        return self.is_rejected or self.has(Code.BIOPSY)

    @property
    def allows_cell_count(self) -> bool:
        """Whether nuclei are resolved well enough to be counted."""
        return not self.has(Code.RES_TOO_LOW)

    def has(self, code: Code) -> bool:
        """Whether a flag with this code was raised."""
        return any(flag.code is code for flag in self.flags)


def assess(
    overview: Overview,
    tissue: TissueMask,
    fields: Sequence[Field] = (),
    settings: QualitySettings | None = None,
) -> QualityReport:
    """Run every check.

    Parameters
    ----------
    fields
        Measured fields at 1 µm/px (`sample_fields`); without any, focus is not judged.
    """
    settings = settings or QualitySettings()
    pixels, mpp, least = overview.pixels, overview.mpp, settings.tissue.min_piece_um2
    ink = find_pen(pixels, mpp, settings.pen)
    used = tissue.without(ink, least)
    spread = typical_red_spread(fields, settings.focus)
    stain_flag = check_stain(pixels, used.pixels, spread, settings.stain)
    film_flag = fold_flag = None
    # What tells these from tissue are the two dyes of H&E.
    if stain_flag is None:
        film = find_film(pixels, used.pixels, mpp, settings.film, ink) & ~ink & tissue.pixels
        used = tissue.without(ink | film, least)
        film_flag = _film_flag(film, tissue, settings)
        fold_flag = _fold_flag(find_folds(pixels, used.pixels, mpp, settings.fold), used, settings)
    raised = (
        stain_flag,
        _no_tissue(used),
        check_focus(fields, used, settings.focus),
        _pen_flag(ink & tissue.pixels, tissue),
        film_flag,
        fold_flag,
        check_biopsy(used, settings.biopsy),
        _resolution(overview, settings),
        _lost_flag(overview, tissue),
    )
    flags = sorted(
        (flag for flag in raised if flag is not None),
        key=lambda flag: ("error", "warning", "info").index(flag.severity),
    )
    darkness = [field.darkness for field in judged(fields, settings.focus)]
    stain = stain_scale(estimate_white(overview.pixels), darkness)
    return QualityReport(tuple(flags), used, tissue.area_um2 - used.area_um2, stain)


def assess_slide(slide: PixelSource, settings: QualitySettings | None = None) -> QualityReport:
    """Read the overview and the fields of a slide, find its tissue and run every check."""
    settings = settings or QualitySettings()
    overview = read_overview(slide, settings.tissue.working_mpp)
    pixels = find_tissue(overview.pixels, overview.mpp, settings.tissue)
    tissue = TissueMask(pixels, overview.frame, overview.slide_mpp)
    white = estimate_white(overview.pixels)
    fields = sample_fields(slide, tissue, white, settings.focus)
    report = assess(overview, tissue, fields, settings)
    frozen = check_frozen(slide.info)
    return replace(report, flags=(frozen, *report.flags)) if frozen else report


def _no_tissue(tissue: TissueMask) -> Flag | None:
    if tissue.pixels.any():
        return None
    message = (
        "No tissue was found on the slide; check that it is the right file and that it is stained."
    )
    return Flag(Code.NO_TISSUE, "error", message, 0.0)


def _pen_flag(ink: NDArray[np.bool_], tissue: TissueMask) -> Flag | None:
    said = "Ink covers {}; it was left out, look at candidates that touch it."
    return _place_flag(Code.PEN, said, ink, tissue, warn_fraction=0.0)


def _film_flag(
    film: NDArray[np.bool_], tissue: TissueMask, settings: QualitySettings
) -> Flag | None:
    said = "Bubbles, dust or the edge of the coverslip hide {}; it was left out, look at candidates that touch it."
    return _place_flag(Code.ARTEFACT, said, film, tissue, settings.warn_fraction)


def _fold_flag(
    folds: NDArray[np.bool_], tissue: TissueMask, settings: QualitySettings
) -> Flag | None:
    said = "Folds cover {}: cells lie in two layers there, and their count is not to be relied on."
    return _place_flag(Code.FOLD, said, folds, tissue, settings.warn_fraction)


def _place_flag(
    code: Code, said: str, mask: NDArray[np.bool_], tissue: TissueMask, warn_fraction: float
) -> Flag | None:
    """A remark on the tissue under ``mask``; ``said`` has a gap for how much that is."""
    area = float(np.count_nonzero(mask)) * tissue.mpp.pixel_area_um2
    if area == 0:
        return None
    share = area / tissue.area_um2
    severity: Severity = "warning" if share >= warn_fraction else "info"
    message = said.format(f"{area / 1e6:.2g} mm² ({share:.2%} of the tissue)")
    return Flag(code, severity, message, area, mask)


def _lost_flag(overview: Overview, tissue: TissueMask) -> Flag | None:
    if overview.lost is None:
        return None
    area = float(np.count_nonzero(overview.lost)) * tissue.mpp.pixel_area_um2
    message = (
        f"Pixels of {area / 1e6:.2g} mm² of the slide cannot be decoded and were taken for glass; copy the slide again "
        "from the scanner."
    )
    return Flag(Code.TILE_UNREADABLE, "warning", message, area, overview.lost)


def _resolution(overview: Overview, settings: QualitySettings) -> Flag | None:
    mpp = overview.slide_mpp.mean
    if mpp <= settings.max_cell_mpp:
        return None
    message = (
        f"The slide has {mpp:.2f} µm/px, coarser than {settings.max_cell_mpp:g}: vessels are mapped, tumour cells are not "
        "counted; scan at 20x or 40x for a count."
    )
    return Flag(Code.RES_TOO_LOW, "warning", message)
