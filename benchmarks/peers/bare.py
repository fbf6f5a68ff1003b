"""The network and nothing else, on tiles in memory: what no tool can go below in the same environment.

``--kind stacked`` gives it tiles as loaders stack them, plane by plane; ``rows`` as a view of RGB rows, as the floor does;
``plain`` the same to the plain module that pathoflow runs; other words are backends that pathoflow runs it in. Prints CPU and wall milliseconds per tile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import arm
import network
import torch

#: Batches measured, after some to warm up.
BATCHES = {"trivial": 20, "unet": 2}


def prepared(asked: arm.Job) -> Callable[[], object]:
    """The network, ready to be called on a batch."""
    side = asked.tile_px
    generator = torch.Generator().manual_seed(0)
    if asked.kind not in ("stacked", "rows", "plain"):
        from run_pathoflow import make_network

        pixels = torch.randint(0, 256, (arm.BATCH, side, side, 3), generator=generator)
        return partial(make_network(asked).predict, pixels.to(torch.uint8).numpy())
    rgb = torch.rand(arm.BATCH, 3, side, side, generator=generator)
    if asked.kind != "stacked":
        rgb = rgb.contiguous(memory_format=torch.channels_last)
    if asked.kind == "plain":
        from run_pathoflow import make_network

        return partial(make_network(asked).module, rgb)
    return partial(network.load(asked.network), rgb)


def run(asked: arm.Job) -> dict[str, float]:
    """CPU and wall per tile."""
    net, count = prepared(asked), BATCHES[asked.network.stem]
    with torch.inference_mode():
        for _ in range(3 if count > 2 else 1):
            net()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            net()
    n = count * arm.BATCH
    return {
        "network_cpu_ms": round((time.process_time() - cpu) / n * 1e3, 3),
        "network_wall_ms": round((time.perf_counter() - wall) / n * 1e3, 3),
    }


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(0) as figures:
        found = run(asked)
    arm.finish(asked, figures, None, **found)
