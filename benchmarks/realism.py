"""Do painted slides have the colours, nuclei and textures of real H&E? A sanity panel, not a proof.

    python benchmarks/realism.py --data DIR

DIR holds real tiles in folders such as ``liver_he`` and ``nuclei_tnbc`` (see `SOURCES`); what is absent is left out. Real
pixels are measured and never copied. Every quantity is measured alike on real tiles and on painted crops:

OD           optical density -log10(I / 245) of tissue pixels (sum over channels above 0.15): median per channel, and the
             95th percentile of the sum
stains       Macenko: natural-log OD, beta 0.15, angles at the 1st and 99th percentile; the angle between H and E
nuclei       area and number per mm²: from labelled masks in real tiles, from the planned nuclei in painted ones
texture      slope of the radially averaged power spectrum of the summed OD at 0.5 µm/px, wavelengths 3 to 40 µm

A quantity overlaps when the painted range (5th to 95th percentile) of the train and test families meets the real one, "at
the edge" when the painted median lies outside of it all the same. Stress slides leave it by intent and are shown beside. All painted figures are synthetic.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from pathoflow.phantom import Artefacts, PhantomSpec, Plan, paint, plan_slide
from pathoflow.phantom.painter.slide import box_mean
from pathoflow.phantom.plan.parenchyma import hepatocytes_in, nuclei_of, sinusoid_cells
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.cells import Cells, Extent, cells_in
from pathoflow.space import Box

FIGURES = Path(__file__).parent / "figures"
MPP, WHITE = 0.5, 245.0
#: Side of what is measured as one piece, pixels at 0.5 µm; smaller real tiles are taken whole.
CROP_PX = 512
MIN_OD = 0.15
WAVELENGTHS_UM = (3.0, 40.0)
TISSUES = ("liver", "tumour")
SEEDS = range(4)
HISTOGRAM = np.linspace(0, 1.5, 76)
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Source:
    """Real tiles of one kind."""

    glob: str
    tissue: str
    mpp: float
    #: What replaces the end of a file's name to give its nuclei mask, old and new.
    mask: tuple[str, str] | None = None


#: Tiles without a known scale (``nuclei_dsb2018_stained``) cannot be measured in µm and are left out.
SOURCES = (
    # GTEx sections, scanned at 20x.
    Source("liver_he/tile*_HE.jpg", "liver", 0.5),
    # Cholangiocarcinoma in liver, TCGA.
    Source("liver_he/TCGA*_CHOL_*.jpg", "tumour", 0.5),
    # Other carcinomas at 40x: no liver, but with every nucleus outlined.
    Source("nuclei_tnbc/*_img.jpg", "tumour", 0.25, ("_img.jpg", "_gt.png")),
    Source("research_only/monuseg/*.jpg", "tumour", 0.25, (".jpg", "_gt.png")),
)

#: Quantity -> what it is and its unit.
NAMES = {
    "od_r": "median OD, red",
    "od_g": "median OD, green",
    "od_b": "median OD, blue",
    "od_dark": "95th percentile of summed OD",
    "h_e_angle": "angle between H and E, degrees",
    "h_r": "red share of the H vector",
    "e_r": "red share of the E vector",
    "slope": "slope of the power spectrum",
    "nucleus_um2": "median nuclear area, µm²",
    "large_um2": "90th percentile of nuclear area, µm²",
    "nucleus_cv": "CV of nuclear area",
    "nuclei_mm2": "nuclei per mm²",
}


def density(pixels: Pixels) -> NDArray[np.float64]:
    """Optical density, base 10, of 8-bit RGB: shape ``(h, w, 3)``."""
    return -np.log10(np.clip(pixels.astype(np.float64), 1, WHITE) / WHITE)


def macenko(od: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors of H and E (Macenko 2009): extreme angles in the plane of most variance."""
    natural = od.reshape(-1, 3) * np.log(10)
    natural = natural[(natural > 0.15).all(axis=1)]
    _, vectors = np.linalg.eigh(np.cov(natural.T))
    plane = vectors[:, 1:]
    plane = plane * np.where(plane.sum(axis=0) < 0, -1, 1)
    # The main direction is positive; angles are taken from it, so that none wraps round.
    main = np.arctan2(*(natural @ plane).T)
    low, high = np.percentile(main, [1, 99])
    ends = [plane @ np.array([np.sin(a), np.cos(a)]) for a in (low, high)]
    ends = [end / np.linalg.norm(end) for end in ends]
    # Haematoxylin takes more of the red light than eosin does.
    first, second = sorted(ends, key=lambda v: -float(v[0]))
    return first, second


