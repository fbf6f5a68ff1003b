"""Write the figures of ``benchmarks/figures/*.json`` into the README, between its two markers.

    python benchmarks/table.py

`main_job.py` makes the figures; nobody types one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FIGURES = Path(__file__).parent / "figures"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

#: Key in the JSON -> how the README calls it; anything else in the JSON is left out.
NAMES = {
    "vessels_true": "vessels painted",
    "vessel_f1_at_iou_0.5": "vessel detection F1 at IoU 0.5",
    "vessel_pixel_iou": "vessel pixel IoU",
    "tumour_pixel_iou": "tumour pixel IoU",
    "mvi_true": "invaded vessels painted",
    "mvi_sensitivity": "invaded vessels called: sensitivity",
    "mvi_false_positives": "invaded vessels called: false positives",
    "cell_count_median_absolute_error": "tumour cells per invaded vessel: median absolute error",
    "object_f1": "other block and tile sizes: object F1 between the two runs",
    "differing_vessel_pixels": "other block and tile sizes: share of vessel pixels that differ",
    "seconds": "wall seconds",
    "peak_gb": "peak memory, GB",
}


def render() -> str:
    """The table, as Markdown."""
    rows = ["| slide | figure | value |", "|---|---|---|"]
    for path in sorted(FIGURES.glob("*.json")):
        figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows += [
            f"| {path.stem} | {NAMES[k]} | {figures[k]:.4g} |"
            for k in NAMES
            if figures.get(k) is not None
        ]
    return "\n".join(rows)


def updated(page: str) -> str:
    """The README's text with the table in its place."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{render()}\n{END}{after}"


def main() -> None:
    """Rewrite the README."""
    readme = ROOT / "README.md"
    readme.write_text(updated(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
