"""The two networks, as TorchScript that every arm loads; imports neither pathoflow nor any peer.

Both take RGB between 0 and 1, ``(n, 3, h, w)``, and answer with two logits per pixel, ``(n, 2, h, w)``.

trivial     a 9x9 convolution to 8 channels, ReLU, 1x1: so little work that what stands around it shows
unet        a ResNet-34 U-Net, briefly trained on painted slides (`unet.py`)
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

SEED = 5
#: Brightness, 0 to 1, between cytoplasm and lumen, and how sharply the trivial network tells them apart.
PALE, STEEPNESS = 0.88, 12.0


class Trivial(nn.Module):
    """Tells pale places (lumens, fat, glass) from tissue by brightness under soft windows, so that its map has objects."""

    def __init__(self) -> None:
        super().__init__()
        self.windows = nn.Conv2d(3, 8, 9, padding=4)
        self.mix = nn.Conv2d(8, 2, 1)
        generator = torch.Generator().manual_seed(SEED)
        along = torch.exp(-(torch.arange(-4.0, 5.0) ** 2) / (2 * 3.0**2))
        window = torch.outer(along, along) / along.sum() ** 2
        colours = 0.2 + 0.8 * torch.rand(8, 3, 1, 1, generator=generator)
        with torch.no_grad():
            # Each channel is a mean brightness; a pixel is pale where the mean of all eight is above the limit.
            self.windows.weight.copy_(colours * window / colours.sum(1, keepdim=True))
            self.windows.bias.zero_()
            self.mix.weight[0] = -STEEPNESS / 8
            self.mix.weight[1] = STEEPNESS / 8
            self.mix.bias.copy_(torch.tensor([PALE, -PALE]) * STEEPNESS)

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """Logits of tissue and pale."""
        return self.mix(torch.relu(self.windows(rgb)))


class Smoothed(nn.Module):
    """A network that wants numbers around zero, given RGB between 0 and 1; its logits are means over 16 px.

    The means cost next to nothing, and leave objects where a short training alone leaves thousands of specks, which
    would be a test of who draws specks fastest.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """What the network answers, smooth."""
        coarse = nn.functional.avg_pool2d(self.network(rgb * 2 - 1), 16)
        return nn.functional.interpolate(coarse, scale_factor=16, mode="bilinear")


class WholeTile(nn.Module):
    """The network as a classifier of tiles, for tools that know no maps: mean logits of a tile."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """Mean logits, ``(n, 2)``."""
        return self.network(rgb).mean(dim=(2, 3))


def save(network: nn.Module, path: Path, side: int = 512) -> None:
    """Write ``network`` as TorchScript, and beside it the classifier made of it."""
    example = torch.zeros(2, 3, side, side)
    for module, to in ((network, path), (WholeTile(network), path.with_suffix(".tiles.pt"))):
        with torch.no_grad():
            torch.jit.trace(module.eval(), example, check_trace=False).save(str(to))


def load(path: Path) -> torch.jit.ScriptModule:
    """The network, ready to run."""
    network = torch.jit.load(str(path), map_location="cpu")
    return network.eval()


def probability(network: nn.Module, rgb: torch.Tensor) -> torch.Tensor:
    """Probability of the second class, ``(n, h, w)``."""
    with torch.inference_mode():
        return torch.softmax(network(rgb), dim=1)[:, 1]


def declare_operators() -> None:
    """Make the registry's torchvision importable beside a CPU-only torch (see pathoflow.networks.torchvision_cpu)."""
    if torch.version.cuda is None and not hasattr(torch.ops.torchvision, "nms"):
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)


# The declarations vanish with the object.
_kept: list[torch.library.Library] = []
