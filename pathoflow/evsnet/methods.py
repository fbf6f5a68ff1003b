"""The doors of this room: methods that a config names (entry point ``pathoflow.steps``)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from torch import nn

from pathoflow.errors import UsageError
from pathoflow.evsnet.settings import EVSNET, FEW_LABELS, RELEASED, EvsSettings
from pathoflow.evsnet.step import EvsNet
from pathoflow.training.methods import Setup
from pathoflow.training.step import Step


def make_evsnet(network: nn.Module, setup: Setup) -> Step:
    """EVS-Net; ``variant = "released"`` in the options gives the formulas of the released code."""
    base = RELEASED if setup.options.get("variant") == "released" else EVSNET
    settings = with_options(base, setup)
    if not setup.has_unlabelled:
        raise UsageError(
            "evsnet learns from unlabelled patches too, and there are none: name slides under data.unlabelled, "
            'or choose method = "supervised".'
        )
    return EvsNet(network, setup, settings)


def make_few_labels(network: nn.Module, setup: Setup) -> Step:
    """A frozen teacher at the edge and its sure labels; without unlabelled patches it is supervised learning."""
    return EvsNet(network, setup, with_options(FEW_LABELS, setup))


def with_options(base: EvsSettings, setup: Setup) -> EvsSettings:
    """``base`` with the entries that the config's ``[options]`` change, tables entry by entry.

    Raises
    ------
    UsageError
        Keys are unknown or of the wrong type.
    """
    merged = _merged(asdict(base), setup.options)
    return replace(setup, options=merged).settings(EvsSettings)


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        out[key] = _merged(base[key], value) if both else value
    return out
