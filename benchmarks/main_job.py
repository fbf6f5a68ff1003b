"""The figures of the main job: painted test slides that no training has seen, run as a user runs them, and scored.

    python benchmarks/main_job.py --work DIR [--slide test-20k] [--seams]
    python benchmarks/main_job.py --work DIR --slide mosaic-40k            (made by mosaic.py; time and memory only)

Paints each slide of ``benchmarks/specs`` once, runs ``pathoflow run`` on it in a process of its own (wall seconds, peak
memory of the largest process), scores it with ``pathoflow score`` and keeps the figures in ``benchmarks/figures``.
``--seams`` runs it again with other block and tile sizes and compares. All figures are synthetic.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SPECS = Path(__file__).parent / "specs"
FIGURES = Path(__file__).parent / "figures"


def paint(name: str, work: Path) -> Path:
    """The painted slide, made where it is missing."""
    slide = work / f"{name}.tiff"
    if not (slide.exists() and slide.with_suffix(".truth").exists()):
        command = ["phantom", "make", str(SPECS / f"{name}.toml"), "--to", str(slide)]
        subprocess.run([sys.executable, "-m", "pathoflow.cli", *command], check=True)
    return slide


def run(slide: Path, out: Path) -> dict[str, Any]:
    """Run the command anew and return its wall seconds and peak memory."""
    before = time.monotonic()
    # Its own process, so that its memory is its own too.
    command = ["run", str(slide), "--out", str(out), "--overwrite", "--device", "cpu"]
    subprocess.run([sys.executable, "-m", "pathoflow.cli", *command], check=True)
    seconds = time.monotonic() - before
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": round(seconds, 1), "peak_gb": round(peak_kb / 1e6, 2)}


def score(folder: Path, truth: Path) -> dict[str, Any]:
    """What ``pathoflow score --json`` says."""
    command = ["score", str(folder), str(truth), "--json"]
    answer = subprocess.run(
        [sys.executable, "-m", "pathoflow.cli", *command],
        check=True,
        capture_output=True,
        text=True,
    )
    plain: dict[str, Any] = json.loads(answer.stdout)
    return plain


def seams(slide: Path, out: Path) -> dict[str, float]:
    """Vessels of two runs with different blocks and tiles: object F1, share of vessel pixels that differ."""
    from shapely.geometry import shape

    from pathoflow.inference import InferenceSettings
    from pathoflow.metrics import match_polygons
    from pathoflow.pipeline import RunSettings, run_slide
    from pathoflow.store import ResultFolder, open_pyramid

    outlines, masks = [], []
    for tile_px, block_px in ((1024, 4096), (512, 1024)):
        to = out / f"seams-{block_px}"
        settings = RunSettings(
            device="cpu", inference=InferenceSettings(tile_px=tile_px, block_px=block_px)
        )
        result = run_slide(slide, to, settings)
        outlines.append([shape(vessel["outline"]) for vessel in result.vessels])
        labels = open_pyramid(ResultFolder(to / slide.stem).analysis, "labels/vessels")
        masks.append(labels.read(labels.size.box()) > 0)
    either = (masks[0] | masks[1]).sum()
    return {
        "object_f1": match_polygons(*outlines).f1,
        "differing_vessel_pixels": float((masks[0] ^ masks[1]).sum() / max(1, either)),
    }


def main() -> None:
    """Read the options, run, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--slide", default="test-20k")
    options.add_argument("--seams", action="store_true")
    given = options.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    slide = given.work / f"{given.slide}.tiff"
    if (SPECS / f"{given.slide}.toml").exists():
        slide = paint(given.slide, given.work)
    if given.seams:
        figures = seams(slide, given.work)
    else:
        figures = run(slide, given.work / "out")
        truth = slide.with_suffix(".truth")
        figures |= score(given.work / "out" / slide.stem, truth) if truth.exists() else {}
    name = f"{given.slide}-seams.json" if given.seams else f"{given.slide}.json"
    (FIGURES / name).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
