"""The network and nothing else, on tiles in memory: what no tool can go below in the same environment.

``--kind stacked`` gives it tiles as loaders stack them, plane by plane; ``rows`` as a view of RGB rows, as the floor does;
``plain`` the same to the plain module that pathoflow runs. Prints CPU and wall milliseconds per tile.
"""

from __future__ import annotations

import time

import arm
import network
import torch

#: Batches measured, after some to warm up.
BATCHES = {"trivial": 20, "unet": 3}


def run(asked: arm.Job) -> dict[str, float]:
    """CPU and wall per tile."""
    if asked.kind == "plain":
        from run_pathoflow import make_network

        net = make_network(asked).module
    else:
        net = network.load(asked.network)
    side, count = asked.tile_px, BATCHES[asked.network.stem]
    generator = torch.Generator().manual_seed(0)
    rgb = torch.rand(arm.BATCH, 3, side, side, generator=generator)
    if asked.kind != "stacked":
        rgb = rgb.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        for _ in range(3 if count > 2 else 1):
            net(rgb)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            net(rgb)
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
