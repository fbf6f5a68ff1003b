"""Which pieces of a slide are read: blocks on a lattice, and tiles with a halo inside a block."""

from pathoflow.tiles.lattice import Block, Lattice
from pathoflow.tiles.plan import Tile, plan_tiles

__all__ = ["Block", "Lattice", "Tile", "plan_tiles"]
