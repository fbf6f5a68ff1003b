"""Slides on several processes, of this machine or of many: who does what, and what becomes of it.

    this process ── one task per slide ──> workers ── one task per block ──> all workers ──> shared store
         ^───────────── steps, outcomes ──────┘

dask.distributed finds idle workers, notices dead ones and gives their tasks to others; there is no scheduler of our own.
Only a few slides are under way at any time, so memory stays bounded and results come out as they are finished.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Any

from pathoflow.errors import EnvironmentFault, NoSpace, UsageError
from pathoflow.networks import find_network
from pathoflow.networks.registry import network_folders
from pathoflow.pipeline.batch import Outcome, SlideJob, run_one, unforeseen
from pathoflow.pipeline.cluster_slides import TOPIC, Refusal, analyse_slide
from pathoflow.pipeline.cluster_worker import Kit
from pathoflow.pipeline.progress import DONE, OnStep, Step
from pathoflow.pipeline.ready import Ready
from pathoflow.store.atomic import explained_os_errors

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

# Deaths of workers that a slide or a block survives, of which it may have caused none: dask counts whatever a worker
# had before it when it died.
_DEATHS_ALLOWED = 10
# A scheduler that is there answers at once.
_CONNECT_S = 5.0
_TICK_S = 1.0
# What a person has set, so read before dask starts a worker: for that it sets it to 1, also in this process.
_THREADS = os.environ.get("OMP_NUM_THREADS", "")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Who analyses the slides of a batch: a `Crew` of worker processes.

    Parameters
    ----------
    workers
        Processes to start on this machine, for the time of the run.
    scheduler
        Address of a dask scheduler, such as ``tcp://10.0.0.5:8786``, in place of ``workers``. Its workers need the same
        version of pathoflow, and slides and results on a disk that all see under the same path.

    Raises
    ------
    UsageError
        Neither is given, or both, or fewer than one worker.
    """

    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if (self.workers is None) == (self.scheduler is None):
            raise UsageError(
                "either --workers or --scheduler says where slides are analysed; give one of them."
            )
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"--workers must be at least 1, got {self.workers}.")

    def __call__(
        self, jobs: Sequence[SlideJob], ready: Ready, on_step: OnStep
    ) -> Generator[Outcome, None, None]:
        """See `Crew`.

        Raises
        ------
        EnvironmentFault
            dask.distributed is not installed, the scheduler does not answer, or no worker is able to do the work.
        """
        with (
            self.connected() as client,
            _mark_near(jobs[0].out) as mark,
            _noting_ctrl_c() as is_stopped,
        ):
            yield from Foreman(client, mark, ready, on_step, is_stopped).work_through(jobs)

    @contextmanager
    def connected(self) -> Iterator[Client]:
        """A client of the scheduler; workers of our own end with the block."""
        try:
            import distributed  # noqa: F401  (an extra: not everybody has it)
        except ImportError as error:
            raise EnvironmentFault(
                "running on several workers needs dask.distributed, which is not installed; install it with: "
                'pip install "pathoflow[cluster]"'
            ) from error
        if self.scheduler is not None:
            with _client_of(self.scheduler) as client:
                yield client
            return
        with local_cluster(self.workers or 1) as cluster, _client_of(cluster) as client:
            yield client


def local_cluster(n_workers: int) -> LocalCluster:
    """Worker processes of this machine, one task at a time each, out of reach of any other machine."""
    import dask
    from distributed import LocalCluster

    settings = {"distributed.scheduler.allowed-failures": _DEATHS_ALLOWED}
    with dask.config.set(settings), _deaf_to_ctrl_c():
        return LocalCluster(  # type: ignore[no-untyped-call]  # dask's own gap
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Any free port, for the scheduler's health checks; no dashboard.
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            # Memory is bounded by our settings. Dask could spill nothing of it, only end workers.
            memory_limit=0,
            # That a worker died and was started again is told by the steps of its slide.
            silence_logs=logging.ERROR,
        )


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Threads that are made meanwhile, and processes that they start, are not stopped by Ctrl-C.

    A terminal sends it to all processes of a command. It is meant for the first of them, which ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Started later, it would make the thread that starts it hear again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _noting_ctrl_c() -> Iterator[threading.Event]:
    """Note that Ctrl-C was pressed, for a place where stopping is possible; pressed again, it interrupts at once.

    The interrupt that Python raises for it is lost where it happens to meet a finaliser or a callback of a library.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        if pressed.is_set() and callable(before):
            before(number, frame)
        pressed.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _client_of(where: str | LocalCluster) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(where, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]  # dask's own gap
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            f"no dask scheduler answers at {where}; check the address (tcp://HOST:PORT, as the scheduler prints it when "
            "it starts) and that this machine reaches it."
        ) from error
    with client:
        yield client


@contextmanager
def _mark_near(out: Path) -> Iterator[Path]:
    """A file near ``out``, by which workers know that they see the same disk; ``out`` itself need not exist yet."""
    existing = out.absolute()
    while not existing.exists():
        existing = existing.parent
    mark = existing / f".{secrets.token_hex(6)}.tmp"
    with explained_os_errors(out):
        mark.touch()
    try:
        yield mark
    finally:
        mark.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A slide that was given to the cluster."""

    job: SlideJob
    future: Future[Outcome | Refusal]
    #: The only workers that may take it; None for any.
    allowed: frozenset[str] | None


