"""Probability to vessels: labels joined over block borders, outlines, measurements, tables.

probability ─> label_vessels ─> trace_vessels ─> Vessel records ─> tables
probability ─> trace_regions ─> Region records (the tumour mass)
"""

from pathoflow.space.raster import box_around, paint_outlines, polygons_in
from pathoflow.vessels.label import LabelSettings, VesselObject, label_vessels
from pathoflow.vessels.record import Vessel
from pathoflow.vessels.region import Region, RegionSettings, paint_regions, trace_regions
from pathoflow.vessels.table import write_csv, write_geoparquet
from pathoflow.vessels.trace import Traced, trace_vessels

__all__ = [
    "LabelSettings",
    "Region",
    "RegionSettings",
    "Traced",
    "Vessel",
    "VesselObject",
    "box_around",
    "label_vessels",
    "paint_outlines",
    "paint_regions",
    "polygons_in",
    "trace_regions",
    "trace_vessels",
    "write_csv",
    "write_geoparquet",
]
