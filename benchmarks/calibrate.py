"""Measure on painted slides set aside what the bundled cards carry beside weights: how counts and probabilities relate to truth.

    python benchmarks/calibrate.py --work DIR [counts|weights]

``counts`` counts the tumour cells in the true lumina of invaded veins and writes ``calibration.count`` into the card of
``cells-starter`` (`pathoflow.cells.interval`). ``weights`` runs the slides as a user does and writes ``combination`` into
the card of ``classifier-starter`` (`pathoflow.loopnet.combine`), with the reliability of the probabilities it gives by
leaving out one case after the other, in ``figures/calibration.json`` and ``figures/calibration.png``. Slides are those of
``specs/painted-calibration.toml``, of the train family and of seeds that no network has learned from. In this order: the
second rests on the first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from cohort import FIGURES, SPECS, pathoflow
from reliability import plot_reliability

from pathoflow.cells import CellCount, CellCounter
from pathoflow.cells.interval import CARD_KEY, fit_calibration
from pathoflow.loopnet import KnownVessel, fit_combination, load_vessel_card, save_vessel_card
from pathoflow.metrics import Calibration
from pathoflow.networks import find_network, load_card, load_network, save_card
from pathoflow.phantom import Truth, plan_slide
from pathoflow.phantom.recipe.spec_file import parse_spec
from pathoflow.pipeline.scoring import score_slide
from pathoflow.pipeline.scoring.weigh import judged_vessels
from pathoflow.slide import Slide, open_slide
from pathoflow.space import Frame
from pathoflow.vessels import box_around, paint_outlines

COHORT = "painted-calibration"
SET_NAME = "vessels of twelve painted slides set aside"
#: Wider veins are many pieces for few numbers.
_WIDEST_UM, _HALO_PX, _MPP = 700.0, 32, 0.5


def calibrate_counts(slides: Path) -> dict[str, Any]:
    """Fit the count's calibration and write it into the card."""
    folder = find_network("cells-starter")
    counter = CellCounter.of(load_network(folder, "cpu", "torch"))
    counted = [pair for path in sorted(slides.glob("*.truth")) for pair in _counts(path, counter)]
    expected, variance, true = (
        [count.expected for count, _ in counted],
        [count.variance for count, _ in counted],
        [n for _, n in counted],
    )
    fitted = fit_calibration(expected, variance, true)
    card = load_card(folder)
    calibration = {**(card.calibration or {}), CARD_KEY: asdict(fitted)}
    save_card(replace(card, calibration=calibration), folder)
    errors = [abs(count.n - n) / n for count, n in counted]
    return {**asdict(fitted), "median_relative_error": round(float(np.median(errors)), 4)}


def _counts(truth_folder: Path, counter: CellCounter) -> Iterator[tuple[CellCount, int]]:
    """The count and the true number of every invaded vein of one slide."""
    known = json.loads((truth_folder / "truth.json").read_text("utf-8"))
    truth = Truth(plan_slide(parse_spec(known["spec"], str(truth_folder))))
    with open_slide(truth_folder.with_suffix(".tiff")) as slide:
        for vessel in truth.each_vessel():
            is_sure = vessel.is_mvi and not vessel.contents.is_equivocal
            if is_sure and vessel.diameter_um <= _WIDEST_UM:
                yield _count(slide, truth, vessel, counter), vessel.n_tumour_cells


def _count(slide: Slide, truth: Truth, vessel: Any, counter: CellCounter) -> CellCount:
    lumen = truth.lumen(vessel)
    frame = Frame.at(_MPP, slide.mpp)
    box = box_around(lumen, frame).grow(_HALO_PX)
    inside = paint_outlines([lumen], box, frame)
    return counter.count(slide.read(box, mpp=_MPP), inside, _MPP)


def calibrate_weights(work: Path) -> dict[str, Any]:
    """Fit the weights of the evidence, write them into the card, and judge them case by case."""
    slides, out = work / COHORT / "slides", work / f"{COHORT}-out"
    pathoflow("run", str(slides), "--out", str(out), "--device", "cpu", "--backend", "torch")
    cases = [
        list(judged_vessels(score_slide(out / path.stem, path)))
        for path in sorted(slides.glob("*.truth"))
    ]
    known = [one for case in cases for one in case]
    fitted = fit_combination(known, SET_NAME)
    folder = find_network("classifier-starter")
    save_vessel_card(replace(load_vessel_card(folder), combination=fitted), folder)
    judged = [pair for left_out in range(len(cases)) for pair in _left_out(cases, left_out)]
    reliability = Calibration.of([p for p, _ in judged], [t for _, t in judged])
    plot_reliability(
        [(row.mean_score, row.true_share, row.n) for row in reliability.table],
        f"{len(judged)} vessels of painted slides, each case judged by the others: ECE {reliability.ece:.3f}",
        FIGURES / "calibration.png",
    )
    return {
        "set": SET_NAME,
        "n": len(known),
        "vessels": sum(one.is_vessel for one in known),
        "invaded": sum(one.is_mvi for one in known),
        "combination": asdict(fitted),
        "ece_by_leaving_out_a_case": round(reliability.ece, 4),
        "brier_by_leaving_out_a_case": round(reliability.brier, 4),
    }


def _left_out(cases: list[list[KnownVessel]], index: int) -> Iterator[tuple[float, bool]]:
    others = [one for i, case in enumerate(cases) if i != index for one in case]
    mix = fit_combination(others, "others")
    for one in cases[index]:
        yield mix.judge(one.features).p_mvi, one.is_mvi


def main() -> None:
    """Paint, measure, write, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("counts", "weights"))
    options.add_argument("--work", type=Path, required=True)
    given = options.parse_args()
    work: Path = given.work
    pathoflow("phantom", "make", str(SPECS / f"{COHORT}.toml"), "--to", str(work / COHORT))
    path = FIGURES / "calibration.json"
    figures = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if given.what == "counts":
        figures["counts"] = calibrate_counts(work / COHORT / "slides")
    else:
        figures["weights"] = calibrate_weights(work)
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
