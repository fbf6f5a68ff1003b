from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import EnvironmentFault
from pathoflow.networks import NetworkCard
from pathoflow.networks.backends.compiled import compile_whole
from pathoflow.networks.backends.whole import Whole

# Torch's compiler takes seconds to import and more to compile.
pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_compiled_code_says_the_same(
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    expected: np.ndarray,
) -> None:
    with torch.inference_mode():
        maps, _ = compile_whole(Whole(make_module(), card).eval())(torch.from_numpy(pixels))
    assert np.abs(maps.numpy() - expected).max() < 1.01


def test_a_compiler_that_fails_is_an_environment_fault(
    card: NetworkCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch._dynamo.exc import TorchDynamoException

    def failing(pixels: torch.Tensor) -> None:
        raise TorchDynamoException("no compiler found\nand much more")

    monkeypatch.setattr(torch, "compile", lambda module, dynamic: failing)
    with pytest.raises(EnvironmentFault, match=r"no compiler found Install a C\+\+ compiler"):
        compile_whole(Whole(nn.Identity(), card))(torch.zeros(1, 1, 1, 3, dtype=torch.uint8))
