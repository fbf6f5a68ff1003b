from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pathoflow.errors import NetworkError
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.model import (
    GraphConvolution,
    LoopNet,
    ModelSettings,
    absorbed,
    ask,
    build_loopnet,
    grid_adjacency,
)

Tiny = Callable[..., LoopNet]
Toy = Callable[..., VesselExamples]


def test_white_is_nothing() -> None:
    assert absorbed(torch.tensor([1.0, 0.5, 0.0])).tolist() == [0.0, 2.0, 4.0]


def test_places_touch_eight_neighbours_and_weigh_them_by_how_many_each_has() -> None:
    found = grid_adjacency(3)
    # Row sums of A + I: 4 in a corner, 6 on an edge, 9 in the middle.
    degree = torch.tensor([4.0, 6, 4, 6, 9, 6, 4, 6, 4])
    assert torch.equal(found, found.T)
    assert torch.equal((found > 0).sum(1).float(), degree)
    assert found[0, 4].item() == pytest.approx(1 / 6)
    assert found[0, 0].item() == pytest.approx(1 / 4)
    assert found[1, 2].item() == pytest.approx(1 / 24**0.5)
    assert found[0, 2] == found[0, 6] == 0
    # D^1/2 1 is its eigenvector of eigenvalue 1.
    assert torch.allclose(found @ degree.sqrt(), degree.sqrt())


def test_a_graph_convolution_is_the_neighbours_mean_and_the_place_itself() -> None:
    layer = GraphConvolution(1, 1, keeps_own=True)
    assert layer.own is not None
    with torch.no_grad():
        layer.shared.weight.fill_(2)
        layer.shared.bias.fill_(0)
        layer.own.weight.fill_(-3)
    places = torch.zeros(1, 9, 1)
    places[0, 4] = 1
    found = layer(places, grid_adjacency(3))[0, :, 0]
    assert found[4].item() == pytest.approx(2 / 9 - 3)
    assert found[0].item() == pytest.approx(2 / 6)
    assert found[1].item() == pytest.approx(2 / 54**0.5)
    assert GraphConvolution(1, 1, keeps_own=False).own is None


def test_blanks_do_not_dilute_a_vessel_unless_asked_for(tiny: Tiny, grid: GridSettings) -> None:
    cell = torch.rand(1, 3, 8, 8)
    x = torch.zeros(2, 3, 24, 24)
    x[:, :, 8:16, :8] = cell
    x[1, :, 16:, 8:16] = cell
    for pooling, alike in (("cells", True), ("everywhere", False)):
        model = tiny(pooling).eval()
        one, two = model.classify(x, model.features(x))
        assert torch.allclose(one, two, atol=1e-6) is alike
    assert model.filled(x).sum((1, 2, 3)).tolist() == [1, 2]


def test_every_place_gets_three_logits(tiny: Tiny) -> None:
    verdict, places = tiny()(torch.rand(4, 3, 24, 24))
    assert verdict.shape == (4, 2)
    assert places.shape == (4, 3, 3, 3)


def test_the_constant_of_the_grid_is_not_among_the_weights(tiny: Tiny) -> None:
    assert not [name for name in tiny().state_dict() if "adjacency" in name]


def test_the_answer_does_not_depend_on_how_many_are_asked_at_once(
    tiny: Tiny, examples: Toy
) -> None:
    model, pixels = tiny(), examples(5).pixels(range(5))
    odds, cancer = ask(model, pixels, at_once=2)
    alone = [ask(model, pixels[i : i + 1]) for i in range(5)]
    assert odds.shape == (5,)
    assert cancer.shape == (5, 9)
    assert np.abs(odds - [one[0][0] for one in alone]).max() < 1e-5
    assert np.abs(cancer - np.concatenate([one[1] for one in alone])).max() < 1e-5
    with torch.no_grad():
        verdict, places = model(absorbed(torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255))
    assert np.allclose(odds, (verdict[:, 1] - verdict[:, 0]).numpy(), atol=1e-5)
    assert np.allclose(cancer, places.softmax(1)[:, 2].flatten(1).numpy(), atol=1e-5)


def test_the_default_encoder_gives_one_feature_per_place() -> None:
    model = build_loopnet(ModelSettings(), GridSettings(side=2)).eval()
    with torch.no_grad():
        assert model.features(torch.zeros(1, 3, 64, 64)).shape[2:] == (2, 2)
        verdict, places = model(torch.rand(2, 3, 64, 64))
    assert (verdict.shape, places.shape) == ((2, 2), (2, 3, 2, 2))


def test_an_unknown_encoder_is_refused_with_its_name() -> None:
    with pytest.raises(NetworkError, match="encoder 'resnet19' cannot be built"):
        build_loopnet(ModelSettings(encoder="resnet19"), GridSettings())
