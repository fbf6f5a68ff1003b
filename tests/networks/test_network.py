from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import Code, EnvironmentFault, NetworkError, OutOfMemory
from pathoflow.networks import Network, NetworkCard, build_module, load_network
from pathoflow.networks.choice import Choice
from pathoflow.networks.network import choose_device

CPU = torch.device("cpu")


class Pass(nn.Module):
    """Gives the red and the blue channel of what it is shown as logits."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, [0, 2]]


class Constant(nn.Module):
    def __init__(self, logit: float) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.full((x.shape[0], 1, *x.shape[2:]), self.logit)


def network(card: NetworkCard, module: nn.Module) -> Network:
    return Network(card, module.eval(), CPU)


def pixels(shape: tuple[int, ...] = (2, 5, 7, 3)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def test_pixels_are_normalised_and_answers_are_bytes(card: NetworkCard) -> None:
    shown = pixels()
    answer = network(card, Pass()).predict(shown)
    assert answer.dtype == np.uint8
    assert answer.shape == (2, 2, 5, 7)
    for channel, mean, std, found in ((0, 0.5, 0.1, 0), (2, 0.3, 0.3, 1)):
        for n, y, x in ((0, 0, 0), (1, 4, 6), (0, 3, 2), (1, 2, 5)):
            logit = (shown[n, y, x, channel] / 255 - mean) / std
            expected = 255 / (1 + math.exp(-logit))
            assert abs(answer[n, found, y, x] - expected) <= 0.5 + 1e-3


@pytest.mark.parametrize(("logit", "byte"), [(-50.0, 0), (50.0, 255), (0.0, 128), (-1e30, 0)])
def test_certainty_is_0_or_255_and_doubt_lies_between(
    card: NetworkCard, logit: float, byte: int
) -> None:
    answer = network(card, Constant(logit)).predict(pixels())
    assert (answer == byte).all()


def test_an_answer_that_is_no_number_is_an_error_and_not_a_zero(card: NetworkCard) -> None:
    with pytest.raises(NetworkError, match="'test-network' answers with numbers that are none"):
        network(card, Constant(math.nan)).predict(pixels())


def test_what_was_shown_stays_as_it_was(card: NetworkCard) -> None:
    shown = pixels()
    network(card, Pass()).predict(shown)
    assert np.array_equal(shown, pixels())


def test_read_only_and_turned_arrays_are_fine(card: NetworkCard) -> None:
    shown = pixels((1, 6, 6, 3))
    expected = network(card, Pass()).predict(shown)
    frozen = shown.copy()
    frozen.flags.writeable = False
    turned = np.ascontiguousarray(shown.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)
    assert np.array_equal(network(card, Pass()).predict(frozen), expected)
    assert np.array_equal(network(card, Pass()).predict(turned), expected)


def test_start_gives_what_predict_gives(card: NetworkCard) -> None:
    shown = pixels()
    one = network(card, Pass())
    wait = one.start(shown)
    assert np.array_equal(wait(), one.predict(shown))


def test_a_network_made_by_hand_runs_in_plain_torch(card: NetworkCard) -> None:
    backend = network(card, Pass()).backend
    assert (backend.name, backend.dtype) == ("torch", "float32")


def test_too_many_pixels_for_the_memory_are_said_so(card: NetworkCard) -> None:
    class Greedy(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.empty(2**60)

    with pytest.raises(OutOfMemory, match="2 x 5 x 7 pixels in network 'test-network' on cpu"):
        network(card, Greedy()).start(pixels())


def test_features_are_the_area_mean_of_the_deepest_map(card: NetworkCard) -> None:
    class WithEncoder(nn.Module):
        def encoder(self, x: torch.Tensor) -> list[torch.Tensor]:
            return [x, x[:, :, ::2, ::2]]

    card = replace(card, normalisation=replace(card.normalisation, mean=(0.0, 0.0, 0.0)))
    shown = pixels((2, 4, 4, 3))
    found = network(card, WithEncoder()).features(shown)
    expected = shown[:, ::2, ::2].reshape(2, 4, 3).mean(1) / 255 / np.array([0.1, 0.2, 0.3])
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_network_loads_from_its_folder_and_answers(
    make_folder: Callable[..., Path], card: NetworkCard
) -> None:
    made = build_module(card.architecture, 2)
    loaded = load_network(make_folder(made), "cpu", "torch")
    assert not loaded.module.training
    answer = loaded.predict(pixels((1, 64, 32, 3)))
    assert answer.shape == (1, 2, 64, 32)
    # The same weights, as float16 in the file, give the same answer within rounding.
    direct = Network(loaded.card, made.eval(), CPU).predict(pixels((1, 64, 32, 3)))
    assert np.abs(answer.astype(int) - direct).max() <= 2


class Given:
    """A backend that says which one it is."""

    dtype = "float32"

    def __init__(self, name: str) -> None:
        self.name = name


def arrange(monkeypatch: pytest.MonkeyPatch, failing: str, *ranked: str) -> None:
    """Choices in this order, of which one cannot take any network."""

    def make(name: str, *args: object) -> Given:
        if name == failing:
            raise EnvironmentFault(f"{name} cannot take it.")
        return Given(name)

    choices = [Choice(name, "for tests") for name in ranked]
    monkeypatch.setattr("pathoflow.networks.network.make_backend", make)
    monkeypatch.setattr("pathoflow.networks.network.choose_backend", lambda *args: choices)


def test_a_backend_that_cannot_take_the_network_is_passed_over_with_a_warning(
    make_folder: Callable[..., Path],
    card: NetworkCard,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    arrange(monkeypatch, "openvino", "openvino", "torch-bf16", "torch")
    loaded = load_network(make_folder(build_module(card.architecture, 2)), "cpu")
    assert loaded.backend.name == "torch-bf16"
    assert "openvino cannot take it." in caplog.text


def test_a_backend_asked_for_that_cannot_take_the_network_is_an_error(
    make_folder: Callable[..., Path], card: NetworkCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(monkeypatch, "openvino", "openvino")
    with pytest.raises(EnvironmentFault, match="openvino cannot take it"):
        load_network(make_folder(build_module(card.architecture, 2)), "cpu", "openvino")


def test_altered_weights_never_load(make_folder: Callable[..., Path], card: NetworkCard) -> None:
    folder = make_folder(build_module(card.architecture, 2))
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")
    with pytest.raises(NetworkError) as caught:
        load_network(folder, "cpu")
    assert caught.value.code is Code.MODEL_HASH


def test_a_card_with_another_number_of_classes_does_not_fit(
    make_folder: Callable[..., Path], card: NetworkCard
) -> None:
    folder = make_folder(build_module(card.architecture, 2), classes=("vessel",))
    with pytest.raises(NetworkError, match="do not fit"):
        load_network(folder, "cpu")


def test_auto_takes_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto").type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == "cuda"
    assert choose_device("cpu").type == "cpu"


@pytest.mark.parametrize("wish", ["gpu", "", "cuda:x", "cuda:-1", "meta", "mps", "CPU"])
def test_an_unknown_device_is_refused_with_the_known_ones(wish: str) -> None:
    with pytest.raises(EnvironmentFault, match="use auto, cpu, cuda or cuda:N"):
        choose_device(wish)


def test_cuda_without_a_card_is_an_environment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EnvironmentFault, match="--device cpu") as caught:
        choose_device("cuda")
    assert caught.value.exit_code == 3


def test_a_card_number_beyond_those_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1").index == 1
    with pytest.raises(EnvironmentFault, match=r"'cuda:2' does not exist: this machine has 2"):
        choose_device("cuda:2")


def test_a_network_asked_about_some_classes_gives_the_same_maps_of_those(card: NetworkCard) -> None:
    whole = network(card, Pass())
    first, second = card.classes
    narrow = whole.only([second])
    assert narrow.card.classes == (second,)
    assert np.array_equal(narrow.predict(pixels()), whole.predict(pixels())[:, 1:])
    assert whole.only([second, first]) is whole
