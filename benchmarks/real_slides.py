"""What the bundled networks, which learned from painted liver alone, say of real tissue that holds no liver cancer.

    PATHOFLOW_DATA=DIR python benchmarks/real_slides.py --work DIR

Slides and pictures of other organs, and of liver without tumour. Every one is run as a user runs it; what was said goes into
``figures/real-slides.json``: status, codes, vessels, called and listed ones, the highest number, and whether any system
proposes a single grade. There is no truth here but one: nothing in them can be microvascular invasion of a liver cancer.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from cohort import FIGURES
from PIL import Image

from pathoflow.errors import PathoflowError
from pathoflow.pipeline import RunSettings, run_slide
from pathoflow.store import Result

_SLIDES = ("*.svs", "*.tif", "*.ndpi", "*.mrxs", "*.dcm")
#: Pictures: where, what, µm per pixel, at most how many.
_PICTURES = (
    ("liver_he", "tile0?_HE.jpg", 0.5, 10),
    ("research_only/glas", "testA_*[0-9].jpg", 0.62, 30),
    ("research_only/monuseg", "test_*[0-9A-Z].jpg", 0.25, 30),
)


def sources(data: Path, work: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of everything that is there; pictures become slides in ``work``, because they do not say their scale."""
    for pattern in _SLIDES:
        for path in sorted((data / "slides").glob(pattern)):
            yield path.name, path
    for folder, pattern, mpp, most in _PICTURES:
        for path in sorted((data / folder).glob(pattern))[:most]:
            if "mask" not in path.stem and "anno" not in path.stem:
                slide = work / f"{path.stem}.tiff"
                pixels = np.asarray(Image.open(path).convert("RGB"))
                per_cm = 1e4 / mpp
                tifffile.imwrite(
                    slide,
                    pixels,
                    photometric="rgb",
                    tile=(256, 256),
                    resolution=(per_cm, per_cm),
                    resolutionunit="CENTIMETER",
                )
                yield f"{folder}/{path.name}", slide


def row(result: Result) -> dict[str, Any]:
    """What was said of one slide."""
    numbers = [vessel["p_mvi"] for vessel in result.vessels]
    limits = result.data["provenance"]["settings"]["criteria"]
    grades = {name: system["grade"] for name, system in result.data["mvi"]["systems"].items()}
    return {
        "status": result.status,
        "codes": sorted({code["code"] for code in result.codes}),
        "vessels": len(numbers),
        "called": sum(p >= limits["p_called"] for p in numbers),
        "listed": sum(limits["p_listed"] <= p < limits["p_called"] for p in numbers),
        "highest": max(numbers, default=None),
        "graded": sorted(k for k, v in grades.items() if v not in (None, "undetermined")),
    }


def main() -> None:
    """Run all, keep and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    given = options.parse_args()
    settings = RunSettings(device="cpu", backend="torch")
    told: dict[str, Any] = {}
    given.work.mkdir(parents=True, exist_ok=True)
    for name, slide in sources(Path(os.environ["PATHOFLOW_DATA"]), given.work):
        try:
            told[name] = row(run_slide(slide, given.work / "out", settings))
        except PathoflowError as error:
            told[name] = {"refused": str(error.code)}
        print(name, told[name], flush=True)
    judged = [one for one in told.values() if "status" in one and one["status"] != "failed"]
    sums = {
        "pieces_of_tissue": len(told),
        "refused_or_failed": len(told) - len(judged),
        "vessels": sum(one["vessels"] for one in judged),
        "called": sum(one["called"] for one in judged),
        "pieces_with_a_called_vessel": sum(bool(one["called"]) for one in judged),
        "pieces_with_a_grade": sum(bool(one["graded"]) for one in judged),
    }
    text = json.dumps({"sums": sums, "pieces": told}, indent=2) + "\n"
    (FIGURES / "real-slides.json").write_text(text, encoding="utf-8")
    print(json.dumps(sums, indent=2))


if __name__ == "__main__":
    main()
