"""Results in the formats of other programs, and outlines from them.

geojson         QuPath 0.5 to 0.7, both ways
"""

from pathoflow.interchange.geojson import Outline, read_geojson, write_geojson

__all__ = ["Outline", "read_geojson", "write_geojson"]
