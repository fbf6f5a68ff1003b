"""Are painted slides too easy? Trivial detectors of invaded veins beside the network's candidates, as FROC.

    python benchmarks/fairness.py --slides DIR [MORE ...] --results OUT

``--slides`` takes painted slides (with their ``.truth`` beside them), recipes, or folders of either, such as a cohort;
``OUT`` is what ``pathoflow run`` wrote for them. Four detectors need no learning at all:

blue area      white holes at 2 µm/px by brightness; score: how much dark blue lies within, µm²
blue share     the same; score: dark blue as a share of the hole
hole size      the same; score: area of the hole
random         the same holes in random order, mean of 20 orders

"Within" is the hole's convex hull, so that a plug on the wall counts; "white" and "dark blue" are thresholds that the
slide's own histogram sets (Otsu). The FROC score is the mean sensitivity at 0.25, 0.5, 1, 2, 4 and 8 false positives
per slide; equivocal veins count neither way. Where the best of the four reaches more than 0.6 of the network's score,
the slides are too easy and that is printed. All figures are synthetic.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely import MultiPoint
from shapely.affinity import affine_transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from skimage.filters import threshold_otsu
from skimage.measure import regionprops

from pathoflow.metrics import FALSE_RATES, Candidate, FrocEvents, SlideHits
from pathoflow.phantom import Truth, is_cohort, load_spec, load_table, plan_slide
from pathoflow.phantom.truth.features import truth_features
from pathoflow.phantom.truth.survey import survey
from pathoflow.phantom.truth.table import truth_table
from pathoflow.slide import open_slide
from pathoflow.space import Frame
from pathoflow.store import load_result

FIGURES = Path(__file__).parent / "figures"
MPP = 2.0
#: A hole is at least a vein of 12 µm; a larger white area than a vein of 2 mm is glass.
HOLE_UM2, GLASS_UM2 = 110.0, 3.1e6
#: From this share of the network's score on, a trivial detector is too good.
TOO_EASY = 0.6
ORDERS = 20
TRIVIAL = ("blue area", "blue share", "hole size", "random")


@dataclass(frozen=True)
class Reference:
    """What is true of one slide, level-0 (x, y)."""

    invaded: list[BaseGeometry]
    equivocal: list[BaseGeometry]
    tissue_cm2: float
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Hole:
    """A white hole: its hull in level-0 (x, y) and what lies in it, µm²."""

    hull: BaseGeometry
    area: float
    blue: float


def slides_of(paths: Sequence[Path]) -> list[Path]:
    """Slides with a truth, and recipes without a slide, among ``paths`` and in folders among them."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".tiff", ".toml"))
        found += inside if path.is_dir() else [path]
    written = [p for p in found if p.suffix == ".tiff" and p.with_suffix(".truth").is_dir()]
    names = {p.stem for p in written}
    recipes = [p for p in found if p.suffix == ".toml" and p.stem not in names]
    # A folder may hold other tables beside its recipes: that of the cohort, settings.
    tables = [(p, load_table(p)) for p in recipes]
    return written + [p for p, table in tables if "size_px" in table and not is_cohort(table)]


def reference_of(slide: Path) -> Reference:
    """The truth beside a slide, or that of the recipe."""
    folder = slide.with_suffix(".truth")
    if not (folder / "truth.json").exists():
        truth = Truth(plan_slide(load_spec(slide)))
        found = survey(truth)
        table = truth_table(truth, found.rows)
        features = truth_features(truth, found.features)["features"]
    else:
        table = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        features = json.loads((folder / "truth.geojson").read_text(encoding="utf-8"))["features"]
    by_class: dict[str, list[BaseGeometry]] = {}
    for feature in features:
        name = ": ".join(feature["properties"]["classification"]["names"])
        by_class.setdefault(name, []).append(shape(feature["geometry"]))
    return Reference(
        by_class.get("Vessel: MVI", []),
        by_class.get("Vessel: Equivocal", []),
        table["tissue_area_um2"] / 1e8,
        table["vessels"],
    )


