"""Numbers that say how good a result is: areas, objects, detections, counts.

The lowest of rooms: arrays and polygons come in, numbers go out. NaN means that there was nothing to
measure. Polygons are valid shapely geometries of one frame; which one does not matter here.
"""

from pathoflow.metrics.counts import CountScore, cell_box, relative_error, score_counts
from pathoflow.metrics.detection import (
    Candidate,
    OperatingPoint,
    SlideHits,
    best_point,
    froc,
    score_at,
)
from pathoflow.metrics.objects import ObjectPair, ObjectScore, match_labels, match_polygons
from pathoflow.metrics.overlap import ClassConfusion, PixelConfusion, dice, iou, polygon_iou

__all__ = [
    "Candidate",
    "ClassConfusion",
    "CountScore",
    "ObjectPair",
    "ObjectScore",
    "OperatingPoint",
    "PixelConfusion",
    "SlideHits",
    "best_point",
    "cell_box",
    "dice",
    "froc",
    "iou",
    "match_labels",
    "match_polygons",
    "polygon_iou",
    "relative_error",
    "score_at",
    "score_counts",
]
