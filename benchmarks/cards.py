"""Write what the bundled networks reached on the painted cohorts into their cards.

    python benchmarks/cards.py

`cohort.py` makes the figures, with the bundled networks; nobody types one. All of them are synthetic.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pathoflow.networks import load_card, save_card

HERE = Path(__file__).parent
BUNDLED = HERE.parent / "pathoflow" / "networks" / "bundled"
COHORTS = ("painted-test", "painted-stress")
#: Which figures of a cohort speak of which network.
FIGURES = {
    "vessel-starter": (
        "vessel_pixel_iou",
        "vessel_f1_at_iou_0.5",
        "vessel_f1_at_iou_0.5_under_60_um",
        "vessel_f1_at_iou_0.5_60_to_200_um",
        "vessel_boundary_f1",
    ),
    "tissue-starter": ("tumour_pixel_iou", "tumour_pixel_dice"),
}


def main() -> None:
    """Rewrite the metrics of both cards; what training wrote there stays."""
    for name, wanted in FIGURES.items():
        card = load_card(BUNDLED / name)
        metrics = dict(card.metrics)
        for cohort in COHORTS:
            figures = json.loads((HERE / "figures" / f"{cohort}.json").read_text(encoding="utf-8"))
            metrics[cohort] = {
                "generators": figures["generator_versions"],
                "slides": figures["counts"]["slides"],
                **{key: figures["figures"][key]["value"] for key in wanted},
            }
        save_card(replace(card, metrics=metrics), BUNDLED / name)


if __name__ == "__main__":
    main()
