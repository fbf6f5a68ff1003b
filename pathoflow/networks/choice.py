"""Which backend runs a network: the one asked for, the one measured to be quickest here, or one by rule."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathoflow.errors import EnvironmentFault, UsageError
from pathoflow.networks.backends.precision import cpu_has_bfloat16
from pathoflow.networks.measured import load_measured

if TYPE_CHECKING:
    import torch

#: Every backend, by the kind of device that it runs on.
BACKENDS = {
    "cpu": ("torch", "torch-bf16", "torch-compile", "openvino", "openvino-bf16"),
    "cuda": ("torch", "torch-fp16", "torch-bf16", "torch-compile"),
}
#: By rule, the first of these that the machine has; compiled code takes minutes to start and is never chosen by itself.
_RULE = {
    "cpu": ("openvino-bf16", "torch-bf16", "openvino", "torch"),
    "cuda": ("torch-fp16",),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A backend and why it was chosen, as the end of a sentence."""

    backend: str
    reason: str


def missing_for(backend: str, device: torch.device) -> str:
    """What this machine lacks to run ``backend`` on ``device``, and the remedy; empty where it lacks nothing."""
    if backend not in BACKENDS[device.type]:
        return f"it does not run on {device.type}; use one of {', '.join(BACKENDS[device.type])}"
    if backend.startswith("openvino") and importlib.util.find_spec("openvino") is None:
        return "OpenVINO is not installed; install pathoflow[openvino]"
    if device.type == "cpu" and backend.endswith("-bf16") and not cpu_has_bfloat16():
        return f"this CPU does not multiply in bfloat16; use {backend.removesuffix('-bf16')}"
    return ""


def available_backends(device: torch.device) -> list[str]:
    """The backends that can run on ``device`` here."""
    return [name for name in BACKENDS[device.type] if not missing_for(name, device)]


def choose_backend(wish: str, device: torch.device, weights_sha256: str = "") -> list[Choice]:
    """Backends for a network, best first: one for a name, several for ``auto``, should a network not fit the first.

    Raises
    ------
    UsageError
        No backend has the name that was asked for.
    EnvironmentFault
        It cannot run on this machine or device.
    """
    if wish != "auto":
        known = dict.fromkeys(name for names in BACKENDS.values() for name in names)
        if wish not in known:
            raise UsageError(
                f"backend {wish!r} is not known; use auto or one of {', '.join(known)}."
            )
        if lack := missing_for(wish, device):
            raise EnvironmentFault(f"backend {wish!r} cannot be used: {lack}.")
        return [Choice(wish, "asked for")]
    by_rule = [
        Choice(
            name, "by rule; pathoflow bench engine measures" if device.type == "cpu" else "by rule"
        )
        for name in _RULE[device.type]
        if not missing_for(name, device)
    ]
    measured = _measured(device, weights_sha256)
    return measured + [
        choice for choice in by_rule if choice.backend not in {m.backend for m in measured}
    ]


def _measured(device: torch.device, weights_sha256: str) -> list[Choice]:
    """The choice that was measured: for this network, else for the network measured last."""
    if device.type != "cpu":
        return []
    found = [m for m in load_measured() if not missing_for(m.backend, device)]
    own = [m for m in found if m.weights_sha256 == weights_sha256]
    return [
        Choice(m.backend, f"measured with {m.network}: {m.ratio:.1f} times torch in full precision")
        for m in (own or found)[:1]
    ]
