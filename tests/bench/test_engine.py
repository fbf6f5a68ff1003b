from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from pathoflow.bench import engine
from pathoflow.bench.agreement import Agreement
from pathoflow.bench.engine import EngineBench, bench_engine
from pathoflow.bench.tiles import painted_tiles
from pathoflow.errors import NetworkError
from pathoflow.networks import available_backends, load_network
from pathoflow.networks.measured import load_measured
from pathoflow.networks.network import choose_device

CPU = choose_device("cpu")
TILE = 256


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def rows(*networks: str, **more: int) -> list[dict[str, object]]:
    return list(bench_engine(EngineBench(networks, rounds=1, **more)).plain()["rows"])


def test_every_backend_of_this_machine_agrees_with_full_precision_on_a_bundled_network() -> None:
    found = rows("vessel-starter", tile_px=TILE)
    wanted = [name for name in available_backends(CPU) if name != "torch-compile"]
    assert [row["backend"] for row in found] == wanted
    assert not [row for row in found if "refused" in str(row["chosen"])]
    assert all(float(str(row["Dice"])) >= 0.995 for row in found)
    assert found[0]["ratio"] == 1
    (chosen,) = [row["backend"] for row in found if row["chosen"] == "yes"]
    # What was measured is what the next network gets.
    (kept,) = load_measured()
    assert (kept.network, kept.backend) == ("vessel-starter", chosen)
    assert load_network("vessel-starter", "cpu").backend.name == chosen


def test_the_tiles_show_the_network_what_it_looks_for() -> None:
    network = load_network("vessel-starter", "cpu", "torch")
    maps = network.predict(painted_tiles(network.card.mpp, TILE))
    # Dice means nothing without areas: the widest vessel alone has more pixels than this.
    assert (maps[0] >= network.card.threshold * 255).sum() > 200


def test_random_weights_tell_of_speed_only_and_leave_nothing_behind(tmp_path: Path) -> None:
    found = rows("Unet/mobilenet_v2", tile_px=64)
    assert {row["network"] for row in found} == {"unet-mobilenet_v2"}
    assert {row["chosen"] for row in found} == {"speed only"}
    assert {row["Dice"] for row in found} == {None}
    assert all(float(str(row["Mpx/CPU-s"])) > 0 for row in found)
    assert load_measured() == ()
    assert not list(tmp_path.rglob("*"))


def test_a_backend_that_answers_otherwise_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("openvino") is None and len(available_backends(CPU)) < 3:
        pytest.skip("this machine has one backend only")
    real = engine.agreement

    def judged(maps: np.ndarray, reference: np.ndarray, threshold: float) -> Agreement:
        if maps is reference:
            return real(maps, reference, threshold)
        return Agreement(0.9, 1, 0.1)

    monkeypatch.setattr(engine, "agreement", judged)
    found = rows("vessel-starter", tile_px=TILE)
    assert found[0]["chosen"] == "yes"
    assert {row["chosen"] for row in found[1:]} == {"refused: Dice 0.9000 is below 0.995"}
    assert [m.backend for m in load_measured()] == ["torch"]


def test_where_nothing_is_found_by_anyone_nothing_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = Agreement(math.nan, 0, 0.0)
    monkeypatch.setattr(engine, "agreement", lambda maps, reference, threshold: nothing)
    found = rows("vessel-starter", tile_px=64)
    assert {row["chosen"] for row in found} == {"refused: Dice nan is below 0.995"}
    assert {row["Dice"] for row in found} == {None}
    assert load_measured() == ()


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(NetworkError, match="'Unett/resnet34' is not known"):
        rows("Unett/resnet34")
