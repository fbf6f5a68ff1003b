"""Weights: safetensors in half precision on disk, checked against the card before a single one is used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pathoflow.errors import Code, NetworkError
from pathoflow.networks.card import WEIGHTS_NAME

if TYPE_CHECKING:
    import torch
    from torch import nn


class WeightsCard(Protocol):
    """What any card says of its weights."""

    @property
    def name(self) -> str:
        """The network's name."""
        ...

    @property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights file."""
        ...


def weights_sha256(folder: Path) -> str:
    """SHA-256 of the weights file in ``folder``, as hex.

    Raises
    ------
    NetworkError
        The file is missing or cannot be read.
    """
    path = folder / WEIGHTS_NAME
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise NetworkError(
            f"{path} cannot be read: {error.strerror}. Restore the network folder."
        ) from error


def verify_weights(folder: Path, card: WeightsCard) -> None:
    """Raise unless the weights in ``folder`` are, byte for byte, those that ``card`` names.

    Raises
    ------
    NetworkError
        With code ``MODEL_HASH``.
    """
    found = weights_sha256(folder)
    if found != card.weights_sha256:
        raise NetworkError(
            f"the weights of network {card.name!r} in {folder} are not those of its card "
            f"(sha256 {found[:12]}..., card says {card.weights_sha256[:12]}...): restore the network folder.",
            Code.MODEL_HASH,
        )


def load_weights(module: nn.Module, folder: Path, card: WeightsCard) -> None:
    """Verify, then load the weights in ``folder`` into ``module`` (in place, as float32).

    Raises
    ------
    NetworkError
        The checksum differs (``MODEL_HASH``) or the tensors do not fit the architecture.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    verify_weights(folder, card)
    try:
        tensors = load_file(folder / WEIGHTS_NAME)
    except SafetensorError as error:
        raise NetworkError(
            f"{folder / WEIGHTS_NAME} is not a safetensors file: {error}. Restore the network folder."
        ) from error
    try:
        module.load_state_dict(
            {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
        )
    except RuntimeError as error:
        raise NetworkError(
            f"the weights of network {card.name!r} do not fit its card's architecture: "
            f"{_first_reason(error)} Restore the network folder."
        ) from error


def _first_reason(error: RuntimeError) -> str:
    """Torch's first line names only the class of the module; the second says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines()]
    return lines[min(1, len(lines) - 1)]


def save_weights(module: nn.Module, folder: Path) -> str:
    """Write ``module``'s weights as float16 into ``folder`` and return their SHA-256.

    Half precision halves the file; batch-norm statistics keep enough digits for 8-bit outputs. What float16 cannot
    hold (above 65,504) stays as it is.
    """
    from safetensors.torch import save

    tensors = {key: _halved(value) for key, value in module.state_dict().items()}
    # Not save_file, which leaves a file that only its owner may read.
    (folder / WEIGHTS_NAME).write_bytes(save(tensors))
    return weights_sha256(folder)


def _halved(tensor: torch.Tensor) -> torch.Tensor:
    own = tensor.detach().cpu().contiguous()
    if not own.is_floating_point():
        return own
    half = own.half()
    return own if (half.isinf() & own.isfinite()).any() else half
