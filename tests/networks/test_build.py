from __future__ import annotations

from typing import Any

import pytest
import torch

from pathoflow.errors import NetworkError
from pathoflow.networks import Architecture, build_module
from pathoflow.networks.build import BUILDERS


def build(
    builder: str = "Unet", encoder: str = "mobilenet_v2", **arguments: Any
) -> torch.nn.Module:
    return build_module(Architecture(builder, encoder, arguments), 2)


def test_a_module_maps_pixels_to_one_logit_map_per_class() -> None:
    module = build(encoder_depth=2, decoder_channels=[8, 4]).eval()
    with torch.inference_mode():
        assert module(torch.zeros(1, 3, 32, 64)).shape == (1, 2, 32, 64)


def test_every_builder_a_card_may_name_exists() -> None:
    import segmentation_models_pytorch as smp

    assert all(hasattr(smp, name) for name in BUILDERS)


def refusal(*args: Any, **arguments: Any) -> str:
    with pytest.raises(NetworkError) as caught:
        build(*args, **arguments)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


@pytest.mark.parametrize("name", ["Nothing", "create_model", "encoders", "__builtins__"])
def test_only_listed_builders_can_be_called(name: str) -> None:
    message = refusal(name)
    assert repr(name) in message
    assert "UnetPlusPlus" in message


@pytest.mark.parametrize("encoder", ["nothing", "tu-nothing"])
def test_an_unknown_encoder_is_named(encoder: str) -> None:
    message = refusal(encoder=encoder)
    assert repr(encoder) in message
    assert "Correct the card's architecture" in message


def test_arguments_that_do_not_fit_together_are_refused() -> None:
    assert "encoder_depth" in refusal(encoder_dephts=3)
    assert "5 blocks" in refusal(encoder_depth=2)
    assert "depth" in refusal(encoder_depth=9)


@pytest.mark.parametrize(
    "argument", ["encoder_weights", "activation", "aux_params", "classes", "in_channels"]
)
def test_a_card_cannot_set_what_would_change_the_answer_or_reach_the_network(argument: str) -> None:
    # Weights of others would be downloaded; an activation would be a second sigmoid.
    assert f"takes no argument {argument}" in refusal(**{argument: "sigmoid"})
