"""Write the figures of painted slides into ``docs/phantom.md``, between its markers.

    python benchmarks/phantom_page.py

`painting.py`, `realism.py` and `fairness.py` make the figures; nobody types one.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from pathoflow.bench import filled

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "phantom.md"


def block(name: str) -> str:
    """Table, verdict and picture of one benchmark, or that nobody has run it yet."""
    path = HERE / "figures" / f"{name}.json"
    if not path.exists():
        return f"Not measured yet: run `benchmarks/{name}.py`."
    figures = json.loads(path.read_text(encoding="utf-8"))
    lines = [runpy.run_path(str(HERE / f"{name}.py"))["table_of"](figures), ""]
    if name == "fairness":
        lines += [f"{key.replace('_', ' ')}: {n}  " for key, n in figures["truth"].items()]
        ratio = figures["best_trivial_over_network"]
        shown = "no verdict without a network run" if ratio is None else f"{ratio:.2f}"
        lines += [f"Best trivial detector over network: {shown} ({figures['verdict']}).", ""]
    if path.with_suffix(".png").exists():
        lines.append(f"![{name}](../benchmarks/figures/{name}.png)")
    return "\n".join(lines).rstrip()


def updated(page: str) -> str:
    """The page with every block in its place."""
    return filled(page, block)


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
