"""pathoflow beside its peers: same slide, same tiles, same network, same machine, one run, in turns.

    benchmarks/peers/install.sh PEERS
    python benchmarks/peers/compare.py --work DIR --peers PEERS [--network trivial|unet] [--slide 8k|16k] [--rounds 3]

Every arm runs in a process of its own, in its own environment, once per round; right before it the network alone is
measured in the same environment. What was measured stays in ``DIR/runs``, so that a stopped comparison goes on where it
stopped; ``--anew`` measures everything again. Prints a table and writes ``benchmarks/figures/peers-NETWORK.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
FIGURES = HERE.parent / "figures"
#: An arm that takes longer is given up.
PATIENCE_S = 1200


@dataclass(frozen=True)
class Arm:
    """One way to do the job."""

    title: str
    script: str
    #: Environment it runs in; empty for ours.
    peer: str = ""
    kind: str = ""
    #: How its network sees tiles; see `bare.py`.
    layout: str = "stacked"
    remark: str = ""


#: What all others are divided by; whose map they are compared with, or else with the floor's.
FLOOR, REFERENCE = "floor", "dataloader"
ARMS = {
    FLOOR: Arm("hand-written floor", "floor", layout="rows"),
    "pathoflow": Arm("pathoflow", "pathoflow", layout="plain"),
    "pathoflow-openvino": Arm(
        "pathoflow, OpenVINO in float32",
        "pathoflow",
        kind="openvino",
        layout="openvino",
        remark="full precision, `--backend openvino`",
    ),
    "pathoflow-default": Arm(
        "pathoflow, default backend",
        "pathoflow",
        kind="default",
        layout="default",
        remark="the backend that `--backend auto` takes here",
    ),
    REFERENCE: Arm("OpenSlide + DataLoader", "dataloader"),
    "dataloader-workers": Arm(
        "OpenSlide + DataLoader, 2 workers",
        "dataloader",
        kind="workers",
        remark="memory of the main process only",
    ),
    "monai": Arm("MONAI", "monai", "monai", remark="reads background too"),
    "lazyslide": Arm("LazySlide", "lazyslide", "lazyslide", remark="polygons, no map"),
    "tiatoolbox": Arm("TIAToolbox", "tiatoolbox", "tiatoolbox", remark="classes, no probabilities"),
    "wsinfer": Arm("WSInfer", "wsinfer", "wsinfer", remark="one class per tile, no map"),
    "trident": Arm("TRIDENT", "trident", "trident", remark="classes, no probabilities"),
}

#: Left out where the network takes minutes, unless asked for: they tell nothing there that the others do not.
ONLY_TRIVIAL = {REFERENCE, "dataloader-workers", "wsinfer", "trident"}


@dataclass(frozen=True)
class Comparison:
    """What is compared and where things lie."""

    work: Path
    peers: Path
    network: str
    slide: str
    rounds: int

    @property
    def runs(self) -> Path:
        """Folder of what was measured."""
        return self.work / "runs" / f"{self.network}-{self.slide}"

    def python(self, arm: Arm) -> Path:
        """The Python that runs ``arm``."""
        return self.peers / arm.peer / "bin" / "python" if arm.peer else Path(sys.executable)

    def reason_missing(self, arm: Arm) -> str | None:
        """Why ``arm`` cannot run, or None."""
        if self.python(arm).exists() and not (self.peers / f"{arm.peer}.failed").exists():
            return None
        failed = self.peers / f"{arm.peer}.failed"
        return failed.read_text(encoding="utf-8").strip() if failed.exists() else "no environment"

    def run(self, arm: Arm, script: str, kind: str, out: Path) -> dict[str, Any]:
        """Run a script of this folder in the environment of ``arm``; its figures, or why there are none."""
        command = [str(self.python(arm)), str(HERE / f"{script}.py")]
        command += ["--slide", str(self.work / f"{self.slide}.svs"), "--out", str(out)]
        command += ["--network", str(self.work / f"{self.network}.pt"), "--kind", kind]
        # Nobody may ask the network for weights or news; our own code is found, theirs alone elsewhere.
        environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "2"}
        environment |= {"PYTHONPATH": "" if arm.peer else str(HERE.parents[1])}
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S
            )
        except subprocess.TimeoutExpired:
            return {"failed": f"not done after {PATIENCE_S} s"}
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode or not lines:
            last = (done.stderr.strip() or "no answer").splitlines()[-1]
            return {"failed": f"{last} (exit code {done.returncode})"}
        figures: dict[str, Any] = json.loads(lines[-1])
        return figures

    def prepare(self) -> None:
        """Paint slides and make networks where they are missing."""
        for script in ("slide", "unet"):
            command = [sys.executable, str(HERE / f"{script}.py"), "--work", str(self.work)]
            environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
            subprocess.run(command, check=True, env=environment)
        # Once through the file, so that the first arm does not pay for the disk.
        (self.work / f"{self.slide}.svs").read_bytes()

    def measure(self, names: list[str]) -> None:
        """Run what has not been run, round by round and arm by arm."""
        for turn in range(self.rounds):
            for name in names:
                self.step(f"bare-{ARMS[name].peer or 'ours'}-{ARMS[name].layout}", name, turn)
                self.step(name, name, turn)

    def step(self, what: str, name: str, turn: int) -> None:
        """Measure an arm, or the bare network in its environment, unless that is done."""
        arm, kept = ARMS[name], self.runs / what / f"{turn}.json"
        if kept.exists():
            return
        bare = what != name
        script, kind = ("bare", arm.layout) if bare else (f"run_{arm.script}", arm.kind)
        figures = self.run(arm, script, kind, self.runs / what / "out")
        told = figures.get("failed") or {k: figures.get(k) for k in TOLD if k in figures}
        print(f"round {turn + 1}, {what}: {told}", file=sys.stderr, flush=True)
        # What failed is tried again by the next call.
        kept = kept if "failed" not in figures else kept.with_suffix(".failed")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(figures) + "\n", encoding="utf-8")

    def rounds_of(self, what: str) -> dict[int, dict[str, Any]]:
        """What was measured, by round."""
        found = (self.runs / what / f"{turn}.json" for turn in range(self.rounds))
        return {int(p.stem): json.loads(p.read_text(encoding="utf-8")) for p in found if p.exists()}

    def failure(self, what: str) -> str:
        """What a failed arm said last."""
        for path in sorted((self.runs / what).glob("*.failed")):
            return str(json.loads(path.read_text(encoding="utf-8"))["failed"])
        return "not run"

    def mask(self, name: str) -> NDArray[np.bool_] | None:
        """The map of an arm's last run, thresholded."""
        path = self.runs / name / "out" / "mask.npz"
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as stored:
            shape = tuple(stored["shape"])
            return np.unpackbits(stored["mask"], count=int(np.prod(shape))).reshape(shape) > 0


