"""Numbers that say how good a result is: areas, outlines, objects, detections, counts, agreement.

The lowest of rooms: arrays and polygons come in, numbers go out. NaN means that there was nothing to
measure. Polygons are valid shapely geometries of one frame; which one does not matter here.

overlap, boundary, objects, jaccard, bins   vessels as areas, outlines and objects
nuclei                                      nuclei found and named
detection -> froc, gallery                  invaded vessels as finds and false positives
counts, agreement, calibration              numbers of cells, grades, scores
bootstrap                                   intervals of all of them, by drawing cases
"""

from pathoflow.metrics.agreement import Weights, cohen_kappa, rating_table
from pathoflow.metrics.bins import (
    DIAMETER_BINS,
    DiameterBin,
    diameter_bin,
    equivalent_diameter_um,
    split_jaccard,
    split_objects,
)
from pathoflow.metrics.bootstrap import Figures, Interval, bootstrap
from pathoflow.metrics.boundary import (
    TOLERANCE_UM,
    BoundaryAgreement,
    boundary_f1,
    boundary_of,
    halo_px,
)
from pathoflow.metrics.calibration import N_BINS, Calibration, ReliabilityBin
from pathoflow.metrics.counts import (
    CELL_BOXES,
    CountScore,
    box_table,
    cell_box,
    relative_error,
    score_counts,
)
from pathoflow.metrics.detection import HIT_IOU, Candidate, SlideHits
from pathoflow.metrics.froc import (
    FALSE_RATES,
    FrocEvents,
    OperatingPoint,
    best_point,
    froc_curve,
    score_at,
)
from pathoflow.metrics.gallery import FOUND_WITHIN, PPV_LENGTHS, GalleryScore, score_gallery
from pathoflow.metrics.jaccard import AggregatedJaccard, JaccardParts, jaccard_parts
from pathoflow.metrics.nuclei import MATCH_UM, MarkedNuclei, NucleusScore, match_nuclei
from pathoflow.metrics.objects import ObjectPair, ObjectScore, match_labels, match_polygons
from pathoflow.metrics.overlap import (
    ClassConfusion,
    PixelConfusion,
    dice,
    iou,
    polygon_iou,
    ratio,
)

__all__ = [
    "CELL_BOXES",
    "DIAMETER_BINS",
    "FALSE_RATES",
    "FOUND_WITHIN",
    "HIT_IOU",
    "MATCH_UM",
    "N_BINS",
    "PPV_LENGTHS",
    "TOLERANCE_UM",
    "AggregatedJaccard",
    "BoundaryAgreement",
    "Calibration",
    "Candidate",
    "ClassConfusion",
    "CountScore",
    "DiameterBin",
    "Figures",
    "FrocEvents",
    "GalleryScore",
    "Interval",
    "JaccardParts",
    "MarkedNuclei",
    "NucleusScore",
    "ObjectPair",
    "ObjectScore",
    "OperatingPoint",
    "PixelConfusion",
    "ReliabilityBin",
    "SlideHits",
    "Weights",
    "best_point",
    "bootstrap",
    "boundary_f1",
    "boundary_of",
    "box_table",
    "cell_box",
    "cohen_kappa",
    "diameter_bin",
    "dice",
    "equivalent_diameter_um",
    "froc_curve",
    "halo_px",
    "iou",
    "jaccard_parts",
    "match_labels",
    "match_nuclei",
    "match_polygons",
    "polygon_iou",
    "rating_table",
    "ratio",
    "relative_error",
    "score_at",
    "score_counts",
    "score_gallery",
    "split_jaccard",
    "split_objects",
]
