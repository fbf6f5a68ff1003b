"""Results in the formats of other programs, and outlines from them.

geojson         QuPath 0.5 to 0.7, both ways
"""

from pathoflow.data.outlines import Outline, read_geojson
from pathoflow.interchange.geojson import write_geojson

__all__ = ["Outline", "read_geojson", "write_geojson"]
