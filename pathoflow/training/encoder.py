"""First weights: another network's, or an encoder's from a file that the config names by its SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import nn

from pathoflow.errors import UsageError
from pathoflow.networks import load_network


def load_encoder(module: nn.Module, path: Path, sha256: str) -> None:
    """Put the arrays of an ``.npz`` under the encoder's own parameter names into ``module.encoder``.

    Raises
    ------
    UsageError
        The file is missing, is another than ``sha256`` names, or lacks tensors.
    """
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"encoder weights {path} cannot be read: {error.strerror}.") from error
    if found != sha256:
        raise UsageError(
            f"encoder weights {path} have sha256 {found}, the config asks for {sha256}."
        )
    with np.load(path, allow_pickle=False) as stored:
        tensors = {key: torch.from_numpy(stored[key].astype(np.float32)) for key in stored.files}
    encoder: nn.Module = module.encoder  # type: ignore[assignment]
    own = encoder.state_dict()
    fitting = {}
    for key, tensor in tensors.items():
        if key in own and tensor.numel() == own[key].numel():
            fitting[key] = tensor.reshape(own[key].shape).to(own[key].dtype)
    missing = [k for k in own if k not in fitting and not k.endswith("num_batches_tracked")]
    if missing:
        raise UsageError(
            f"encoder weights {path} lack {len(missing)} tensors, first {missing[0]!r}; "
            "give the weights of the config's encoder."
        )
    encoder.load_state_dict(fitting, strict=False)


def load_start(module: nn.Module, network: str) -> None:
    """Put the weights of a network, by name or folder, into ``module``; a head for other classes stays fresh."""
    weights = load_network(network, "cpu", "torch").module.state_dict()
    own = module.state_dict()
    fitting = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    module.load_state_dict(fitting, strict=False)
