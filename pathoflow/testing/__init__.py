"""Contracts that slide readers, networks and methods must keep, as test classes that anybody can inherit.

Needs pytest. Nothing else of the package imports this room.
"""

from pathoflow.testing.slides import ArrayReader, SlideReaderContract

__all__ = ["ArrayReader", "SlideReaderContract"]
