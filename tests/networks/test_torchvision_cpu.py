from __future__ import annotations

import pytest
import torch

from pathoflow.networks import torchvision_cpu
from pathoflow.networks.torchvision_cpu import prepare_torchvision


def test_torchvision_imports_afterwards_however_often_it_is_prepared() -> None:
    prepare_torchvision()
    before = torchvision_cpu._library
    prepare_torchvision()
    assert torchvision_cpu._library is before
    import torchvision

    assert torchvision.__version__


def test_nothing_is_declared_on_a_cuda_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_cpu, "_library", None)
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    prepare_torchvision()
    assert torchvision_cpu._library is None


def test_operators_that_are_already_there_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_torchvision()
    monkeypatch.setattr(torchvision_cpu, "_library", None)
    # Declaring an operator twice would be a RuntimeError of torch.
    prepare_torchvision()
