"""What simple rankings of the same vessels reach, beside the product's own: figures mean something only beside these.

    python benchmarks/baselines.py --work DIR [--cohort painted-test]

Scores the results that `cohort.py` left in ``DIR``. Every ranking is of the vessels that the product found and does not count
as inside the tumour; a slide's chance ranking is the mean of 200 drawn orders. Writes ``figures/<cohort>-baselines.json``:
sensitivity at 1 and 2 false positives per slide, and the kappa of a reader who calls every case by its commonest grade.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cohort import FIGURES
from shapely.geometry import shape

from pathoflow.metrics import Candidate, SlideHits
from pathoflow.metrics.froc import best_point, froc_curve
from pathoflow.pipeline.scoring import SlideScore, score_slide
from pathoflow.store import ResultFolder, load_result

DRAWS, SEED = 200, 0
Row = dict[str, Any]

#: How each ranking scores a vessel; more is more suspicious.
RANKINGS: dict[str, Callable[[Row], float]] = {
    "product (p_mvi)": lambda row: row["p_mvi"],
    "tumour map inside the lumen": lambda row: row["p_tumour_in_lumen"],
    "share of the lumen under tumour": lambda row: row["tumour_in_lumen_fraction"],
    "number of tumour cells": lambda row: row["n_tumour_cells"] or 0,
    "classifier alone": lambda row: (
        -math.inf if row["classifier_odds"] is None else row["classifier_odds"]
    ),
    "vessel size": lambda row: row["area_um2"],
}


def hits(score: SlideScore, rank: Callable[[Row], float]) -> SlideHits:
    """The vessels of one slide with another score each."""
    rows = [row for row in score.result.vessels if row["location"] != "intratumoral"]
    return SlideHits.of(
        [Candidate(shape(row["outline"]), rank(row)) for row in rows],
        score.reference.positive,
        score.reference.ignored,
    )


def sensitivities(slides: Sequence[SlideHits]) -> dict[str, float]:
    """Sensitivity at 1 and at 2 false positives per slide."""
    curve = froc_curve(slides)
    return {
        f"sensitivity_at_{limit}_fp": best_point(curve, limit).sensitivity for limit in (1.0, 2.0)
    }


def by_chance(scores: Sequence[SlideScore]) -> dict[str, float]:
    """The mean over drawn orders."""
    rng = np.random.default_rng(SEED)
    fixed = [hits(score, lambda row: 0.0) for score in scores]
    drawn = []
    for _ in range(DRAWS):
        slides = [
            SlideHits(tuple(rng.random(len(one.scores))), one.hits, one.n_reference, one.ignored)
            for one in fixed
        ]
        drawn.append(sensitivities(slides))
    return {name: float(np.mean([one[name] for one in drawn])) for name in drawn[0]}


def main() -> None:
    """Rank, keep, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--cohort", default="painted-test")
    given = options.parse_args()
    slides, out = given.work / given.cohort / "slides", given.work / f"{given.cohort}-out"
    scores = [
        score_slide(out / path.stem, path)
        for path in sorted(slides.glob("*.truth"))
        if load_result(ResultFolder(out / path.stem)).status != "failed"
    ]
    told: dict[str, Any] = {
        name: sensitivities([hits(score, rank) for score in scores])
        for name, rank in RANKINGS.items()
    }
    told["chance"] = by_chance(scores)
    grades = json.loads((FIGURES / f"{given.cohort}.json").read_text("utf-8"))["cases"]
    true = Counter(case["grade_true"] for case in grades)
    commonest, n = true.most_common(1)[0]
    told["every case by its commonest grade"] = {
        "grade": commonest,
        "agreement": n / sum(true.values()),
        "kappa": 0.0,
    }
    text = json.dumps(told, indent=2) + "\n"
    (FIGURES / f"{given.cohort}-baselines.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
