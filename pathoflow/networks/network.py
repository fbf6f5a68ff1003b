"""A network ready to run: pixels in, 8-bit probability maps out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import EnvironmentFault, NetworkError
from pathoflow.networks.backends import Backend
from pathoflow.networks.backends.make import make_backend
from pathoflow.networks.backends.narrowed import Narrowed
from pathoflow.networks.build import build_module
from pathoflow.networks.cache import cache_folder
from pathoflow.networks.card import NetworkCard, load_card
from pathoflow.networks.choice import choose_backend
from pathoflow.networks.domain import Domain, load_domain
from pathoflow.networks.memory import within_memory
from pathoflow.networks.registry import find_network
from pathoflow.networks.weights import load_weights

if TYPE_CHECKING:
    import torch
    from torch import nn

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Network:
    """A loaded module with its card, on one device, in evaluation mode."""

    card: NetworkCard
    module: nn.Module
    device: torch.device
    #: What its training tissue looked like; None where the card does not say.
    domain: Domain | None = None
    #: The way it is run, where that was chosen; else it is plain torch, on CUDA in half precision.
    chosen: Backend | None = None

    @cached_property
    def backend(self) -> Backend:
        """The way it is run: its name and dtype tell what a result owes to it."""
        plain = "torch-fp16" if self.device.type == "cuda" else "torch"
        return self.chosen or make_backend(
            plain, self.module, self.card, self.device, cache_folder()
        )

    def predict(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Probabilities of ``(n, h, w, 3)`` RGB pixels as ``(n, classes, h, w)``, 255 meaning 1.

        Raises
        ------
        NetworkError
            The network answers with NaN.
        OutOfMemory
            The pixels are too many for the memory there is.
        """
        return self.start(pixels)()

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], NDArray[np.uint8]]:
        """Begin with what `predict` does; the function returned waits for the maps, or raises what went wrong.

        On CUDA the host can go on meanwhile, and ``pixels`` may be overwritten at once; on a CPU the maps are ready.

        Raises
        ------
        OutOfMemory
            The pixels are too many for the memory there is.
        """
        # Torch warns of arrays that it may not write to, such as views of a file.
        shown = np.require(pixels, requirements=["C", "W"])
        what = f"{len(pixels)} x {pixels.shape[1]} x {pixels.shape[2]} pixels in network {self.card.name!r} on {self.device}"
        wait = within_memory(lambda: self.backend.start(shown), what)

        def answer() -> NDArray[np.uint8]:
            maps, is_number = within_memory(wait, what)
            if not is_number:
                # As a byte it would be 0: tissue without vessels.
                raise NetworkError(
                    f"network {self.card.name!r} answers with numbers that are none (NaN) on {self.device}, "
                    f"computing in {self.backend.dtype}; its weights are damaged, or that is not precise enough: "
                    "use --device cpu --backend torch."
                )
            return maps

        return answer

    def only(self, classes: Sequence[str]) -> Network:
        """The same network, asked about some of its classes; their order is the card's."""
        kept = tuple(name for name in self.card.classes if name in classes)
        if kept == self.card.classes:
            return self
        channels = [self.card.classes.index(name) for name in kept]
        narrow = Narrowed(self.backend, tuple(channels))
        return replace(self, card=replace(self.card, classes=kept), chosen=narrow)

    def rest(self) -> None:
        """Let go of working memory until the next tiles come."""
        self.backend.rest()

    def features(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Deepest encoder features of ``(n, h, w, 3)`` pixels, averaged over the area: ``(n, channels)``.

        Always torch in full precision, because the card's statistics of training tissue were made so.
        """
        import torch

        from pathoflow.networks.backends.whole import Whole

        with torch.inference_mode():
            shown = torch.from_numpy(np.require(pixels, requirements=["C", "W"])).to(self.device)
            whole = Whole(self.module, self.card).to(self.device)
            deepest = self.module.encoder(whole.normalised(shown))[-1]  # type: ignore[operator]
            return deepest.float().mean(dim=(2, 3)).cpu().numpy()  # type: ignore[no-any-return]


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


def load_network(
    name_or_folder: str | Path, device: str = "auto", backend: str = "auto"
) -> Network:
    """Load a network by name or folder, after checking its weights against its card.

    Parameters
    ----------
    name_or_folder
        A name of `list_networks`, or the folder of a network.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    backend
        ``auto``, or a name of `BACKENDS` for the device. `Network.backend` tells what became of ``auto``.

    Raises
    ------
    NetworkError
        It is not known, damaged, or altered (code ``MODEL_HASH``).
    UsageError
        The backend is not known.
    EnvironmentFault
        The device or the backend is not there.
    """
    import torch

    folder = find_network(name_or_folder)
    card = load_card(folder)
    target = choose_device(device)
    choices = choose_backend(backend, target, card.weights_sha256)
    module = build_module(card.architecture, len(card.classes))
    load_weights(module, folder, card)
    module = module.eval().to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    domain = load_domain(folder, card.domain) if card.domain else None
    names = [choice.backend for choice in choices]
    return Network(card, module, target, domain, _first_that_fits(names, module, card, target))


def _first_that_fits(
    names: Sequence[str], module: nn.Module, card: NetworkCard, device: torch.device
) -> Backend:
    """The first of the backends ``names`` that can take the network; the last one's error, if none can."""
    for name in names[:-1]:
        try:
            return make_backend(name, module, card, device, cache_folder())
        except EnvironmentFault as error:
            _log.warning("%s (chosen without it)", error)
    return make_backend(names[-1], module, card, device, cache_folder())
