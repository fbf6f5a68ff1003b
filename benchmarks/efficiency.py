"""What share of a run's time is the network itself: the bare network on the same tiles in memory, over the whole run.

    python benchmarks/efficiency.py [--slide SLIDE] [--rounds 3] [--backend auto]

Runs ``pathoflow.predict`` at the slide's own 0.5 µm/px with a small network (vessel-starter's architecture and weights)
and with a ResNet-34 U-Net of random weights, on the left half of a painted slide, the rest being skipped as glass is, and
on all of it. The bare network sees the same tiles, read before, in the same number of threads; both are timed in turns.
Writes ``figures/efficiency.json``. Synthetic: the slide is painted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from pathoflow.bench import Cost, Table, measure
from pathoflow.bench.painted import painted_slide
from pathoflow.inference import Target, plan_slide
from pathoflow.inference.pixels import read_job
from pathoflow.inference.plan import jobs_of
from pathoflow.networks import Architecture, Network, build_module, load_network
from pathoflow.networks.backends.make import make_backend
from pathoflow.networks.cache import cache_folder
from pathoflow.networks.choice import choose_backend
from pathoflow.networks.network import choose_device
from pathoflow.pipeline import RunSettings, predict
from pathoflow.slide import Slide, open_slide
from pathoflow.space import Frame
from pathoflow.tissue import TissueMask

FIGURES = Path(__file__).parent / "figures"
MPP = 0.5
SETTINGS = RunSettings(device="cpu")


def small(backend: str) -> Network:
    """The vessel network that ships, asked at the slide's own scale; what it says there is of no matter."""
    network = load_network("vessel-starter", "cpu", backend)
    return replace(network, card=replace(network.card, mpp=MPP))


def large(backend: str) -> Network:
    """A ResNet-34 U-Net of random weights."""
    import torch

    card = load_network("vessel-starter", "cpu", "torch").card
    # A name and a checksum of its own: converted networks are kept under them.
    card = replace(
        card,
        name="resnet34-unet",
        architecture=Architecture("Unet", "resnet34"),
        mpp=MPP,
        weights_sha256="0" * 64,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = build_module(card.architecture, 1).eval()
    module = module.to(memory_format=torch.channels_last)
    device = choose_device("cpu")
    chosen = make_backend(
        choose_backend(backend, device)[0].backend, module, card, device, cache_folder()
    )
    return Network(card, module, device, None, chosen)


def left(slide: Slide) -> TissueMask:
    """The left half of the slide; what lies right of it is skipped, as glass is."""
    whole = everything(slide)
    tissue = np.array(whole.pixels)
    tissue[:, tissue.shape[1] // 2 :] = False
    return TissueMask(tissue, whole.frame, slide.mpp)


def everything(slide: Slide) -> TissueMask:
    """All of the slide."""
    frame = Frame.at(8.0, slide.mpp)
    return TissueMask(np.ones(frame.size(slide.size).shape, bool), frame, slide.mpp)


def bare(network: Network, tiles: list[np.ndarray]) -> None:
    """The network on tiles in memory, and nothing else."""
    for rgb in tiles:
        network.start(rgb)()


def whole(slide: Slide, network: Network, tissue: TissueMask, out: Path) -> None:
    """A run from file to stored maps, nothing kept from an earlier one."""
    for left in (out, out.with_name(f"{out.name}.ledger")):
        shutil.rmtree(left, ignore_errors=True)
    predict(slide, network, out, SETTINGS, tissue=tissue)


def costs_of(slide: Slide, network: Network, tissue: TissueMask, rounds: int) -> dict[str, Cost]:
    """Both, in turns."""
    target = Target(slide, tissue, [network])
    jobs = jobs_of(
        plan_slide(target, SETTINGS.inference).blocks, SETTINGS.inference.batch_on("cpu")
    )
    tiles = [read_job(target, job).rgb for job in jobs]
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "network": partial(bare, network, tiles),
            "run": partial(whole, slide, network, tissue, Path(folder) / "maps.zarr"),
        }
        return measure(ways, rounds)


def main() -> None:
    """Read the options, measure, keep, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slide", type=Path)
    options.add_argument(
        "--side", type=int, default=6144, help="of the slide that is painted without one"
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--backend", nargs="+", default=["torch", "auto"])
    given = options.parse_args()
    rows = []
    with painted_slide(given.slide, given.side) as path, open_slide(path) as slide:
        masks = {"left half": left(slide), "everywhere": everything(slide)}
        for backend in given.backend:
            for name, make in (("small network", small), ("ResNet-34 U-Net", large)):
                network = make(backend)
                for where, tissue in masks.items():
                    cost = costs_of(slide, network, tissue, given.rounds)
                    one, run = cost["network"], cost["run"]
                    rows.append(
                        [name, network.backend.name, where, one.wall_s, run.wall_s, one.wall_s / run.wall_s,
                         one.cpu_s / run.cpu_s]
                    )  # fmt: skip
                    print(rows[-1], flush=True)
    columns = [
        "network",
        "backend",
        "tissue",
        "network alone, s",
        "run, s",
        "efficiency",
        "of CPU-seconds",
    ]
    table = Table(
        "Efficiency", columns, rows, {"rounds": given.rounds, "slide": "painted, synthetic"}
    )
    (FIGURES / "efficiency.json").write_text(json.dumps(table.plain(), indent=2) + "\n", "utf-8")
    print(table.markdown())


if __name__ == "__main__":
    main()