def spectrum_slope(od: NDArray[np.float64]) -> float:
    """Slope of log power over log frequency; -2 is smooth, 0 is white noise."""
    grey = od.sum(axis=2)
    side = min(256, *grey.shape)
    window = np.hanning(side)
    total = np.zeros((side, side))
    for top in range(0, grey.shape[0] - side + 1, side):
        for left in range(0, grey.shape[1] - side + 1, side):
            part = grey[top : top + side, left : left + side]
            part = (part - part.mean()) * np.outer(window, window)
            total += np.abs(np.fft.fft2(part)) ** 2
    frequency = np.fft.fftfreq(side, MPP)
    radius = np.hypot(frequency[:, None], frequency)
    edges = np.geomspace(1 / WAVELENGTHS_UM[1], 1 / WAVELENGTHS_UM[0], 13)
    middle = np.sqrt(edges[:-1] * edges[1:])
    power = [total[(radius >= a) & (radius < b)].mean() for a, b in pairwise(edges)]
    return float(np.polyfit(np.log(middle), np.log(power), 1)[0])


def measure(pixels: Pixels) -> dict[str, float]:
    """Colours and texture of one picture at 0.5 µm/px."""
    od = density(pixels)
    tissue = od[od.sum(axis=2) > MIN_OD]
    h, e = macenko(od)
    red, green, blue = np.median(tissue, axis=0)
    return {
        "od_r": float(red),
        "od_g": float(green),
        "od_b": float(blue),
        "od_dark": float(np.percentile(tissue.sum(axis=1), 95)),
        "h_e_angle": float(np.degrees(np.arccos(np.clip(h @ e, -1, 1)))),
        "h_r": float(h[0]),
        "e_r": float(e[0]),
        "slope": spectrum_slope(od),
    }


def nuclear_figures(areas_um2: NDArray[np.floating], mm2: float) -> dict[str, float]:
    """Size and number of nuclei."""
    return {
        "nucleus_um2": float(np.median(areas_um2)),
        # In labelled tiles lymphocytes and stroma count too; the largest are the carcinoma's.
        "large_um2": float(np.percentile(areas_um2, 90)),
        "nucleus_cv": float(np.std(areas_um2) / np.mean(areas_um2)),
        "nuclei_mm2": len(areas_um2) / mm2,
    }


def mask_figures(path: Path, mpp: float) -> dict[str, float]:
    """Nuclei of a labelled tile; touching ones count as one, crumbs below 6 µm² as none."""
    mask = np.asarray(Image.open(path))
    labels = ndimage.label(mask > 0)[0] if mask.max() <= 1 or mask.dtype == bool else mask
    areas = np.bincount(labels.ravel().astype(np.int64))[1:] * mpp**2
    return nuclear_figures(areas[areas > 6], mask.shape[0] * mask.shape[1] * mpp**2 / 1e6)


def real_tiles(data: Path) -> Iterator[tuple[str, str, Pixels, dict[str, float]]]:
    """Folder, tissue, pixels at 0.5 µm/px and figures of nuclei of every real tile that is there."""
    for source in SOURCES:
        for path in sorted(data.glob(source.glob))[:60]:
            pixels = np.asarray(Image.open(path).convert("RGB"))
            nuclei: dict[str, float] = {}
            if source.mask is not None:
                mask = path.with_name(path.name.replace(*source.mask))
                nuclei = mask_figures(mask, source.mpp) if mask.exists() else {}
            pixels = box_mean(pixels, round(MPP / source.mpp))
            folder = source.glob.rsplit("/", 1)[0]
            for part in pieces(pixels):
                yield folder, source.tissue, part, nuclei


def pieces(pixels: Pixels) -> Iterator[Pixels]:
    """Squares of at most 512 px; a rest narrower than half of that is left out."""
    for top in range(0, pixels.shape[0], CROP_PX):
        for left in range(0, pixels.shape[1], CROP_PX):
            part = pixels[top : top + CROP_PX, left : left + CROP_PX]
            if (
                min(part.shape[:2]) >= CROP_PX // 2
                and (density(part).sum(axis=2) > MIN_OD).mean() > 0.3
            ):
                yield part


