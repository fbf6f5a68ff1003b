"""OpenVINO on a CPU: the same network, fused and laid out for the processor at hand; an optional extra.

Tiles are run one by one with their exact shape. That is quicker here than batches or open shapes (by a tenth), keeps
memory small, and a tile's bytes do not depend on its neighbours in a batch.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.networks.backends.backend import Answer

#: Compiled shapes that are kept: one for a run's tiles, one for whatever comes between.
_KEPT = 2


def import_openvino() -> ModuleType:
    """The library, without its reports of usage to its makers.

    Its import and its converter call a module that sends them; where that module is missing they do without.

    Raises
    ------
    ImportError
        It is not installed.
    """
    # None in this place means to Python: there is no such module.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino  # type: ignore[no-any-return]


class OpenVinoBackend:
    """A converted network; compiled anew for each size of tile that it meets (0.1 to 1 s)."""

    def __init__(self, name: str, dtype: str, model: Any, n_threads: int) -> None:
        self.name = name
        self.dtype = dtype
        self._model = model
        self._n_threads = n_threads
        self._requests: dict[tuple[int, int], Any] = {}
        # A request holds the memory of one tile's answer.
        self._lock = threading.Lock()

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        """Compute the answer; what is returned only gives it."""
        maps, is_number = [], True
        with self._lock:
            request = self._request(pixels.shape[1], pixels.shape[2])
            for index in range(len(pixels)):
                request.infer([pixels[index : index + 1]], share_inputs=True)
                maps.append(request.get_output_tensor(0).data.copy())
                is_number &= not math.isnan(request.get_output_tensor(1).data)
        answer = Answer(np.concatenate(maps) if len(maps) > 1 else maps[0], is_number)
        return lambda: answer

    def rest(self) -> None:
        """Drop the layers' memory, over 100 bytes per pixel of a tile; what was compiled stays."""
        with self._lock:
            for request in self._requests.values():
                request.get_compiled_model().release_memory()

    def _request(self, height: int, width: int) -> Any:
        if (height, width) not in self._requests:
            while len(self._requests) >= _KEPT:
                self._requests.pop(next(iter(self._requests)))
            self._requests[height, width] = self._compile(height, width).create_infer_request()
        return self._requests[height, width]

    def _compile(self, height: int, width: int) -> Any:
        model = self._model.clone()
        model.reshape([1, height, width, 3])
        settings = {
            # Said in any case: its own default is bfloat16 where the CPU has it.
            "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[self.dtype],
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": self._n_threads,
            # Pinned, the workers of one machine would all sit on its first cores.
            "ENABLE_CPU_PINNING": False,
        }
        return import_openvino().Core().compile_model(model, "CPU", settings)
