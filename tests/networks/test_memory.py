from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch

from pathoflow.errors import EnvironmentFault, OutOfMemory
from pathoflow.networks.memory import within_memory


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("Exception from src/inference/infer_request.cpp:\nstd::bad_alloc"),
    ],
)
def test_every_way_to_say_it_becomes_one_error(error: Exception) -> None:
    with pytest.raises(OutOfMemory, match="not enough memory for 8 tiles; use smaller") as caught:
        within_memory(lambda: fail(error), "8 tiles")
    assert isinstance(caught.value, EnvironmentFault)


def test_torch_and_numpy_really_say_it_so() -> None:
    with pytest.raises(OutOfMemory):
        within_memory(lambda: torch.empty(2**60, dtype=torch.uint8), "an exbibyte")
    with pytest.raises(OutOfMemory):
        within_memory(lambda: np.empty(2**60, np.uint8), "an exbibyte")


@pytest.mark.parametrize("error", [RuntimeError("size mismatch"), ValueError("bad_alloc")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        within_memory(lambda: fail(error), "8 tiles")
    assert caught.value is error


def test_a_result_passes() -> None:
    assert within_memory(lambda: 3, "3 tiles") == 3


def test_nothing_of_the_failed_call_is_kept_in_memory() -> None:
    class Large:
        pass

    kept: list[weakref.ref[Large]] = []

    def work() -> None:
        large = Large()
        kept.append(weakref.ref(large))
        raise MemoryError

    gc.disable()
    try:
        with pytest.raises(OutOfMemory) as caught:
            within_memory(work, "much")
        assert caught.value.__context__ is None
        assert kept[0]() is None
    finally:
        gc.enable()
