"""From the name of a backend to a network that runs so."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from pathoflow.networks.backends.backend import Backend
from pathoflow.networks.backends.precision import cpu_has_bfloat16
from pathoflow.networks.card import NetworkCard

if TYPE_CHECKING:
    import torch
    from torch import nn

    from pathoflow.networks.backends.cpu import Run


def make_backend(
    name: str, module: nn.Module, card: NetworkCard, device: torch.device, cache: Path
) -> Backend:
    """``module`` on ``device``, run the way ``name`` says; the name has been checked (`check_backend`).

    Raises
    ------
    EnvironmentFault
        OpenVINO cannot take this network.
    """
    import torch

    from pathoflow.networks.backends.whole import Whole

    dtype = dtype_of(name, device)
    if name.startswith("openvino"):
        from pathoflow.networks.backends.conversion import converted
        from pathoflow.networks.backends.openvino import OpenVinoBackend

        model = converted(Whole(module, card).eval(), card, cache)
        return OpenVinoBackend(name, dtype, model, torch.get_num_threads())
    if device.type == "cuda" and dtype != "float32":
        module = _half(module, getattr(torch, dtype))
    whole = Whole(module, card).eval().to(device)
    run: Run = whole
    if name == "torch-compile":
        from pathoflow.networks.backends.compiled import compile_whole

        run = compile_whole(whole)
    if device.type == "cuda":
        from pathoflow.networks.backends.cuda import CudaBackend

        return CudaBackend(name, dtype, run, device)
    from pathoflow.networks.backends.cpu import CpuBackend

    return CpuBackend(name, dtype, run)


def dtype_of(name: str, device: torch.device) -> str:
    """In what the backend ``name`` multiplies on ``device``; compiled code takes the quickest there is."""
    if name.endswith("-bf16"):
        return "bfloat16"
    if name.endswith("-fp16"):
        return "float16"
    if name != "torch-compile":
        return "float32"
    if device.type == "cuda":
        return "float16"
    return "bfloat16" if cpu_has_bfloat16() else "float32"


def _half(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """A copy whose multiplying layers hold their weights as autocast would cast them anew in every call."""
    from torch import nn

    copy = deepcopy(module)
    for layer in copy.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            layer.to(dtype)
    return copy
