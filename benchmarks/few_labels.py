"""Write the outcomes of the experiment with few labels, and where training time goes, into ``docs/evsnet.md``.

    python benchmarks/few_labels.py [--work WORK ...]

``WORK`` is the folder of ``pathoflow evaluate evsnet-limited-labels --preset NAME --work WORK``; its outcome is kept in
``benchmarks/figures`` and its plot in ``docs/images``, under the preset's name. Without it, the kept figures are written
again.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from pathoflow.bench import Table, filled

HERE = Path(__file__).parent
FIGURES, DOCS = HERE / "figures", HERE.parent / "docs"
PAGE, IMAGES = DOCS / "evsnet.md", DOCS / "images"


def outcome(name: str) -> str:
    """The tables of ``few-labels-PRESET``, and the plot above them."""
    kept = FIGURES / f"{name}.md"
    if not kept.exists():
        return "Not run yet."
    return f"![Every seed of every arm](images/{name}.png)\n\n" + kept.read_text("utf-8").strip()


def training() -> str:
    """What `training.py` found."""
    kept = FIGURES / "training.json"
    if not kept.exists():
        return "Not measured yet."
    return Table.from_plain(json.loads(kept.read_text("utf-8"))).markdown()


def updated(page: str) -> str:
    """The page with every block in its place."""
    return filled(page, lambda name: training() if name == "training" else outcome(name))


def main() -> None:
    """Keep what is new, write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, nargs="*", default=[])
    for work in options.parse_args().work:
        name = f"few-labels-{json.loads((work / 'outcome.json').read_text('utf-8'))['preset']}"
        for suffix, folder in ((".md", FIGURES), (".json", FIGURES), (".png", IMAGES)):
            shutil.copyfile(work / f"outcome{suffix}", folder / f"{name}{suffix}")
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
