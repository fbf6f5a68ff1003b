"""pathoflow: the engine that `pathoflow run` uses, with its tile index, ledger, checksums and OME-Zarr.

It answers with one sigmoid per class where the network has two logits; their difference under a sigmoid is the softmax.
The network runs as plain torch in full precision; with ``--kind default`` as pathoflow would run it by itself here, and
with the name of another backend in that.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module

import arm
import network
import numpy as np
import torch
from torch import nn

from pathoflow.inference import InferenceSettings, Ledger, Target, predict_slide
from pathoflow.networks import Architecture, Network, NetworkCard, Normalisation
from pathoflow.networks.backends.make import make_backend
from pathoflow.networks.backends.openvino import import_openvino
from pathoflow.networks.build import build_module
from pathoflow.networks.cache import cache_folder
from pathoflow.networks.choice import choose_backend
from pathoflow.slide import open_slide
from pathoflow.space import Box, Frame
from pathoflow.store import PyramidSpec, create_pyramid

CLASS = "found"
#: The kind of arm whose network runs in the backend that is chosen where nobody says one.
DEFAULT = "default"
# Loaded when they are first needed; here before, as imports are not counted.
for name in ("networks.backends.cpu", "networks.backends.make", "slide.openslide", "slide.svs"):
    import_module(f"pathoflow.{name}")
import_module("segmentation_models_pytorch")
import_openvino()


@dataclass(frozen=True)
class TileTissue:
    """The common list of tiles, as the engine asks for tissue."""

    grid: np.ndarray
    tile_px: int

    def covers(self, box: Box, frame: Frame) -> bool:
        """Whether a tile on the list lies under ``box``."""
        side = self.tile_px
        rows = slice(box.top // side, -(-box.bottom // side))
        return bool(self.grid[rows, box.left // side : -(-box.right // side)].any())

    def resample(self, box: Box, frame: Frame) -> np.ndarray:
        """The list at ``box``'s pixels."""
        rows, columns = np.arange(box.top, box.bottom), np.arange(box.left, box.right)
        wide = np.take(self.grid, columns // self.tile_px, axis=1)
        return np.take(wide, rows // self.tile_px, axis=0)


class Difference(nn.Module):
    """Two logits as one."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """What the second class has over the first, ``(n, 1, h, w)``."""
        logits = self.inner(rgb)
        return logits[:, 1:] - logits[:, :1]


def plain(asked: arm.Job) -> nn.Module:
    """The network as an ordinary module with the weights of the TorchScript, as users of pathoflow have theirs."""
    module: nn.Module = network.Trivial()
    if asked.network.stem == "unet":
        module = network.Smoothed(build_module(Architecture("Unet", "resnet34"), 2))
    module.load_state_dict(network.load(asked.network).state_dict())
    return module


def make_network(asked: arm.Job) -> Network:
    """The network with the card that the engine wants."""
    card = NetworkCard(
        name=asked.network.stem,
        version="1",
        title="",
        architecture=Architecture("none", "none"),
        classes=(CLASS,),
        mpp=asked.mpp,
        # As everybody else here: windows without overlap.
        halo_px=0,
        normalisation=Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        threshold=0.5,
        licence="",
        training={},
        metrics={},
        limits=(),
        # A converted network is kept under it, once per machine; `bare` comes first and pays for that.
        weights_sha256=sha256(asked.network.read_bytes()).hexdigest(),
        synthetic=True,
    )
    module = Difference(plain(asked)).eval().to(memory_format=torch.channels_last)
    device = torch.device("cpu")
    if asked.kind in ("", "plain"):
        return Network(card, module, device)
    backend = "auto" if asked.kind == DEFAULT else asked.kind
    backend = choose_backend(backend, device)[0].backend
    return Network(
        card, module, device, None, make_backend(backend, module, card, device, cache_folder())
    )


def run(asked: arm.Job) -> None:
    """Predict, write."""
    net = make_network(asked)
    settings = InferenceSettings(tile_px=asked.tile_px, batch=arm.BATCH)
    with open_slide(asked.slide) as slide:
        target = Target(slide, TileTissue(asked.grid(), asked.tile_px), (net,))
        spec = PyramidSpec("uint8", slide.mpp, n_levels=1)
        output = create_pyramid(asked.out / "map.zarr", f"probability/{CLASS}", target.size, spec)
        (asked.out / "ledger").mkdir()
        ledger = Ledger(asked.out / "ledger", {})
        ledger.start()
        predict_slide(target, {CLASS: output}, ledger, settings)


def mask(asked: arm.Job) -> np.ndarray:
    """The map as stored, thresholded."""
    from pathoflow.store import open_pyramid

    stored = open_pyramid(asked.out / "map.zarr", f"probability/{CLASS}")
    return stored.read(stored.size.box()) > 127


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(len(asked.tiles)) as figures:
        run(asked)
    arm.finish(asked, figures, mask(asked))
