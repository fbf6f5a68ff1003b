"""Where the tissue is, and what is wrong with the slide.

`assess_slide` reads one overview at 8 µm/px and a few hundred small fields at 1 µm/px, and returns the tissue to analyse, the area
to leave out, and quality flags with stable codes.
"""

from pathoflow.tissue.biopsy import BiopsySettings, check_biopsy
from pathoflow.tissue.density import (
    DEFAULT_WHITE,
    density_shares,
    estimate_white,
    optical_density,
)
from pathoflow.tissue.dye import StainScale, haematoxylin_amount, stain_scale
from pathoflow.tissue.film import FilmSettings, find_film
from pathoflow.tissue.flag import Flag, Severity
from pathoflow.tissue.focus import Field, FocusSettings, check_focus, sample_fields
from pathoflow.tissue.fold import FoldSettings, find_folds
from pathoflow.tissue.mask import TissueMask, TissuePiece, TissueSettings, find_tissue
from pathoflow.tissue.overview import Overview, PixelSource, read_overview
from pathoflow.tissue.pen import PenSettings, find_pen
from pathoflow.tissue.planes import bands, count_labels, look_up
from pathoflow.tissue.quality import QualityReport, QualitySettings, assess, assess_slide
from pathoflow.tissue.stain import StainSettings, check_stain

__all__ = [
    "DEFAULT_WHITE",
    "BiopsySettings",
    "Field",
    "FilmSettings",
    "Flag",
    "FocusSettings",
    "FoldSettings",
    "Overview",
    "PenSettings",
    "PixelSource",
    "QualityReport",
    "QualitySettings",
    "Severity",
    "StainScale",
    "StainSettings",
    "TissueMask",
    "TissuePiece",
    "TissueSettings",
    "assess",
    "assess_slide",
    "bands",
    "check_biopsy",
    "check_focus",
    "check_stain",
    "count_labels",
    "density_shares",
    "estimate_white",
    "find_film",
    "find_folds",
    "find_pen",
    "find_tissue",
    "haematoxylin_amount",
    "look_up",
    "optical_density",
    "read_overview",
    "sample_fields",
    "stain_scale",
]
