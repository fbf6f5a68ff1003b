"""Make the two networks: the trivial one, and a ResNet-34 U-Net trained for a minute or two to find painted tumour.

    python benchmarks/peers/unet.py --work DIR

Needs pathoflow's environment; every other arm then loads ``DIR/trivial.pt`` and ``DIR/unet.pt``. The training is just
long enough that thresholding the map gives objects instead of noise: with random weights the smallest rounding flips
pixels, and nothing could be said of the agreement of two tools.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from network import Smoothed, Trivial, save
from torch import nn

from pathoflow.networks import Architecture
from pathoflow.networks.build import build_module
from pathoflow.phantom import PhantomSpec, Truth, paint, plan_slide
from pathoflow.space import Box, Frame

ARCHITECTURE = Architecture("Unet", "resnet34")
SEED, STEPS, BATCH, PATCH_PX, SLIDE_PX = 34, 60, 4, 256, 6144


def batches(rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Painted patches around the border of a tumour and anywhere, with where they are tumour."""
    plan = plan_slide(PhantomSpec(SEED, (SLIDE_PX, SLIDE_PX), 0.5, "train"))
    truth, tumour = Truth(plan), plan.tissue.tumour
    if tumour is None:
        raise ValueError(f"the painted slide of seed {SEED} has no tumour; choose another seed")
    border = tumour.polygon_um() / 0.5
    while True:
        corners = rng.uniform(0, SLIDE_PX - PATCH_PX, (BATCH, 2))
        near = border[rng.integers(len(border), size=BATCH // 2)]
        corners[: BATCH // 2] = near - PATCH_PX / 2 + rng.uniform(-100, 100, near.shape)
        boxes = [Box(int(y), int(x), PATCH_PX, PATCH_PX) for y, x in corners]
        rgb = np.stack([paint(plan, box) for box in boxes])
        mask = np.stack([truth.tumour_tissue_mask(box, Frame(1.0, 1.0)) for box in boxes])
        yield torch.from_numpy(rgb).permute(0, 3, 1, 2) / 255, torch.from_numpy(mask).long()


def trained() -> nn.Module:
    """The U-Net after its few steps."""
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        network = Smoothed(build_module(ARCHITECTURE, 2)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=STEPS)
    examples = batches(np.random.default_rng(SEED))
    network.train()
    for step in range(STEPS):
        rgb, mask = next(examples)
        # Half precision halves the minutes; the weights, and every run with them, are float32.
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(rgb)
        loss = nn.functional.cross_entropy(logits.float(), mask)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 10 == 9:
            print(f"step {step + 1} of {STEPS}: loss {loss.item():.3f}", flush=True)
    return network.to(memory_format=torch.contiguous_format).eval()


def main() -> None:
    """Write the networks that are missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    work = options.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    for name, make in (("trivial", Trivial), ("unet", trained)):
        if not (work / f"{name}.pt").exists():
            save(make(), work / f"{name}.pt")


if __name__ == "__main__":
    main()
