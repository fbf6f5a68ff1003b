"""How the names of slide files end, and what is left of a name without it."""

from __future__ import annotations

from pathlib import Path

#: What a folder is searched for; a file named by hand may end in anything.
SLIDE_SUFFIXES = frozenset(
    ".svs .ndpi .mrxs .scn .bif .vms .vmu .svslide .tif .tiff .btf .dcm .zarr".split()
)


def slide_stem(name: str) -> str:
    """A slide's id from what a person calls it: folders and the ending of a slide file are dropped.

    Any other dot belongs to the name: ``LIV.01`` stays ``LIV.01``, and so does ``LIV.01.svs``.
    """
    # A table written on another system separates folders its own way.
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    path = Path(last)
    return path.stem if path.suffix.lower() in SLIDE_SUFFIXES | {".toml"} else last
