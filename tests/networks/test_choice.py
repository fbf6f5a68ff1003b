from __future__ import annotations

import importlib.util

import pytest
import torch

from pathoflow.errors import EnvironmentFault, UsageError
from pathoflow.networks import BACKENDS, available_backends, choice, choose_backend
from pathoflow.networks.measured import Measured

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def arrange(monkeypatch: pytest.MonkeyPatch, *measured: Measured, **has: bool) -> None:
    """A machine that has OpenVINO or bfloat16, on which this was measured."""
    found = object() if has.get("openvino") else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    monkeypatch.setattr(choice, "cpu_has_bfloat16", lambda: has.get("bfloat16", False))
    monkeypatch.setattr(choice, "load_measured", lambda: measured)


@pytest.mark.parametrize(
    ("openvino", "bfloat16", "ranked"),
    [
        (True, True, ["openvino-bf16", "torch-bf16", "openvino", "torch"]),
        (True, False, ["openvino", "torch"]),
        (False, True, ["torch-bf16", "torch"]),
        (False, False, ["torch"]),
    ],
)
def test_without_figures_the_rule_ranks_what_the_machine_has(
    openvino: bool, bfloat16: bool, ranked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(monkeypatch, openvino=openvino, bfloat16=bfloat16)
    assert [c.backend for c in choose_backend("auto", CPU)] == ranked
    assert set(ranked) | {"torch-compile"} == set(available_backends(CPU))


def test_a_gpu_runs_in_half_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    arrange(monkeypatch, Measured("one", "1", "torch-bf16", 2.0), bfloat16=True)
    assert [c.backend for c in choose_backend("auto", CUDA)] == ["torch-fp16"]


def test_figures_go_before_the_rule_and_those_of_the_network_before_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = [Measured("two", "2", "openvino", 1.6), Measured("one", "1", "torch-bf16", 2.1)]
    arrange(monkeypatch, *measured, openvino=True, bfloat16=True)
    own = choose_backend("auto", CPU, "1")
    assert [c.backend for c in own] == ["torch-bf16", "openvino-bf16", "openvino", "torch"]
    assert own[0].reason == "measured with one: 2.1 times torch in full precision"
    assert choose_backend("auto", CPU, "3")[0].backend == "openvino"


def test_a_measured_backend_that_is_gone_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    arrange(monkeypatch, Measured("one", "1", "openvino-bf16", 3.0), openvino=False, bfloat16=True)
    assert choose_backend("auto", CPU, "1")[0].backend == "torch-bf16"


@pytest.mark.parametrize("name", BACKENDS["cpu"])
def test_a_name_is_taken_as_it_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arrange(monkeypatch, Measured("one", "1", "torch", 1.0), openvino=True, bfloat16=True)
    assert [c.backend for c in choose_backend(name, CPU, "1")] == [name]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match="backend 'tensorrt' is not known; use auto or one of"
    ) as e:
        choose_backend("tensorrt", CPU)
    assert all(name in str(e.value) for names in BACKENDS.values() for name in names)


@pytest.mark.parametrize(
    ("name", "device", "said"),
    [
        ("openvino", CPU, r"install pathoflow\[openvino\]"),
        ("torch-bf16", CPU, "this CPU does not multiply in bfloat16; use torch"),
        ("torch-fp16", CPU, "it does not run on cpu; use one of torch,"),
        ("openvino", CUDA, "it does not run on cuda; use one of torch,"),
    ],
)
def test_what_the_machine_lacks_is_said_with_the_remedy(
    name: str, device: torch.device, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(monkeypatch)
    with pytest.raises(EnvironmentFault, match=said):
        choose_backend(name, device)