def painted_crops(plan: Plan) -> Iterator[tuple[str, Pixels, dict[str, float]]]:
    """Crops of liver and tumour at random places that lie wholly in either."""
    rng = np.random.default_rng(plan.spec.seed)
    wanted = dict.fromkeys(TISSUES, 2)
    tissue, half = plan.tissue, 0.5 * CROP_PX * MPP
    for _ in range(4000):
        y, x = rng.uniform(0, 1, 2) * np.array(plan.spec.size_px) * plan.spec.mpp
        at = np.array([y]), np.array([x])
        if float(tissue.tissue_distance(*at)[0]) > -1.5 * half or tissue.tumour is None:
            continue
        depth = float(tissue.tumour.signed_distance(*at)[0])
        name = "tumour" if depth < -1.5 * half else "liver" if depth > 3 * half else ""
        if not wanted.get(name):
            continue
        wanted[name] -= 1
        box = Box(int((y - half) / MPP), int((x - half) / MPP), CROP_PX, CROP_PX)
        extent = Extent(y - half, x - half, y + half, x + half)
        areas = [np.pi * c.radius_um.astype(float) ** 2 for c in planned_nuclei(plan, extent, name)]
        yield name, paint(plan, box), nuclear_figures(np.concatenate(areas), (2 * half) ** 2 / 1e6)


def planned_nuclei(plan: Plan, extent: Extent, tissue: str) -> list[Cells]:
    """The nuclei planned in liver or tumour, as if no vessel lay there."""
    if tissue == "tumour":
        return [cells_in(plan.tumour_nuclei, extent, plan.seed("cells TUMOUR"))]
    found = hepatocytes_in(plan, extent)
    groups = [nuclei_of(found), sinusoid_cells(plan, found, extent)]
    return [_within(cells, extent) for cells in groups]


def _within(cells: Cells, extent: Extent) -> Cells:
    y, x = cells.y_um, cells.x_um
    return cells.where(
        (y >= extent.top) & (y < extent.bottom) & (x >= extent.left) & (x < extent.right)
    )


def collect(data: Path) -> tuple[dict[str, dict[str, dict[str, list[float]]]], dict[str, Any]]:
    """Group -> tissue -> quantity -> values, and optical densities for the histograms."""
    values: dict[str, dict[str, dict[str, list[float]]]] = {}
    histograms: dict[str, Any] = {}

    def add(group: str, tissue: str, pixels: Pixels, nuclei: dict[str, float]) -> None:
        table = values.setdefault(group, {}).setdefault(tissue, {})
        for key, value in (measure(pixels) | nuclei).items():
            table.setdefault(key, []).append(value)
        od = density(pixels)
        od = od[od.sum(axis=2) > MIN_OD]
        counts = np.stack([np.histogram(od[:, c], HISTOGRAM)[0] for c in range(3)])
        histograms.setdefault(f"{group} {tissue}", np.zeros((3, len(HISTOGRAM) - 1)))
        histograms[f"{group} {tissue}"] += counts / max(len(od), 1)

    for folder, tissue, pixels, nuclei in real_tiles(data):
        add("real", tissue, pixels, nuclei)
        values.setdefault(f"real: {folder}", {}).setdefault(tissue, {}).setdefault("n", []).append(
            1
        )
    for family in FAMILIES:
        for seed in SEEDS:
            spec = PhantomSpec(
                seed=900 + seed,
                size_px=(7000, 7000),
                mpp=MPP,
                family=family,
                artefacts=Artefacts.none(),
            )
            for tissue, pixels, nuclei in painted_crops(plan_slide(spec)):
                add(family, tissue, pixels, nuclei)
        print(f"painted {family}", flush=True)
    return values, histograms


def span(values: Sequence[float]) -> list[float]:
    """5th, 50th and 95th percentile."""
    return [round(float(v), 4) for v in np.percentile(values, [5, 50, 95])]