def holes_of(slide: Path) -> list[Hole]:
    """White holes in the tissue of a slide, by brightness alone."""
    with open_slide(slide) as opened:
        frame = Frame.at(MPP, opened.mpp)
        pixels = opened.read(frame.size(opened.size).box(), mpp=MPP)
    darkest = ndimage.gaussian_filter(pixels.min(axis=2).astype(np.float32), 0.8)
    white = darkest > threshold_otsu(darkest)
    labels, _ = ndimage.label(white)
    areas = np.bincount(labels.ravel()) * MPP**2
    glass = np.flatnonzero(areas > GLASS_UM2)
    tissue = ~np.isin(labels, glass[glass > 0])
    # What is darker in red than most tissue is blue: eosin lets red through.
    red = ndimage.gaussian_filter(pixels[..., 0].astype(np.float32), 0.8)
    blue = tissue & ~white & (red < threshold_otsu(red[tissue & ~white]))
    wanted = (areas >= HOLE_UM2) & (areas <= GLASS_UM2)
    wanted[0] = False
    return [
        _hole(props, blue, frame)
        for props in regionprops(np.where(wanted[labels], labels, 0))
        if props.num_pixels > 4
    ]


def _hole(props: Any, blue: NDArray[np.bool_], frame: Frame) -> Hole:
    inside = props.image_convex
    hull = MultiPoint(props.coords[:, ::-1] + 0.5).convex_hull.buffer(1.0)
    to_level0 = [frame.scale_x, 0, 0, frame.scale_y, 0, 0]
    return Hole(
        affine_transform(hull, to_level0),
        float(inside.sum()) * MPP**2,
        float((inside & blue[props.slice]).sum()) * MPP**2,
    )


def scores_of(holes: Sequence[Hole], rng: np.random.Generator) -> dict[str, list[float]]:
    """The score of every hole by every trivial detector, in one random order."""
    return {
        "blue area": [hole.blue for hole in holes],
        "blue share": [hole.blue / hole.area for hole in holes],
        "hole size": [hole.area for hole in holes],
        "random": rng.random(len(holes)).tolist(),
    }


def hits_of(
    outlines: Sequence[BaseGeometry], scores: Sequence[float], reference: Reference
) -> SlideHits:
    """Scored outlines against one slide's truth; a score of 0 is no candidate."""
    kept = [Candidate(o, s) for o, s in zip(outlines, scores, strict=True) if s > 0]
    return SlideHits.of(
        kept, reference.invaded, reference.equivocal, tissue_cm2=reference.tissue_cm2
    )


def network_hits(slide: Path, results: Path, reference: Reference) -> SlideHits | None:
    """The candidates of a finished run, or None where there is none."""
    folder = results / slide.stem
    if not (folder / "result.json").exists():
        return None
    rows = list(load_result(folder).vessels)
    return hits_of(
        [shape(r["outline"]) for r in rows], [r["p_mvi"] or 0.0 for r in rows], reference
    )


def curve_of(slides: Sequence[SlideHits]) -> dict[str, Any]:
    """Sensitivity at the usual rates of false positives, and their mean: the FROC score."""
    events = FrocEvents.of([[slide] for slide in slides])
    times = np.ones(len(slides), np.int64)
    per_slide, _ = events.sensitivities(times)
    found, false = events.counts(times)
    total = sum(slide.n_reference for slide in slides)
    return {
        "sensitivity": {f"{r:g}": round(s, 4) for r, s in zip(FALSE_RATES, per_slide, strict=True)},
        "froc": round(float(np.mean(per_slide)), 4),
        "curve": [
            [round(x / len(slides), 4), round(y / max(total, 1), 4)]
            for x, y in sorted(set(zip(false.tolist(), found.tolist(), strict=True)))
            if x <= 16 * len(slides)
        ],
    }


def mix_of(references: Sequence[Reference]) -> dict[str, Any]:
    """Whether positives are as rare as in life, and look-alikes as many as positives."""
    rows = [row for reference in references for row in reference.rows]
    veins = [row for row in rows if row["kind"] != "artery"]
    alike = {"leucocytes", "hepatocytes", "thrombus", "red_cells"}
    return {
        "vessels": len(rows),
        "veins": len(veins),
        "invaded": sum(row["is_mvi"] for row in veins),
        "equivocal": sum(row.get("is_equivocal", False) for row in veins),
        "look_alikes": sum(row["content"] in alike and not row["is_mvi"] for row in veins),
    }


