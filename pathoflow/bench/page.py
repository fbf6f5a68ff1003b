"""Pages whose figures nobody types: what stands between their markers is made anew."""

from __future__ import annotations

import re
from collections.abc import Callable


def filled(page: str, block: Callable[[str], str]) -> str:
    """``page`` with ``block(name)`` between every pair of markers ``<!-- name: begin -->`` and ``<!-- name: end -->``."""
    for name in re.findall(r"<!-- ([\w-]+): begin -->", page):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n{block(name)}\n{end}{after}"
    return page
