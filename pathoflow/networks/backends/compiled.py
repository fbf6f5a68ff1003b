"""Torch's compiler around a network: quicker in the end, after a minute or two for each shape it meets."""

from __future__ import annotations

from collections.abc import Callable

import torch

from pathoflow.errors import EnvironmentFault
from pathoflow.networks.backends.whole import Whole


def compile_whole(whole: Whole) -> Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """``whole`` compiled; its first call raises EnvironmentFault where torch's compiler fails."""
    # Takes seconds to import, so nobody else asks for it.
    from torch._dynamo.exc import TorchDynamoException

    compiled = torch.compile(whole, dynamic=False)

    def run(pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        try:
            return compiled(pixels)  # type: ignore[no-any-return]
        except TorchDynamoException as error:
            first = str(error).strip().splitlines()[0]
            raise EnvironmentFault(
                f"torch could not compile the network: {first} "
                "Install a C++ compiler, or use another backend than torch-compile."
            ) from error

    return run