def figures_of(slides: Sequence[Path], results: Path) -> dict[str, Any]:
    """All detectors over all slides; the network only over slides that it was run on."""
    references = {slide: reference_of(slide) for slide in slides}
    holes = {slide: holes_of(slide) for slide in slides}
    trivial: dict[str, list[SlideHits]] = {name: [] for name in TRIVIAL[:3]}
    random: list[list[SlideHits]] = [[] for _ in range(ORDERS)]
    for number, slide in enumerate(slides):
        hulls = [hole.hull for hole in holes[slide]]
        for order in range(ORDERS):
            scores = scores_of(holes[slide], np.random.default_rng((number, order)))
            random[order].append(hits_of(hulls, scores["random"], references[slide]))
        for name, kept in trivial.items():
            kept.append(hits_of(hulls, scores[name], references[slide]))
        print(f"{slide.name}: {len(hulls)} white holes", flush=True)
    curves = {name: curve_of(kept) for name, kept in trivial.items()}
    orders = [curve_of(kept) for kept in random]
    curves["random"] = {
        "sensitivity": {
            rate: round(float(np.mean([c["sensitivity"][rate] for c in orders])), 4)
            for rate in orders[0]["sensitivity"]
        },
        "froc": round(float(np.mean([c["froc"] for c in orders])), 4),
        "curve": orders[0]["curve"],
    }
    ran = {s: network_hits(s, results, references[s]) for s in slides}
    missing = [slide.stem for slide, hits in ran.items() if hits is None]
    complete = not missing
    if complete:
        curves["network"] = curve_of([hits for hits in ran.values() if hits is not None])
    best = max(curves[name]["froc"] for name in TRIVIAL)
    ratio = best / curves["network"]["froc"] if complete and curves["network"]["froc"] else math.nan
    return {
        "synthetic": True,
        "slides": [slide.stem for slide in slides],
        "without_result": missing,
        "truth": mix_of(list(references.values())),
        "detectors": curves,
        "best_trivial_over_network": None if math.isnan(ratio) else round(ratio, 4),
        "verdict": "unknown" if math.isnan(ratio) else "too easy" if ratio > TOO_EASY else "fair",
    }


def draw(figures: dict[str, Any], path: Path) -> None:
    """FROC curves of all detectors."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4.2), dpi=110)
    for name, curve in figures["detectors"].items():
        rates, sensitivities = zip(*curve["curve"], strict=True)
        style = {"color": "black", "linewidth": 2.2} if name == "network" else {"linewidth": 1.3}
        label = f"{name}: {curve['froc']:.2f}"
        axes.step(
            [*rates, 16], [*sensitivities, sensitivities[-1]], where="post", label=label, **style
        )
    axes.set(
        xscale="symlog",
        xlim=(0, 16),
        ylim=(0, 1.02),
        xlabel="false positives per slide",
        ylabel="invaded veins found",
        title=f"{len(figures['slides'])} painted slides (synthetic); legend: FROC score",
    )
    axes.set_xscale("symlog", linthresh=0.25)
    axes.set_xticks([0, *FALSE_RATES, 16], [f"{r:g}" for r in (0, *FALSE_RATES, 16)])
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def table_of(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rates = [f"{rate:g}" for rate in FALSE_RATES]
    lines = [f"| detector | {' | '.join(rates)} | FROC |", "|---" * (len(rates) + 2) + "|"]
    for name, curve in figures["detectors"].items():
        cells = [f"{curve['sensitivity'][rate]:.2f}" for rate in rates]
        lines.append(f"| {name} | {' | '.join(cells)} | {curve['froc']:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Read the options, measure, print, draw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slides", type=Path, nargs="+", required=True)
    options.add_argument("--results", type=Path, required=True)
    options.add_argument("--to", type=Path, default=FIGURES, help="folder of the figures")
    given = options.parse_args()
    slides = slides_of(given.slides)
    if not slides:
        options.error("no painted slide with its .truth, and no recipe, among --slides")
    figures = figures_of(slides, given.results)
    given.to.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=2) + "\n"
    (given.to / "fairness.json").write_text(text, encoding="utf-8")
    draw(figures, given.to / "fairness.png")
    print(table_of(figures))
    if figures["without_result"]:
        print(f"no result for {', '.join(figures['without_result'])}: no verdict")
    else:
        share = figures["best_trivial_over_network"]
        print(f"best trivial detector / network = {share}: {figures['verdict']}")


if __name__ == "__main__":
    main()
