"""What a worker process of a cluster knows and keeps: its place, the networks, the slides it has open."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pathoflow.errors import EnvironmentFault
from pathoflow.networks import Network
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.settings import RunSettings
from pathoflow.slide import Slide, open_slide

# More slides than this are not kept open between blocks.
_SLIDES_OPEN = 4


class NoLongerWanted(Exception):
    """The scheduler has no use for this task any more: the command was stopped, or another worker has taken it over."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What all slides of a run have in common; small, because it travels with each of them."""

    #: Names the run among others of the same scheduler.
    run: str
    #: Of pathoflow, where the command was given.
    version: str
    #: A file that lies where results are written: who does not see it has other folders.
    mark: Path
    settings: RunSettings
    #: The networks of ``settings``, folders from the root.
    networks: tuple[str, ...]
    #: ``OMP_NUM_THREADS`` where the command was given; empty where nobody has set it.
    threads: str = ""

    def check_machine(self, slide: Path) -> None:
        """Whether this worker is of any use for the run.

        Raises
        ------
        EnvironmentFault
            It has another version, or does not see the slide or the results' folder.
        """
        from pathoflow import __version__

        here = f"the worker on {socket.gethostname()}"
        if __version__ != self.version:
            raise EnvironmentFault(
                f"{here} has pathoflow {__version__}, this command {self.version}; install one version everywhere."
            )
        for path in (slide, self.mark):
            if not path.exists():
                missing = slide if path == slide else self.mark.parent
                raise EnvironmentFault(
                    f"{here} does not see {missing} as this machine does; slides and results must lie on a disk that "
                    "all machines have under the same path."
                )

    def ready(self) -> Ready:
        """Settings and networks; these are loaded on first use, once per process."""
        return replace(_chosen(self.networks), settings=self.settings, load=self.load)

    def load(self) -> Sequence[Network]:
        """The networks, from this process's store."""
        how = self.settings
        return networks_here(self.networks, how.device, how.backend, self.threads)


@lru_cache(maxsize=2)
def _chosen(networks: tuple[str, ...]) -> Ready:
    return Ready.of(RunSettings(networks=networks))


def networks_here(
    networks: tuple[str, ...], device: str, backend: str, threads: str
) -> Sequence[Network]:
    """The networks of a run, on this worker's device, with this worker's share of the cores."""
    _share_cores(threads)
    return _loaded(networks, device, backend)


@lru_cache(maxsize=2)
def _loaded(networks: tuple[str, ...], device: str, backend: str) -> Sequence[Network]:
    settings = RunSettings(networks=networks, device=_device_here(device), backend=backend)
    return Ready.of(settings).loaded


def _share_cores(wish: str) -> None:
    """Set torch's threads; asked again for each slide, because workers come and go."""
    # Read when torch is first loaded: threads that wait for each other sleep, because others need the core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    from dask.system import CPU_COUNT
    from distributed import get_worker, worker_client

    with worker_client(separate_thread=False) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
    me = workers.get(get_worker().address, {})
    slots = sum(w["nthreads"] for w in workers.values() if w["host"] == me.get("host"))
    torch.set_num_threads(threads_for(CPU_COUNT, slots, wish))


def threads_for(cores: int, slots: int, wish: str = "") -> int:
    """Torch's threads in each of ``slots`` tasks that share ``cores``, where nobody has wished for a number.

    At least two, also on one core: with a single one torch computes 1 x 1 convolutions in another way, and one pixel of
    100,000 is rounded to the next of 255 steps. From two on, their number changes nothing.
    """
    return int(wish) if wish.isdigit() and int(wish) > 0 else max(2, cores // max(1, slots))


def _device_here(wish: str) -> str:
    from distributed import get_worker

    if wish not in ("auto", "cuda"):
        return wish
    import torch

    return device_for(wish, str(get_worker().name), torch.cuda.device_count())


def device_for(wish: str, name: str, n_gpus: int) -> str:
    """Device of the worker ``name``: several GPUs are dealt out by the number at the end of the name."""
    number = re.search(r"\d+$", name)
    if n_gpus < 2 or number is None:
        return wish
    return f"cuda:{int(number[0]) % n_gpus}"


def check_wanted() -> None:
    """Do nothing as long as the scheduler waits for the task of this thread.

    Raises
    ------
    NoLongerWanted
        It does not.
    """
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    if task is None or task.state == "cancelled":
        raise NoLongerWanted


def pause_aside(seconds: float) -> None:
    """Sleep without holding the worker up: it may do other tasks meanwhile."""
    from distributed import worker_client

    with worker_client():
        time.sleep(seconds)


class OpenSlides:
    """Slides that stay open between blocks; one that is lent out is nobody else's, so none is closed in use."""

    def __init__(self, limit: int = _SLIDES_OPEN) -> None:
        self._limit = limit
        self._idle: deque[tuple[tuple[object, ...], Slide]] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def lend(self, path: Path, mpp: float | None) -> Iterator[Slide]:
        """The slide at ``path``, opened if none is at hand; a file that has changed is opened anew."""
        key = (path, mpp, path.stat().st_mtime_ns)
        slide = self._take(key) or open_slide(path, mpp=mpp)
        try:
            yield slide
        finally:
            self._put_back(key, slide)

    def _take(self, key: tuple[object, ...]) -> Slide | None:
        with self._lock:
            for entry in self._idle:
                if entry[0] == key:
                    self._idle.remove(entry)
                    return entry[1]
        return None

    def _put_back(self, key: tuple[object, ...], slide: Slide) -> None:
        with self._lock:
            self._idle.append((key, slide))
            gone = self._idle.popleft()[1] if len(self._idle) > self._limit else None
        if gone is not None:
            gone.close()


#: Of this process.
open_slides = OpenSlides()