TOLD = ("tiles", "wall_s", "cpu_s", "peak_mb", "network_cpu_ms")


def dice(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> float | None:
    """Overlap of two masks, where both tools have one."""
    if a is None or b is None or a.shape != b.shape:
        return None
    return float(2 * (a & b).sum() / max(1, a.sum() + b.sum()))


def figures_of(comparison: Comparison, name: str) -> dict[str, Any]:
    """Medians over the rounds of one arm; CPU beyond the network is taken within each round."""
    arm = ARMS[name]
    runs = comparison.rounds_of(name)
    bare = comparison.rounds_of(f"bare-{arm.peer or 'ours'}-{arm.layout}")
    both = sorted(set(runs) & set(bare))
    if not both:
        return {"failed": comparison.failure(name)}
    tile_ms = {k: runs[k]["cpu_s"] / runs[k]["tiles"] * 1e3 for k in both}

    def middle(values: Iterator[float]) -> float:
        return round(median(values), 2)

    return {
        "title": arm.title,
        "rounds": len(both),
        "tiles": runs[both[0]]["tiles"],
        "wall_s": middle(runs[k]["wall_s"] for k in both),
        "cpu_s": middle(runs[k]["cpu_s"] for k in both),
        "cpu_ms_per_tile": middle(tile_ms[k] for k in both),
        "network_cpu_ms_per_tile": middle(bare[k]["network_cpu_ms"] for k in both),
        "beyond_network_ms_per_tile": middle(tile_ms[k] - bare[k]["network_cpu_ms"] for k in both),
        "bare_share_of_wall": middle(
            bare[k]["network_wall_ms"] * runs[k]["tiles"] / 1e3 / runs[k]["wall_s"] for k in both
        ),
        "peak_mb": middle(runs[k]["peak_mb"] for k in both),
        "import_mb": middle(runs[k]["import_mb"] for k in both),
        "import_cpu_s": middle(runs[k]["import_cpu_s"] for k in both),
        "remark": arm.remark,
        "versions": runs[both[0]]["versions"],
    }


def summary(comparison: Comparison, names: list[str], missing: dict[str, str]) -> dict[str, Any]:
    """Everything that is written down."""
    arms = {name: figures_of(comparison, name) for name in names}
    reference = comparison.mask(REFERENCE if REFERENCE in names else FLOOR)
    for name, figures in arms.items():
        if "failed" not in figures:
            agreement = dice(comparison.mask(name), reference)
            figures["dice_to_reference"] = None if agreement is None else round(agreement, 5)
    floor = arms.get(FLOOR, {})
    for figures in arms.values():
        for key in ("beyond_network_ms_per_tile", "wall_s", "peak_mb"):
            # Beside a network of seconds per tile what is beyond it drowns in noise, and may come out below nothing.
            if key in figures and floor.get(key, 0) > 0:
                figures[f"{key}_to_floor"] = round(figures[key] / floor[key], 2)
    about = json.loads((comparison.work / f"{comparison.slide}.json").read_text(encoding="utf-8"))
    return {
        "network": comparison.network,
        "slide": f"{about['size_px'][0]} px square, {about['mpp']} µm/px, {about['tissue_share']:.0%} tissue",
        "reference_share": None if reference is None else round(float(reference.mean()), 4),
        "machine": {"cores": os.cpu_count(), "processor": processor(), "load": os.getloadavg()[0]},
        "arms": arms,
        "not_installed": missing,
    }


def processor() -> str:
    """What the processor calls itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


COLUMNS = {
    "tiles": "tiles",
    "wall_s": "wall s",
    "cpu_ms_per_tile": "CPU ms per tile",
    "network_cpu_ms_per_tile": "of these the network",
    "beyond_network_ms_per_tile": "beyond it",
    "beyond_network_ms_per_tile_to_floor": "beyond it, times the floor's",
    "peak_mb": "peak MB",
    "import_mb": "of these imports",
    "dice_to_reference": "Dice to reference",
    "remark": "remark",
}


def markdown(found: dict[str, Any]) -> str:
    """The table."""
    lines = ["| arm | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, figures in found["arms"].items():
        if "failed" in figures:
            lines.append(f"| {ARMS[name].title} | failed: {figures['failed']} |")
            continue
        cells = (figures.get(key) for key in COLUMNS)
        shown = (
            "" if cell is None else f"{cell:.5g}" if isinstance(cell, float) else str(cell)
            for cell in cells
        )
        lines.append(f"| {figures['title']} | " + " | ".join(shown) + " |")
    lines += [
        f"| {ARMS[n].title} | not installed: {why} |" for n, why in found["not_installed"].items()
    ]
    return "\n".join([f"Network {found['network']}; slide {found['slide']}.", "", *lines])


def main() -> None:
    """Prepare, measure, write down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--peers", type=Path)
    options.add_argument("--network", choices=("trivial", "unet"), default="trivial")
    options.add_argument("--slide", choices=("8k", "16k"), default="8k")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--arms", nargs="+", choices=ARMS)
    options.add_argument("--anew", action="store_true")
    given = options.parse_args()
    work = given.work.resolve()
    peers = (given.peers or work / "peers").resolve()
    comparison = Comparison(work, peers, given.network, given.slide, given.rounds)
    if given.anew:
        shutil.rmtree(comparison.runs, ignore_errors=True)
    comparison.prepare()
    left_out = ONLY_TRIVIAL if given.network == "unet" else set()
    asked = given.arms or [name for name in ARMS if name not in left_out]
    reasons = {name: comparison.reason_missing(ARMS[name]) for name in asked}
    missing = {name: why for name, why in reasons.items() if why}
    names = [name for name in asked if name not in missing]
    comparison.measure(names)
    found = summary(comparison, names, missing)
    size = "" if given.slide == "8k" else f"-{given.slide}"
    path = FIGURES / f"peers-{given.network}{size}.json"
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(markdown(found))


if __name__ == "__main__":
    main()
