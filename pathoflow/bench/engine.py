"""How fast networks run here: every backend beside torch in full precision, on the same painted tiles, in turns."""

from __future__ import annotations

import logging
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.bench.agreement import (
    LEAST_DICE,
    MOST_LEVELS,
    MOST_MEAN_LEVELS,
    Agreement,
    agreement,
)
from pathoflow.bench.measure import Cost, measure
from pathoflow.bench.table import Cell, Table
from pathoflow.bench.tiles import painted_tiles
from pathoflow.errors import EnvironmentFault
from pathoflow.networks import (
    Architecture,
    Network,
    NetworkCard,
    Normalisation,
    available_backends,
    build_module,
    load_network,
)
from pathoflow.networks.backends.make import make_backend
from pathoflow.networks.build import BUILDERS
from pathoflow.networks.cache import cache_folder
from pathoflow.networks.measured import Measured, machine, save_measured
from pathoflow.networks.network import choose_device

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

#: What all others are compared with.
REFERENCE = "torch"
COLUMNS = ("network", "backend", "dtype", "Mpx/CPU-s", "Mpx/s", "ratio", "Dice", "max levels",
           "mean levels", "start CPU-s", "chosen")  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngineBench:
    """What is measured, and how."""

    #: Names, folders, or architectures such as ``Unet/resnet34``, which get random weights and tell only of speed.
    networks: tuple[str, ...] = ("vessel-starter",)
    rounds: int = 3
    #: Side of the tiles.
    tile_px: int = 512
    device: str = "auto"
    #: Whether torch's compiler takes part, which needs a minute or two per network to begin.
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """One backend as measured."""

    network: Network
    #: CPU-seconds until its first answer.
    start_s: float
    #: None where weights are random: the sign of an answer means nothing then.
    agreement: Agreement | None


def bench_engine(bench: EngineBench) -> Table:
    """Measure every backend that this machine has; on a CPU the quickest that agrees is kept for `load_network`.

    Raises
    ------
    NetworkError, EnvironmentFault
        A network is not known or damaged, or the device is not there.
    """
    device = choose_device(bench.device)
    rows: list[Sequence[Cell]] = []
    refused: dict[str, str] = {}
    chosen: list[Measured] = []
    for name in bench.networks:
        with tempfile.TemporaryDirectory() as scratch:
            network, cache = _load(name, device, Path(scratch))
            tiles = painted_tiles(network.card.mpp, bench.tile_px)
            ways = _ways(network, tiles, bench, cache, refused)
            calls = {n: _call(way.network, tiles) for n, way in ways.items()}
            costs = measure(calls, bench.rounds, warm_up=False)
        best = _best(ways, costs)
        if best is not None and device.type == "cpu":
            gain = costs[REFERENCE].cpu_s / costs[best].cpu_s
            sha = network.card.weights_sha256
            chosen.append(Measured(network.card.name, sha, best, round(gain, 2)))
        rows += [_row(n, way, costs, tiles, best) for n, way in ways.items()]
    return Table("Engine", COLUMNS, rows, _notes(bench, device, refused, chosen))


def _load(name: str, device: torch.device, scratch: Path) -> tuple[Network, Path]:
    """The network in the reference's way, and where files made of it are kept: not at all, if it is random."""
    builder, _, encoder = name.partition("/")
    if builder not in BUILDERS or not encoder:
        return load_network(name, str(device), REFERENCE), cache_folder()
    card = NetworkCard(
        name=f"{builder}-{encoder}".lower(),
        version="0",
        title="Random weights",
        architecture=Architecture(builder, encoder),
        classes=("vessel",),
        mpp=1.0,
        halo_px=0,
        normalisation=Normalisation(),
        threshold=0.5,
        licence="none",
        training={},
        metrics={},
        limits=("Speed only.",),
        weights_sha256="",
        synthetic=True,
    )
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = build_module(card.architecture, 1).eval()
    module = module.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Network(card, module, device), scratch


def _ways(
    network: Network,
    tiles: NDArray[np.uint8],
    bench: EngineBench,
    cache: Path,
    refused: dict[str, str],
) -> dict[str, _Way]:
    """Every backend that takes the network, after its first answer."""
    found: dict[str, _Way] = {}
    reference: NDArray[np.uint8] | None = None
    for name in available_backends(network.device):
        if name == "torch-compile" and not bench.compiled:
            continue
        began = time.process_time()
        try:
            backend = make_backend(name, network.module, network.card, network.device, cache)
            way = Network(network.card, network.module, network.device, chosen=backend)
            maps = _call(way, tiles)()
        except EnvironmentFault as error:
            refused[f"{network.card.name}, {name}"] = str(error)
            continue
        start_s = time.process_time() - began
        reference = maps if reference is None else reference
        judged = network.card.weights_sha256 != ""
        found[name] = _Way(
            way, start_s, agreement(maps, reference, network.card.threshold) if judged else None
        )
    return found


def _call(network: Network, tiles: NDArray[np.uint8]) -> Callable[[], NDArray[np.uint8]]:
    """Tile by tile on a CPU, as the engine does; on a GPU all at once."""
    if network.device.type == "cuda":
        return lambda: network.predict(tiles)
    return lambda: np.concatenate([network.predict(tile[None]) for tile in tiles])


def _best(ways: dict[str, _Way], costs: dict[str, Cost]) -> str | None:
    """The quickest that agrees with the reference; None where agreement cannot be judged."""
    fit = [
        name
        for name, way in ways.items()
        if name != "torch-compile" and way.agreement is not None and not way.agreement.shortfall
    ]
    return min(fit, key=lambda name: costs[name].cpu_s) if fit else None


def _row(
    name: str,
    way: _Way,
    costs: dict[str, Cost],
    tiles: NDArray[np.uint8],
    best: str | None,
) -> list[Cell]:
    mpx = tiles.shape[0] * tiles.shape[1] * tiles.shape[2] / 1e6
    cost, near = costs[name], way.agreement
    if near is None:
        said = "speed only"
    else:
        said = "yes" if name == best else near.shortfall and f"refused: {near.shortfall}"
    seen: list[Cell] = [None] * 3
    if near is not None:
        seen = [None if math.isnan(near.dice) else f"{near.dice:.4f}", near.max_levels, near.mean_levels]  # fmt: skip
    return [
        way.network.card.name,
        name,
        way.network.backend.dtype,
        mpx / cost.cpu_s,
        mpx / cost.wall_s,
        costs[REFERENCE].cpu_s / cost.cpu_s,
        *seen,
        way.start_s,
        said,
    ]


def _notes(
    bench: EngineBench, device: torch.device, refused: dict[str, str], chosen: list[Measured]
) -> dict[str, object]:
    import torch

    notes: dict[str, object] = {
        "device": str(device),
        **machine(),
        "threads": torch.get_num_threads(),
        "tiles": f"2 painted ones of {bench.tile_px} px",
        "rounds": bench.rounds,
        "equal means": f"Dice at least {LEAST_DICE}, mean difference at most {MOST_MEAN_LEVELS} and largest at most {MOST_LEVELS} of 255 grey levels",
        **refused,
    }
    if chosen:
        try:
            # Said from the home folder on: tables are passed around, names of people need not be.
            kept = save_measured(chosen)
            home = Path.home()
            shown = Path("~") / kept.relative_to(home) if kept.is_relative_to(home) else kept
            notes["kept for later runs in"] = str(shown)
        except OSError as error:
            _log.warning("the choice cannot be kept: %s", error)
    return notes
