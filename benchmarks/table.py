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
    "vessel_f1_at_iou_0.5_under_60_um": "vessel detection F1, vessels under 60 µm",
    "vessel_f1_at_iou_0.5_60_to_200_um": "vessel detection F1, 60 to 200 µm",
    "vessel_f1_at_iou_0.5_200_to_600_um": "vessel detection F1, 200 to 600 µm",
    "vessel_boundary_f1": "vessel boundary F1, tolerance 2 µm",
    "mvi_true": "invaded vessels painted",
    "mvi_sensitivity": "invaded vessels called: sensitivity",
    "mvi_false_positives": "invaded vessels called: false positives",
    "mvi_false_positives_per_slide": "invaded vessels called: false positives per slide",
    "mvi_sensitivity_at_1_fp_per_slide": "invaded vessels: sensitivity at 1 false positive per slide",
    "cell_count_median_absolute_error": "tumour cells per invaded vessel: median absolute error",
    "object_f1": "other block and tile sizes: object F1 between the two runs",
    "differing_vessel_pixels": "other block and tile sizes: share of vessel pixels that differ",
    "seconds": "wall seconds",
    "peak_gb": "peak memory, GB",
}


def shown(value: float | dict[str, float | None]) -> str:
    """A number, or one with its interval over cases."""
    if not isinstance(value, dict):
        return f"{value:.4g}"
    if value["low"] is None or value["high"] is None:
        return f"{value['value']:.3g}"
    return f"{value['value']:.3g} ({value['low']:.3g} to {value['high']:.3g})"


def flat(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures of a slide as they are; those of a cohort without what stands round them."""
    return figures | figures.get("counts", {}) | figures.get("figures", {})


def render() -> str:
    """The table, as Markdown."""
    rows = ["| slide or cohort | figure | value |", "|---|---|---|"]
    for path in sorted(FIGURES.glob("*.json")):
        figures = flat(json.loads(path.read_text(encoding="utf-8")))
        for key, name in NAMES.items():
            value = figures.get(key)
            if value is None or (isinstance(value, dict) and value["value"] is None):
                continue
            rows.append(f"| {path.stem} | {name} | {shown(value)} |")
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
