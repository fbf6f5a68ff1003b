"""What this machine can do: how fast slides are read, networks run, and whole slides go through, as ratios.

read        pixels per CPU-second of the readers beside plain decoding
engine      pixels per CPU-second of the backends, and whether they agree; tiles are what they are asked
scale       time per tissue and memory of whole runs; slides of any size are repeated small ones
measure     median wall and CPU-seconds of several ways to do one thing, in turns
table       the figures as text or JSON
page        the figures in their places on a page

Times on a shared machine tell of its other users too, so every table compares ways that were measured in turns within
one run.
"""

from pathoflow.bench.measure import Cost, measure
from pathoflow.bench.page import filled
from pathoflow.bench.table import Table

__all__ = ["Cost", "Table", "filled", "measure"]
