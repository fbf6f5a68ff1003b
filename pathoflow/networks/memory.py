"""Running out of memory, whichever library says so, as one error that the engine can answer with smaller batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pathoflow.errors import OutOfMemory

T = TypeVar("T")

#: What allocators say inside a RuntimeError: torch's on a CPU, CUDA's libraries, C++.
_SAID = ("DefaultCPUAllocator", "out of memory", "ALLOC_FAILED", "bad_alloc", "bad allocation")


def within_memory(work: Callable[[], T], what: str) -> T:
    """The result of ``work``.

    Raises
    ------
    OutOfMemory
        There is not enough memory for ``what``, on the device or on the host.
    """
    try:
        return work()
    except (MemoryError, RuntimeError) as error:
        # Torch's own error for CUDA is a RuntimeError too, and says "out of memory".
        if isinstance(error, RuntimeError) and not any(said in str(error) for said in _SAID):
            raise
    # Raised out here, where the failed call's error is gone: it would keep all that was computed so far in memory.
    raise OutOfMemory(
        f"there is not enough memory for {what}; use smaller tiles or batches, or close other programs."
    )