def figures_of(values: dict[str, dict[str, dict[str, list[float]]]]) -> dict[str, Any]:
    """Ranges of every quantity, and whether painted and real ones meet."""
    found: dict[str, Any] = {"synthetic_beside_real": True, "tissues": {}, "sources": {}}
    found["sources"] = {
        group.removeprefix("real: "): {tissue: len(table["n"]) for tissue, table in tables.items()}
        for group, tables in values.items()
        if group.startswith("real: ")
    }
    for tissue in TISSUES:
        rows: dict[str, Any] = {}
        for key in NAMES:
            groups = {
                g: values.get(g, {}).get(tissue, {}).get(key, []) for g in ("real", *FAMILIES)
            }
            row: dict[str, Any] = {g: span(v) if v else None for g, v in groups.items()}
            painted = groups["train"] + groups["test"]
            row["overlaps"] = None
            if groups["real"] and painted:
                (a, _, b), (c, _, d) = span(groups["real"]), span(painted)
                row["overlaps"] = a <= d and c <= b
                row["painted_median_inside"] = bool(a <= np.median(painted) <= b)
            rows[key] = row
        found["tissues"][tissue] = rows
    return found


def table_of(figures: dict[str, Any]) -> str:
    """The ranges as Markdown, 5th to 95th percentile."""
    lines = ["| tissue | quantity | real | train | test | stress | overlap |", "|---" * 7 + "|"]

    def shown(row: list[float] | None) -> str:
        return "-" if row is None else f"{row[0]:.3g} to {row[2]:.3g}"

    for tissue, rows in figures["tissues"].items():
        for key, row in rows.items():
            cells = " | ".join(shown(row[g]) for g in ("real", *FAMILIES))
            verdict = {None: "no label", True: "yes", False: "NO"}[row["overlaps"]]
            if row["overlaps"] and not row["painted_median_inside"]:
                verdict = "at the edge"
            lines.append(f"| {tissue} | {NAMES[key]} | {cells} | {verdict} |")
    return "\n".join(lines)


def draw(
    values: dict[str, dict[str, dict[str, list[float]]]], histograms: dict[str, Any], path: Path
) -> None:
    """Histograms of OD above, every quantity as points below."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    colours = {"real": "black", "train": "#1f77b4", "test": "#d62728", "stress": "#bbbbbb"}
    figure, axes = plt.subplots(4, 5, figsize=(15, 10.5), dpi=75)
    for row, tissue in enumerate(TISSUES):
        for channel, name in enumerate(("red", "green", "blue")):
            for group, colour in colours.items():
                counts = histograms.get(f"{group} {tissue}")
                if counts is not None:
                    middle = 0.5 * (HISTOGRAM[1:] + HISTOGRAM[:-1])
                    share = counts[channel] / counts[channel].sum()
                    axes[row, channel].plot(middle, share, color=colour, label=group)
            axes[row, channel].set_title(f"{tissue}: OD {name}", fontsize=9)
    axes[0, 0].legend(fontsize=8)
    rest = [axes[r, c] for r in range(4) for c in range(5) if r > 1 or c > 2]
    for ax, key in zip(rest, NAMES, strict=False):
        _strip(ax, key, values, colours)
    for ax in rest[len(NAMES) :]:
        ax.axis("off")
    figure.suptitle("real H&E (black) and painted slides (synthetic)")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def _strip(
    ax: Any, key: str, values: dict[str, dict[str, dict[str, list[float]]]], colours: dict[str, str]
) -> None:
    """All values of one quantity, one row per tissue and group."""
    ticks: list[str] = []
    for tissue in TISSUES:
        for group, colour in colours.items():
            found = values.get(group, {}).get(tissue, {}).get(key, [])
            ax.plot(found, [len(ticks)] * len(found), "|", color=colour, markersize=9)
            ticks.append(f"{tissue} {group}")
    ax.set_yticks(range(len(ticks)), ticks, fontsize=6)
    ax.invert_yaxis()
    ax.set_title(NAMES[key], fontsize=9)


def main() -> None:
    """Read the options, measure, print, draw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--to", type=Path, default=FIGURES, help="folder of the figures")
    given = options.parse_args()
    values, histograms = collect(given.data)
    if "real" not in values:
        options.error(f"{given.data} holds none of {', '.join(s.glob for s in SOURCES)}")
    figures = figures_of(values)
    given.to.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=2) + "\n"
    (given.to / "realism.json").write_text(text, encoding="utf-8")
    draw(values, histograms, given.to / "realism.png")
    print(table_of(figures))


if __name__ == "__main__":
    main()
