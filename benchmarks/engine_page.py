"""Write the figures of the engine into ``docs/engine.md``, between its markers.

    python benchmarks/engine_page.py

`pathoflow bench`, `efficiency.py`, `cluster.py`, `faults.py` and `peers/compare.py` make the figures; nobody types one.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

from pathoflow.bench import Table, filled

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "engine.md"


def block(name: str) -> str:
    """One benchmark's table, or that nobody has run it yet."""
    path = HERE / "figures" / f"{name}.json"
    if not path.exists():
        return "Not measured yet."
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if name.startswith("peers-"):
        text: str = runpy.run_path(str(HERE / "peers" / "compare.py"))["markdown"](figures)
        return text
    if name == "faults":
        return night(figures)
    tables = figures.get("tables", [figures])
    return "\n\n".join(Table.from_plain(one).markdown() for one in tables)


def night(figures: dict[str, Any]) -> str:
    """The bad night."""
    differ = figures["files_that_differ"]
    lines = [
        f"{figures['slides']} slides, {figures['kills']} times `kill -9` after {min(figures['killed_after_s'])} to "
        f"{max(figures['killed_after_s'])} s of work each (undisturbed: {figures['undisturbed_s']} s in all). Of "
        f"{figures['files']} files {'none differs' if not differ else ', '.join(differ) + ' differ'}.",
        "",
        "| odd slide | status | codes |",
        "|---|---|---|",
        *(f"| {row['slide']} | {row['status']} | {row['codes']} |" for row in figures["odd_batch"]),
    ]
    return "\n".join(lines)


def updated(page: str) -> str:
    """The page with every block in its place."""
    return filled(page, block)


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
