"""What this machine can do: how fast slides are read, networks run, and whole slides go through, as ratios.

measure     median wall and CPU-seconds of several ways to do one thing, in turns
table       the figures as text or JSON
read        pixels per CPU-second of the readers beside plain decoding

Times on a shared machine tell of its other users too, so every table compares ways that were measured in turns within
one run.
"""

from pathoflow.bench.measure import Cost, measure
from pathoflow.bench.table import Table

__all__ = ["Cost", "Table", "measure"]
