"""Patches to learn from: pixels, outlines, and whose they are.

    slide + GeoJSON   labelled ──┐
    pictures + masks  folders  ──┤
    painted slides    painted  ──┼──► PatchSet ──► splits by patient ──► train | validation
                      blurred  ──┘
    slide             labelled ─────► Pictures, without any labels

`load_data` does all of it from settings (sources); outlines reads GeoJSON, bank keeps what was painted.
"""

from pathoflow.data.blurred import BlurredSpec, blurred_patches
from pathoflow.data.folders import Crops, FolderSource, labelled_crops, unlabelled_crops
from pathoflow.data.labelled import LabelSettings, label_patches
from pathoflow.data.outlines import Outline, read_geojson
from pathoflow.data.painted import PAINTED_CLASSES, PaintedData, paint_bank
from pathoflow.data.painted_cells import (
    CELL_CLASSES,
    CellPlaces,
    PaintedCellData,
    paint_cell_bank,
)
from pathoflow.data.patches import PatchSet, Pictures, join, join_pictures
from pathoflow.data.sources import (
    DataSettings,
    Loaded,
    SlideSource,
    load_data,
    load_labelled,
    load_painted,
    load_unlabelled,
)
from pathoflow.data.splits import assert_disjoint, split_by_group
from pathoflow.data.unlabelled import unlabelled_patches

__all__ = [
    "CELL_CLASSES",
    "PAINTED_CLASSES",
    "BlurredSpec",
    "CellPlaces",
    "Crops",
    "DataSettings",
    "FolderSource",
    "LabelSettings",
    "Loaded",
    "Outline",
    "PaintedCellData",
    "PaintedData",
    "PatchSet",
    "Pictures",
    "SlideSource",
    "assert_disjoint",
    "blurred_patches",
    "join",
    "join_pictures",
    "label_patches",
    "labelled_crops",
    "load_data",
    "load_labelled",
    "load_painted",
    "load_unlabelled",
    "paint_bank",
    "paint_cell_bank",
    "read_geojson",
    "split_by_group",
    "unlabelled_crops",
    "unlabelled_patches",
]
