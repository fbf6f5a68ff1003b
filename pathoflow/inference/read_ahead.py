"""Jobs done by threads a few steps ahead of whoever needs them, handed over in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")


def read_ahead(
    jobs: Iterable[Job], read: Callable[[Job], Answer], threads: int, depth: int
) -> Generator[tuple[Job, Answer], None, None]:
    """Yield ``(job, read(job))`` in the order of ``jobs``; at most ``depth`` answers wait at any time.

    An exception of ``read`` is raised here, at its job's turn. Closing the generator drops what is not yet begun.
    """
    waiting: deque[tuple[Job, Future[Answer]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="read") as pool:
        try:
            for job in jobs:
                waiting.append((job, pool.submit(read, job)))
                if len(waiting) > depth:
                    first, answer = waiting.popleft()
                    yield first, answer.result()
            while waiting:
                first, answer = waiting.popleft()
                yield first, answer.result()
        finally:
            for _, answer in waiting:
                answer.cancel()
