"""Write the outcome of the experiment with few labels, and where training time goes, into ``docs/evsnet.md``.

    python benchmarks/few_labels.py [--work WORK]

``WORK`` is the folder of ``pathoflow evaluate evsnet-limited-labels --work WORK``; its outcome is kept in
``benchmarks/figures`` and its plot in ``docs/images``. Without it, the kept figures are written again.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

from pathoflow.bench import Table

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
    figures = json.loads(kept.read_text("utf-8"))
    rows = figures["rows"]
    values = [list(row.values()) for row in rows]
    return Table(figures["title"], list(rows[0]), values, figures["notes"]).markdown()


def updated(page: str) -> str:
    """``page`` with what is between its markers made anew."""
    for name, text in (("few-labels", outcome()), ("training", training())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
        block = f"{begin}\n{text.strip()}\n{end}"
        page = pattern.sub(lambda _, block=block: block, page)
    return page


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
