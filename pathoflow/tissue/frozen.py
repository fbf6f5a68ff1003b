"""Whether the slide says of itself that it is a frozen section.

Ice tears cells apart, and what the networks learned of paraffin does not hold there. How a frozen section looks is not told
from its pixels here; two things are taken at their word. The Cancer Genome Atlas names its slides so that the last part says
what they are: ``DX`` is a paraffin section for diagnosis, ``TS``, ``MS`` and ``BS`` are the top, middle and bottom of the
frozen sample. And a file may be called, or hold a header entry that is called, frozen.
"""

from __future__ import annotations

import re

from pathoflow.errors import Code
from pathoflow.slide.reader import SlideInfo
from pathoflow.tissue.flag import Flag

_TCGA = re.compile(r"TCGA-\w{2}-\w{4}-\d{2}[A-Z]-\d{2}-([TMB]S)\w", re.IGNORECASE)
_WORD = re.compile(r"(?<![a-z])frozen(?![a-z])|(?<![a-z])cryosection", re.IGNORECASE)


def check_frozen(info: SlideInfo) -> Flag | None:
    """An error where the name or a header entry says so; names are not repeated, because they may hold a person's."""
    found = _TCGA.search(info.path.stem)
    if found:
        why = f"its name carries {found.group(1).upper()}, which is how TCGA names frozen samples"
    elif _WORD.search(info.path.stem):
        why = "its name says so"
    elif any(_WORD.search(value) for value in info.properties.values()):
        why = "its header says so"
    else:
        return None
    message = (
        f"This is a frozen section ({why}): analyse the paraffin section of the same block instead."
    )
    return Flag(Code.OOD_FROZEN, "error", message)
