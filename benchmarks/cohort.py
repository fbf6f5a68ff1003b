"""The figures of a painted cohort: every slide painted, run as a user runs it, scored together with intervals.

    python benchmarks/cohort.py --work DIR [--cohort painted-test] [--plots DIR]

Takes ``benchmarks/specs/<cohort>.toml``, leaves slides and results in ``DIR`` and the figures in
``benchmarks/figures/<cohort>.json``. What is there already is neither painted nor run again; remove it to start anew.
All figures are synthetic.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SPECS = Path(__file__).parent / "specs"
FIGURES = Path(__file__).parent / "figures"


def pathoflow(*words: str, or_code: int = 0) -> str:
    """What a command of pathoflow prints; it must succeed, or end with ``or_code``."""
    command = [sys.executable, "-m", "pathoflow.cli", *words]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, or_code):
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}")
    return done.stdout


def figures_of(cohort: str, work: Path, plots: Path | None) -> dict[str, Any]:
    """Paint, run and score one cohort."""
    slides, out = work / cohort / "slides", work / f"{cohort}-out"
    pathoflow("phantom", "make", str(SPECS / f"{cohort}.toml"), "--to", str(work / cohort))
    # In full precision, so that every machine finds the same, whatever its CPU multiplies in.
    # Code 1: a slide was refused, which is a result too; `not_scored` names it.
    pathoflow(
        "run", str(slides), "--out", str(out), "--device", "cpu", "--backend", "torch", or_code=1
    )
    drawn = ["--plots", str(plots)] if plots else []
    cases = ["--cases", str(work / cohort / "cases.csv")]
    told = pathoflow("score", str(out), str(slides), *cases, "--json", *drawn)
    figures: dict[str, Any] = json.loads(told)
    return figures


def main() -> None:
    """Read the options, run, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--cohort", default="painted-test")
    options.add_argument("--plots", type=Path)
    given = options.parse_args()
    figures = figures_of(given.cohort, given.work, given.plots)
    text = json.dumps(figures, indent=2) + "\n"
    (FIGURES / f"{given.cohort}.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
