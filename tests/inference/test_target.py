from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pathoflow.space import Box, Size
from pathoflow.tiles import Block

Make = Callable[..., Any]


def test_a_target_lies_on_the_grid_of_its_networks(make_target: Make, network: Make) -> None:
    target = make_target(network(), network(name="tumour"))
    assert target.size == Size(150, 203)
    assert target.classes == ("vessel", "tumour")
    assert target.device_type == "cpu"
    assert target.key(Block(3, 4, Box(0, 0, 1, 1))) == "2/3-4"


def test_a_target_takes_networks_of_one_scale_and_one_network_per_class(
    make_target: Make, network: Make
) -> None:
    with pytest.raises(ValueError, match="one µm per pixel"):
        make_target(network(), network(name="tumour", mpp=4.0))
    with pytest.raises(ValueError, match="needs networks"):
        make_target()
    with pytest.raises(ValueError, match="two networks answer for one class"):
        make_target(network(), network())
