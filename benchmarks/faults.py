"""A bad night: ten slides, the power cut at random again and again, and a batch with everything that is wrong with files.

    python benchmarks/faults.py --work DIR [--kills 20] [--seed 0]

Paints the slides of ``specs/faults.toml``, runs them undisturbed, then again with ``kill -9`` at random moments until
that many have hit, and lets it finish: every byte of every result must be the same, but for when it was made and how long
that took. Then one batch of a cut-off slide, a slide with a destroyed tile, two slides of one name, a slide without µm per
pixel and a good one: each must end in its own state. Writes ``figures/faults.json``. All figures are synthetic.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas
import tifffile

SPECS = Path(__file__).parent / "specs"
FIGURES = Path(__file__).parent / "figures"
RUN = [sys.executable, "-m", "pathoflow.cli", "run"]
#: What tells when a run was made, not what it found.
_TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|<dt>Duration</dt><dd>[^<]*</dd>")


def painted(work: Path) -> Path:
    """The folder of slides, painted where it is missing."""
    slides = work / "faults" / "slides"
    if not (work / "faults" / "cases.csv").exists():
        make = ["phantom", "make", str(SPECS / "faults.toml"), "--to", str(work / "faults")]
        subprocess.run([sys.executable, "-m", "pathoflow.cli", *make], check=True)
    return slides


def digests(out: Path) -> dict[str, str]:
    """SHA-256 of every file of a result but the ledgers, whose lines come in the order of the work."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_file() and "/ledger/" not in f"/{name}":
            content = path.read_bytes()
            if path.suffix in (".json", ".html", ".geojson"):
                content = _TIMES.sub(b"", content)
            elif path.suffix == ".parquet":
                # Its header repeats the times, compressed; what matters are the rows.
                content = pandas.read_parquet(path).to_csv().encode()
            found[name] = hashlib.sha256(content).hexdigest()
    return found


def killed_runs(slides: Path, out: Path, kills: int, seconds: float, seed: int) -> list[float]:
    """Run and kill until ``kills`` have hit a run at work, then let it finish; after how many seconds each hit."""
    draw = random.Random(seed)
    hits: list[float] = []
    shutil.rmtree(out, ignore_errors=True)
    while len(hits) < kills:
        # Each goes on where the last one fell: together they would otherwise be done before the last kill.
        after = draw.uniform(0.2, 1.0) * (4 + 1.5 * seconds / kills)
        process = subprocess.Popen(
            [*RUN, str(slides), "--out", str(out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(after)
            # Done before the blow: take a slide's report away, which makes it unfinished again.
            report = draw.choice(sorted(out.glob("*/report.html")))
            report.unlink()
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            hits.append(round(after, 1))
    subprocess.run([*RUN, str(slides), "--out", str(out)], check=True)
    return hits


def odd_batch(slides: Path, work: Path) -> list[dict[str, str]]:
    """States of a batch in which every slide has something of its own."""
    source = sorted(slides.glob("*.tiff"))
    batch, out = work / "odd", work / "odd-out"
    for folder in (batch, out):
        shutil.rmtree(folder, ignore_errors=True)
    (batch / "left").mkdir(parents=True)
    (batch / "right").mkdir()
    shutil.copy(source[0], batch / "good.tiff")
    shutil.copy(source[1], batch / "left" / "twin.tiff")
    shutil.copy(source[2], batch / "right" / "twin.tiff")
    whole = source[3].read_bytes()
    (batch / "cut.tiff").write_bytes(whole[: len(whole) // 2])
    destroy_tile(source[4], batch / "tile.tiff")
    forget_mpp(source[5], batch / "scaleless.tiff")
    subprocess.run([*RUN, str(batch), "--out", str(out)], check=False)
    with (out / "slides.csv").open(encoding="utf-8") as file:
        return [{k: row[k] for k in ("slide", "status", "codes")} for row in csv.DictReader(file)]


def destroy_tile(source: Path, target: Path) -> None:
    """A copy whose largest tile, which is full of tissue, holds zeros."""
    content = bytearray(source.read_bytes())
    with tifffile.TiffFile(source) as tiff:
        page = tiff.pages.first
        largest = max(range(len(page.databytecounts)), key=lambda n: page.databytecounts[n])
        start, count = page.dataoffsets[largest], page.databytecounts[largest]
    content[start : start + count] = bytes(count)
    target.write_bytes(content)


def forget_mpp(source: Path, target: Path) -> None:
    """A copy whose description no longer says how large a pixel is; same length, so nothing else moves."""
    content = source.read_bytes()
    target.write_bytes(re.sub(rb"\|MPP = [0-9.]+", lambda m: b"|XXX" + m[0][4:], content))


def main() -> None:
    """Read the options, run, compare, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    slides = painted(given.work)
    undisturbed, cut = given.work / "undisturbed", given.work / "cut"
    shutil.rmtree(undisturbed, ignore_errors=True)
    before = time.monotonic()
    subprocess.run([*RUN, str(slides), "--out", str(undisturbed)], check=True)
    seconds = time.monotonic() - before
    hits = killed_runs(slides, cut, given.kills, seconds, given.seed)
    one, other = digests(undisturbed), digests(cut)
    figures: dict[str, Any] = {
        "synthetic": True,
        "slides": len(list(slides.glob("*.tiff"))),
        "undisturbed_s": round(seconds, 1),
        "kills": len(hits),
        "killed_after_s": hits,
        "files": len(one),
        "files_that_differ": sorted(
            n for n in one.keys() | other.keys() if one.get(n) != other.get(n)
        ),
        "odd_batch": odd_batch(slides, given.work),
    }
    text = json.dumps(figures, indent=2) + "\n"
    (FIGURES / "faults.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
