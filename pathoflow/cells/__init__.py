"""Tumour cells in a vessel: nuclei found, named and counted, with an interval.

    pixels of one vessel -> nuclei -> classes and a tumour score each -> a count [strict, lenient] and the area they take

All of it is classical and explains itself; only nuclei whose centre lies in the lumen count.
"""

from pathoflow.cells.classify import (
    ClassifiedNuclei,
    ClassifySettings,
    NucleusClass,
    NucleusLook,
    classify_nuclei,
)
from pathoflow.cells.count import CellCount, CountSettings, count_tumour_cells
from pathoflow.cells.detect import Nuclei, NucleusSettings, detect_nuclei, segment_nuclei

__all__ = [
    "CellCount",
    "ClassifiedNuclei",
    "ClassifySettings",
    "CountSettings",
    "Nuclei",
    "NucleusClass",
    "NucleusLook",
    "NucleusSettings",
    "classify_nuclei",
    "count_tumour_cells",
    "detect_nuclei",
    "segment_nuclei",
]
