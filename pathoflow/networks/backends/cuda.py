"""Torch on a CUDA device: the host uploads, starts the kernels and goes on; it waits only for answers it wants.

Three streams overlap: pixels of the next tiles go up and maps of the last ones come down while the device multiplies.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from pathoflow.networks.backends.backend import Answer
from pathoflow.networks.backends.cpu import Run


class CudaBackend:
    """Half precision by autocast; bytes travel, pinned, in both directions."""

    def __init__(self, name: str, dtype: str, run: Run, device: torch.device) -> None:
        self.name = name
        self.dtype = dtype
        self._run = run
        self._device = device
        self._up = torch.cuda.Stream(device)
        self._down = torch.cuda.Stream(device)

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        """Queue upload, kernels and download; the function returned waits for the last of them."""
        compute = torch.cuda.current_stream(self._device)
        reduced = self.dtype != "float32"
        half = torch.float16 if self.dtype == "float16" else torch.bfloat16
        with torch.inference_mode(), torch.autocast("cuda", half, enabled=reduced):
            with torch.cuda.stream(self._up):
                # The pinned copy is the upload's own: the caller may reuse its array at once.
                shown = torch.from_numpy(pixels).pin_memory().to(self._device, non_blocking=True)
            compute.wait_stream(self._up)
            # Memory of one stream that another still reads must not be given away when its last name is gone.
            shown.record_stream(compute)
            maps, total = self._run(shown)
            self._down.wait_stream(compute)
            with torch.cuda.stream(self._down):
                landed = [_download(part) for part in (maps, total)]
            for part in (maps, total):
                part.record_stream(self._down)
        arrived = self._down.record_event()

        def answer() -> Answer:
            arrived.synchronize()
            return Answer(landed[0].numpy(), not math.isnan(landed[1].item()))

        return answer

    def rest(self) -> None:
        """Give what torch keeps for the next tiles back to the device, for others to use."""
        torch.cuda.empty_cache()


def _download(tensor: torch.Tensor) -> torch.Tensor:
    """A copy in pinned memory, complete only once the stream has come this far."""
    landed = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    return landed.copy_(tensor, non_blocking=True)
