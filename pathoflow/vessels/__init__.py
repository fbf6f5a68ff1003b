"""Probability to vessels: labels joined over block borders, outlines, measurements, tables.

probability ─> label_vessels ─> split_touching ─> trace_vessels ─> Vessel records ─> describe_vessels ─> tables
probability ─> trace_regions ─> Region records (the tumour mass)

Names load when they are first used: grading asks this room for the words of `kind` alone, and should not wait for
contours and stores.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathoflow.space.raster import box_around as box_around
    from pathoflow.space.raster import paint_outlines as paint_outlines
    from pathoflow.space.raster import polygons_in as polygons_in
    from pathoflow.vessels.describe import DescribeSettings as DescribeSettings
    from pathoflow.vessels.describe import VesselDescription as VesselDescription
    from pathoflow.vessels.describe import describe_vessels as describe_vessels
    from pathoflow.vessels.either import Either as Either
    from pathoflow.vessels.either import ProbabilityMap as ProbabilityMap
    from pathoflow.vessels.kind import Kind as Kind
    from pathoflow.vessels.kind import MuscularWall as MuscularWall
    from pathoflow.vessels.label import LabelSettings as LabelSettings
    from pathoflow.vessels.label import VesselObject as VesselObject
    from pathoflow.vessels.label import label_vessels as label_vessels
    from pathoflow.vessels.measure import LumenPatch as LumenPatch
    from pathoflow.vessels.measure import VesselShape as VesselShape
    from pathoflow.vessels.measure import measure_vessel as measure_vessel
    from pathoflow.vessels.record import Vessel as Vessel
    from pathoflow.vessels.region import Region as Region
    from pathoflow.vessels.region import RegionSettings as RegionSettings
    from pathoflow.vessels.region import paint_regions as paint_regions
    from pathoflow.vessels.region import trace_regions as trace_regions
    from pathoflow.vessels.split import SplitSettings as SplitSettings
    from pathoflow.vessels.split import split_touching as split_touching
    from pathoflow.vessels.suggest import Evidence as Evidence
    from pathoflow.vessels.suggest import KindSuggestion as KindSuggestion
    from pathoflow.vessels.suggest import suggest_kind as suggest_kind
    from pathoflow.vessels.table import write_csv as write_csv
    from pathoflow.vessels.table import write_geoparquet as write_geoparquet
    from pathoflow.vessels.trace import Traced as Traced
    from pathoflow.vessels.trace import trace_vessels as trace_vessels
    from pathoflow.vessels.window import ClassMap as ClassMap

#: Public name -> the module it lives in.
_HOMES = {
    "ClassMap": "pathoflow.vessels.window",
    "DescribeSettings": "pathoflow.vessels.describe",
    "Either": "pathoflow.vessels.either",
    "ProbabilityMap": "pathoflow.vessels.either",
    "Evidence": "pathoflow.vessels.suggest",
    "Kind": "pathoflow.vessels.kind",
    "KindSuggestion": "pathoflow.vessels.suggest",
    "LabelSettings": "pathoflow.vessels.label",
    "LumenPatch": "pathoflow.vessels.measure",
    "MuscularWall": "pathoflow.vessels.kind",
    "Region": "pathoflow.vessels.region",
    "RegionSettings": "pathoflow.vessels.region",
    "SplitSettings": "pathoflow.vessels.split",
    "Traced": "pathoflow.vessels.trace",
    "Vessel": "pathoflow.vessels.record",
    "VesselDescription": "pathoflow.vessels.describe",
    "VesselObject": "pathoflow.vessels.label",
    "VesselShape": "pathoflow.vessels.measure",
    "box_around": "pathoflow.space.raster",
    "describe_vessels": "pathoflow.vessels.describe",
    "label_vessels": "pathoflow.vessels.label",
    "measure_vessel": "pathoflow.vessels.measure",
    "paint_outlines": "pathoflow.space.raster",
    "paint_regions": "pathoflow.vessels.region",
    "polygons_in": "pathoflow.space.raster",
    "split_touching": "pathoflow.vessels.split",
    "suggest_kind": "pathoflow.vessels.suggest",
    "trace_regions": "pathoflow.vessels.region",
    "trace_vessels": "pathoflow.vessels.trace",
    "write_csv": "pathoflow.vessels.table",
    "write_geoparquet": "pathoflow.vessels.table",
}

__all__ = [
    "ClassMap",
    "DescribeSettings",
    "Either",
    "Evidence",
    "Kind",
    "KindSuggestion",
    "LabelSettings",
    "LumenPatch",
    "MuscularWall",
    "ProbabilityMap",
    "Region",
    "RegionSettings",
    "SplitSettings",
    "Traced",
    "Vessel",
    "VesselDescription",
    "VesselObject",
    "VesselShape",
    "box_around",
    "describe_vessels",
    "label_vessels",
    "measure_vessel",
    "paint_outlines",
    "paint_regions",
    "polygons_in",
    "split_touching",
    "suggest_kind",
    "trace_regions",
    "trace_vessels",
    "write_csv",
    "write_geoparquet",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pathoflow.vessels' has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    # Kept, so the next use is an ordinary look-up.
    globals()[name] = value
    return value
