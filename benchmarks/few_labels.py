"""Write the outcome of the experiment with few labels, and where training time goes, into ``docs/evsnet.md``.

    python benchmarks/few_labels.py [--work WORK]

``WORK`` is the folder of ``pathoflow evaluate evsnet-limited-labels --work WORK``; its outcome is kept in
``benchmarks/figures`` and its plot in ``docs/images``. Without it, the kept figures are written again.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from pathoflow.bench import Table, filled

HERE = Path(__file__).parent
FIGURES, DOCS = HERE / "figures", HERE.parent / "docs"
PAGE, PLOT = DOCS / "evsnet.md", DOCS / "images" / "few-labels.png"


def outcome() -> str:
    """The tables, and the plot above them."""
    kept = FIGURES / "few-labels.md"
    if not kept.exists():
        return "Not finished yet."
    return f"![Every seed of every arm](images/{PLOT.name})\n\n" + kept.read_text("utf-8").strip()


def training() -> str:
    """What `training.py` found."""
    kept = FIGURES / "training.json"
    if not kept.exists():
        return "Not measured yet."
    return Table.from_plain(json.loads(kept.read_text("utf-8"))).markdown()


def updated(page: str) -> str:
    """The page with every block in its place."""
    blocks = {"few-labels": outcome, "training": training}
    return filled(page, lambda name: blocks[name]())


def main() -> None:
    """Keep what is new, write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path)
    work = options.parse_args().work
    if work is not None:
        shutil.copyfile(work / "outcome.md", FIGURES / "few-labels.md")
        shutil.copyfile(work / "outcome.json", FIGURES / "few-labels.json")
        shutil.copyfile(work / "outcome.png", PLOT)
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
