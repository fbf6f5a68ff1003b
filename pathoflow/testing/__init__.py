"""Contracts that slide readers, networks, files and methods must keep, for tests of anybody.

Needs pytest. Nothing else of the package imports this room.
"""

from pathoflow.testing.qupath import qupath_problems
from pathoflow.testing.slides import ArrayReader, SlideReaderContract

__all__ = ["ArrayReader", "SlideReaderContract", "qupath_problems"]
