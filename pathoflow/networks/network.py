"""A network ready to run: pixels in, 8-bit probability maps out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import EnvironmentFault, NetworkError
from pathoflow.networks.build import build_module
from pathoflow.networks.card import NetworkCard, load_card
from pathoflow.networks.domain import Domain, load_domain
from pathoflow.networks.registry import find_network
from pathoflow.networks.weights import load_weights

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True)
class Network:
    """A loaded module with its card, on one device, in evaluation mode."""

    card: NetworkCard
    module: nn.Module
    device: torch.device
    #: What its training tissue looked like; None where the card does not say.
    domain: Domain | None = None

    def predict(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Probabilities of ``(n, h, w, 3)`` RGB pixels as ``(n, classes, h, w)``, 255 meaning 1.

        Pixels travel as bytes and are normalised on the device; on CUDA the network runs in half precision.

        Raises
        ------
        NetworkError
            The network answers with NaN.
        """
        import torch

        with torch.inference_mode(), self._autocast():
            logits = self.module(self._normalised(pixels))
            probabilities = torch.sigmoid(logits.float())
            if probabilities.isnan().any():
                # As a byte it would become 0: tissue without vessels.
                raise NetworkError(
                    f"network {self.card.name!r} answers with numbers that are none (NaN) on {self.device}; "
                    "its weights are damaged, or half precision is not enough: use --device cpu."
                )
            return (probabilities * 255).round_().to(torch.uint8).cpu().numpy()

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], NDArray[np.uint8]]:
        """Begin to predict, and return what waits for the answer and gives it; see `predict`."""
        answer = self.predict(pixels)
        return lambda: answer

    def features(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Deepest encoder features of ``(n, h, w, 3)`` pixels, averaged over the area: ``(n, channels)``."""
        import torch

        with torch.inference_mode():
            deepest = self.module.encoder(self._normalised(pixels))[-1]  # type: ignore[operator]
            return deepest.float().mean(dim=(2, 3)).cpu().numpy()  # type: ignore[no-any-return]

    def _autocast(self) -> torch.autocast:
        import torch

        return torch.autocast("cuda", dtype=torch.float16, enabled=self.device.type == "cuda")

    def _normalised(self, pixels: NDArray[np.uint8]) -> torch.Tensor:
        import torch

        # Torch warns of arrays that it may not write to, such as views of a file.
        batch = torch.from_numpy(np.require(pixels, requirements=["C", "W"]))
        if self.device.type == "cuda":
            batch = batch.pin_memory().to(self.device, non_blocking=True)
        # n h w c -> n c h w as a view: that is what torch calls channels_last, and the fast layout on CPU and CUDA.
        batch = batch.permute(0, 3, 1, 2).float().div_(255)
        mean = torch.tensor(self.card.normalisation.mean, device=self.device).view(1, 3, 1, 1)
        std = torch.tensor(self.card.normalisation.std, device=self.device).view(1, 3, 1, 1)
        return batch.sub_(mean).div_(std)


def choose_device(wish: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Raises
    ------
    EnvironmentFault
        CUDA was asked for and is not there.
    """
    import torch

    if wish == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if not re.fullmatch(r"cpu|cuda(:\d+)?", wish):
        raise EnvironmentFault(f"device {wish!r} is not known; use auto, cpu, cuda or cuda:N.")
    device = torch.device(wish)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EnvironmentFault(
            f"device {wish!r} was asked for, but torch sees no CUDA here; use --device cpu."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise EnvironmentFault(
            f"device {wish!r} does not exist: this machine has {torch.cuda.device_count()}, counted from 0."
        )
    return device


def load_network(name_or_folder: str | Path, device: str = "auto") -> Network:
    """Load a network by name or folder, after checking its weights against its card.

    Raises
    ------
    NetworkError
        It is not known, damaged, or altered (code ``MODEL_HASH``).
    EnvironmentFault
        The device is not there.
    """
    import torch

    folder = find_network(name_or_folder)
    card = load_card(folder)
    target = choose_device(device)
    module = build_module(card.architecture, len(card.classes))
    load_weights(module, folder, card)
    module = module.eval().to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    domain = load_domain(folder, card.domain) if card.domain else None
    return Network(card, module, target, domain)
