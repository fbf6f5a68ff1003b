"""An architecture from a card, as a torch module with fresh weights."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from pathoflow.errors import NetworkError

if TYPE_CHECKING:
    from torch import nn

    from pathoflow.networks.card import Architecture

#: Builders a card may name. A list, so that a foreign card cannot call anything else.
BUILDERS = (
    "DeepLabV3Plus",
    "FPN",
    "Linknet",
    "MAnet",
    "PAN",
    "Segformer",
    "UPerNet",
    "Unet",
    "UnetPlusPlus",
)

# What a card may not set: the first four follow from its other fields, an activation would be a second sigmoid, and
# a classification head a second output.
_OURS = {
    "encoder_name",
    "encoder_weights",
    "in_channels",
    "classes",
    "activation",
    "aux_params",
    "kwargs",
}


def build_module(architecture: Architecture, n_classes: int) -> nn.Module:
    """A module that maps ``(n, 3, h, w)`` normalised RGB to ``(n, n_classes, h, w)`` logits.

    Weights are random: pretrained ones are never downloaded here.

    Raises
    ------
    NetworkError
        A builder or an encoder that is not known, or arguments that the builder refuses.
    """
    from pathoflow.networks.torchvision_cpu import prepare_torchvision

    prepare_torchvision()
    import segmentation_models_pytorch as smp

    if architecture.builder not in BUILDERS:
        raise NetworkError(
            f"architecture {architecture.builder!r} is not known; use one of {', '.join(BUILDERS)}."
        )
    builder = getattr(smp, architecture.builder)
    allowed = [name for name in inspect.signature(builder).parameters if name not in _OURS]
    unknown = [name for name in architecture.arguments if name not in allowed]
    if unknown:
        raise NetworkError(
            f"{architecture.builder} takes no argument {', '.join(unknown)} from a card; "
            f"use {', '.join(allowed)}."
        )
    try:
        module = builder(
            encoder_name=architecture.encoder,
            encoder_weights=None,
            in_channels=3,
            classes=n_classes,
            **architecture.arguments,
        )
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        # The list of all encoders that follows is longer than a sentence.
        reason = str(error.args[0]).split(", supported")[0].rstrip(".")
        raise NetworkError(
            f"{architecture.builder} with encoder {architecture.encoder!r} cannot be built: {reason}. "
            "Correct the card's architecture."
        ) from error
    return module  # type: ignore[no-any-return]
