"""Tumour cells in a vessel: nuclei found, named and counted, with an interval.

    pixels of one vessel ─┬─> network: maps of classes ──> highest places ─┬─> named nuclei ─> count [low, high] ─> box of 50
                          └─> detect: blobs ──> classify: their looks ─────┘                 └─> attachment

`CellCounter` does it by a network, or without one by classical means that explain themselves; both give the same kind
of count, which says by whom it was made. Only nuclei whose centre lies in the lumen count.
"""

from pathoflow.cells.attachment import Attachment, AttachmentSettings, attachment_of
from pathoflow.cells.classify import ClassifySettings, NucleusLook, classify_nuclei
from pathoflow.cells.count import CellCount, CountSettings, join_counts
from pathoflow.cells.counter import CellCounter, count_tumour_cells
from pathoflow.cells.detect import Nuclei, NucleusSettings, detect_nuclei, segment_nuclei
from pathoflow.cells.interval import Box50, CountCalibration, box50, fit_calibration
from pathoflow.cells.named import CLASSICAL, NamedNuclei, NucleusClass
from pathoflow.cells.network import CARD_CLASSES, MapSettings, find_nuclei, nuclei_from_maps

__all__ = [
    "CARD_CLASSES",
    "CLASSICAL",
    "Attachment",
    "AttachmentSettings",
    "Box50",
    "CellCount",
    "CellCounter",
    "ClassifySettings",
    "CountCalibration",
    "CountSettings",
    "MapSettings",
    "NamedNuclei",
    "Nuclei",
    "NucleusClass",
    "NucleusLook",
    "NucleusSettings",
    "attachment_of",
    "box50",
    "classify_nuclei",
    "count_tumour_cells",
    "detect_nuclei",
    "find_nuclei",
    "fit_calibration",
    "join_counts",
    "nuclei_from_maps",
    "segment_nuclei",
]