class Foreman:
    """Gives slides to the workers of a cluster, a few at a time, and tells what becomes of them."""

    def __init__(
        self,
        client: Client,
        mark: Path,
        ready: Ready,
        on_step: OnStep,
        is_stopped: threading.Event,
    ) -> None:
        from pathoflow import __version__

        known = network_folders()
        networks = tuple(
            name if name in known else str(find_network(name).absolute())
            for name in ready.settings.networks
        )
        run = secrets.token_hex(8)
        self._kit = Kit(run, __version__, mark, ready.settings, networks, _THREADS)
        self._client, self._ready, self._on_step = client, ready, on_step
        self._is_stopped = is_stopped
        #: Steps, and futures that are finished, in the order in which we hear of them.
        self._news: SimpleQueue[Step | Future[Outcome | Refusal]] = SimpleQueue()
        self._waiting: deque[SlideJob] = deque()
        self._under_way: dict[Any, _UnderWay] = {}
        #: Workers that lack something, and the fault of the last one.
        self._unfit: set[str] = set()
        self._fault: Exception | None = None
        self._is_idle = False

    def work_through(self, jobs: Sequence[SlideJob]) -> Generator[Outcome, None, None]:
        """Yield what became of each slide; see `Crew`."""
        self._waiting.extend(jobs)
        self._client.subscribe_topic(TOPIC, self._hear)  # type: ignore[no-untyped-call]  # dask's own gap
        refill_at = 0.0
        while self._waiting or self._under_way:
            if self._is_stopped.is_set():
                raise KeyboardInterrupt
            if time.monotonic() >= refill_at:
                self._hand_out()
                refill_at = time.monotonic() + _TICK_S
            try:
                new = self._news.get(timeout=_TICK_S)
            except Empty:
                continue
            if isinstance(new, Step):
                self._on_step(new)
            elif (slide := self._under_way.pop(new.key, None)) is not None:
                outcome = self._outcome(slide)
                refill_at = 0.0
                if outcome is not None:
                    yield outcome

    def _hear(self, event: tuple[float, Any]) -> None:
        """Called by dask's own thread, so nothing happens here."""
        run, *step = event[1]
        if run == self._kit.run:
            self._news.put(Step(*step))

    def _hand_out(self) -> None:
        """See that one slide more is under way than there are hands, so that none is ever idle."""
        try:
            threads: dict[str, int] = self._client.nthreads()  # type: ignore[no-untyped-call]  # dask's own gap
        except OSError as error:
            raise EnvironmentFault(
                "the dask scheduler does not answer any more; start it and run the same command again to go on."
            ) from error
        fit = {address: n for address, n in threads.items() if address not in self._unfit}
        if threads and not fit and self._fault is not None:
            raise self._fault
        for slide in list(self._under_way.values()):
            if slide.allowed is not None and slide.allowed.isdisjoint(fit):
                # The workers that it was kept for are gone.
                del self._under_way[slide.future.key]
                self._waiting.appendleft(slide.job)
        if not fit or self._is_idle:
            self._on_step(Step("cluster", DONE if fit else "waiting for workers"))
        self._is_idle = not fit
        while self._waiting and len(self._under_way) <= sum(fit.values()):
            self._submit(self._waiting.popleft(), frozenset(fit) if self._unfit else None)

    def _submit(self, job: SlideJob, allowed: frozenset[str] | None) -> None:
        there = replace(job, path=job.path.absolute(), out=job.out.absolute())
        only = {} if allowed is None else {"workers": sorted(allowed)}
        future = self._client.submit(analyse_slide, there, self._kit, pure=False, **only)
        self._under_way[future.key] = _UnderWay(job, future, allowed)
        future.add_done_callback(self._news.put)  # type: ignore[no-untyped-call]  # dask's own gap

    def _outcome(self, slide: _UnderWay) -> Outcome | None:
        """What became of a slide; None where it must be tried again elsewhere."""
        from distributed import CancelledError, KilledWorker

        job = slide.job
        try:
            answer: Outcome | Refusal = slide.future.result()
        except KilledWorker as error:
            message = (
                f"the worker that analysed it died, and so did others after it ({error.allowed_failures} in all); most "
                "likely memory ran out: use fewer workers."
            )
            return Outcome(job.path, job.slide_id, "failed", (), message, error=error)
        except CancelledError as error:
            raise EnvironmentFault(
                "the dask scheduler has dropped our slides, as it does when it is stopped; run the same command again "
                "to go on."
            ) from error
        except ImportError as error:
            raise EnvironmentFault(
                f"the workers cannot load pathoflow ({error}); install the same version of it on every machine."
            ) from error
        except Exception as error:  # noqa: BLE001  (whatever goes wrong between machines must not cost the other slides)
            return unforeseen(job.path, job.slide_id, error)
        if not isinstance(answer, Refusal):
            return replace(answer, path=job.path)
        if isinstance(answer.fault, NoSpace):
            raise answer.fault
        if not job.path.exists():
            # Not the worker's fault.
            return run_one(job, self._ready, self._on_step)
        self._unfit.add(answer.worker)
        self._fault = answer.fault
        self._waiting.appendleft(job)
        return None
