from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.networks import Network, NetworkCard, load_network
from pathoflow.networks.backends.conversion import converted
from pathoflow.networks.backends.openvino import OpenVinoBackend
from pathoflow.networks.backends.whole import Whole

pytestmark = pytest.mark.usefixtures("needs_openvino")


@pytest.fixture
def backend(
    make_module: Callable[[], nn.Module], card: NetworkCard, tmp_path: Path
) -> OpenVinoBackend:
    model = converted(Whole(make_module(), card).eval(), card, tmp_path)
    return OpenVinoBackend("openvino", "float32", model, 1)


def test_it_says_what_the_formulas_say(
    backend: OpenVinoBackend, pixels: np.ndarray, expected: np.ndarray
) -> None:
    maps, is_number = backend.start(pixels)()
    assert maps.dtype == np.uint8
    assert is_number
    assert np.abs(maps - expected).max() < 0.51


def test_a_tiles_bytes_do_not_depend_on_its_neighbours(
    backend: OpenVinoBackend, pixels: np.ndarray
) -> None:
    together = backend.start(pixels)().maps
    alone = [backend.start(tile[None])().maps[0] for tile in pixels]
    assert np.array_equal(together, np.stack(alone))


def test_answers_stay_when_others_are_asked_for(
    backend: OpenVinoBackend, pixels: np.ndarray
) -> None:
    first = backend.start(pixels)
    kept = first().maps.copy()
    backend.start(255 - pixels)()
    for side in (64, 96, 128, 160):
        assert backend.start(np.zeros((1, side, 64, 3), np.uint8))().maps.shape == (1, 2, side, 64)
    assert np.array_equal(first().maps, kept)
    assert np.array_equal(backend.start(pixels)().maps, kept)


def test_an_answer_that_is_no_number_is_told(
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    tmp_path: Path,
) -> None:
    module = make_module()
    last = [layer for layer in module.modules() if isinstance(layer, nn.Conv2d)][-1]
    assert last.bias is not None
    with torch.no_grad():
        last.bias[1] = float("nan")
    model = converted(Whole(module, card).eval(), card, tmp_path)
    assert not OpenVinoBackend("openvino", "float32", model, 1).start(pixels)().is_number


@pytest.mark.usefixtures("needs_bfloat16")
def test_precision_is_the_one_asked_for(
    backend: OpenVinoBackend, pixels: np.ndarray, expected: np.ndarray
) -> None:
    reduced = OpenVinoBackend("openvino-bf16", "bfloat16", backend._model, 1)
    full = {each._compile(64, 96).get_property("INFERENCE_PRECISION_HINT").to_string(): each
            for each in (backend, reduced)}  # fmt: skip
    assert full == {"f32": backend, "bf16": reduced}
    # Eight bits of mantissa through some ten layers.
    assert 0 < np.abs(reduced.start(pixels)().maps - expected).max() < 12


PROGRAM = """
import socket, sys, threading, urllib.request
asked = []
def refuse(*args, **_):
    asked.append(args)
    raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
urllib.request.urlopen = refuse
from pathlib import Path
import numpy as np
from pathoflow.networks import load_network
maps = load_network(sys.argv[1], "cpu", "openvino").predict(np.zeros((1, 64, 64, 3), np.uint8))
for thread in threading.enumerate():
    if thread is not threading.current_thread() and not thread.daemon:
        thread.join()
made = [p.name for p in Path.home().iterdir()]
print(maps.shape, asked, made, [name for name in sys.modules if name.startswith("openvino_telemetry.")])
"""


def test_nobody_is_told_that_it_is_used(
    make_module: Callable[[], nn.Module], make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder(make_module())
    home = tmp_path / "home"
    home.mkdir()
    # Where a build server is recognised, nothing would be sent anyway.
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("CI", "GITHUB", "JENKINS"))}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(folder)],
        env={**outside, "HOME": str(home), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "(1, 2, 64, 64) [] [] []", run.stderr
    assert list((tmp_path / "cache" / "pathoflow" / "openvino").iterdir())


def test_a_network_loads_into_it_by_name(
    make_module: Callable[[], nn.Module],
    make_folder: Callable[..., Path],
    pixels: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_folder(make_module())
    before = sorted(folder.iterdir())
    network = load_network(folder, "cpu", "openvino")
    assert isinstance(network, Network)
    assert (network.backend.name, network.backend.dtype) == ("openvino", "float32")
    eager = load_network(folder, "cpu", "torch").predict(pixels)
    assert np.abs(network.predict(pixels).astype(int) - eager).max() <= 1
    # Nothing is left beside the user's network.
    assert sorted(folder.iterdir()) == before


def test_after_a_rest_the_answer_is_the_same(backend: OpenVinoBackend, pixels: np.ndarray) -> None:
    backend.rest()
    before = backend.start(pixels)().maps
    backend.rest()
    assert np.array_equal(backend.start(pixels)().maps, before)
