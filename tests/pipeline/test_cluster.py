"""Who gets which slide, and what becomes of it; the cluster itself is a stand-in."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from pathoflow.errors import EnvironmentFault, NetworkError, NoSpace, UsageError
from pathoflow.pipeline import Cluster, Outcome, RunSettings, Step, one_after_the_other
from pathoflow.pipeline.batch import SlideJob
from pathoflow.pipeline.cluster import Foreman
from pathoflow.pipeline.cluster_slides import Refusal
from pathoflow.pipeline.cluster_worker import Kit
from pathoflow.pipeline.ready import Ready

Answer = Callable[[SlideJob, str], Any]


class FakeFuture:
    def __init__(self, key: str, answer: Any) -> None:
        self.key, self._answer = key, answer

    def result(self) -> Any:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer

    def add_done_callback(self, tell: Callable[[FakeFuture], None]) -> None:
        tell(self)


class FakeClient:
    """Workers ``a`` and ``b`` of one thread each; the first that may takes the slide and answers at once."""

    def __init__(self, answer: Answer) -> None:
        self.threads = {"a": 1, "b": 1}
        self.given: list[tuple[str, str]] = []
        self._answer = answer
        self._hear: Callable[[Any], None] = lambda event: None

    def subscribe_topic(self, topic: str, hear: Callable[[Any], None]) -> None:
        self._hear = hear

    def nthreads(self) -> dict[str, int]:
        return self.threads

    def submit(
        self, task: object, job: SlideJob, kit: Kit, pure: bool, workers: list[str] | None = None
    ) -> FakeFuture:
        assert job.path.is_absolute()
        assert job.out.is_absolute()
        worker = min(workers or self.threads)
        self.given.append((job.path.stem, worker))
        self._hear((0.0, [kit.run, job.path.stem, "vessels", 1, 2]))
        self._hear((0.0, ["another run", "x", "vessels", 1, 2]))
        return FakeFuture(f"{job.path.stem} {len(self.given)}", self._answer(job, worker))


def fine(job: SlideJob, worker: str) -> Outcome:
    return Outcome(job.path, job.path.stem, "ok", (), "")


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[SlideJob]:
    monkeypatch.chdir(tmp_path)
    for name in "pqrs":
        Path(f"{name}.svs").touch()
    return [SlideJob(Path(f"{name}.svs"), Path("out")) for name in "pqrs"]


def work(client: Any, jobs: list[SlideJob], steps: list[Step] | None = None) -> list[Outcome]:
    told: list[Step] = [] if steps is None else steps
    foreman = Foreman(
        client, Path("mark"), Ready(RunSettings(), [], list), told.append, threading.Event()
    )
    return list(foreman.work_through(jobs))


def test_every_slide_is_given_once_and_comes_back_under_the_path_it_was_named_by(
    jobs: list[SlideJob],
) -> None:
    client, steps = FakeClient(fine), []
    outcomes = work(client, jobs, steps)
    assert [str(one.path) for one in outcomes] == ["p.svs", "q.svs", "r.svs", "s.svs"]
    assert [name for name, _ in client.given] == list("pqrs")
    assert steps == [Step(name, "vessels", 1, 2) for name in "pqrs"]


def test_one_slide_more_than_there_are_hands_is_under_way(jobs: list[SlideJob]) -> None:
    client = FakeClient(fine)
    foreman = Foreman(
        client, Path("mark"), Ready(RunSettings(), [], list), lambda step: None, threading.Event()
    )  # type: ignore[arg-type]
    outcomes = foreman.work_through(jobs)
    next(outcomes)
    assert len(client.given) == 3
    next(outcomes)
    assert len(client.given) == 4


def test_what_one_worker_lacks_another_does(jobs: list[SlideJob]) -> None:
    def answer(job: SlideJob, worker: str) -> Any:
        fault = EnvironmentFault("a does not see the folder.")
        return Refusal("a", fault) if worker == "a" else fine(job, worker)

    client = FakeClient(answer)
    outcomes = work(client, jobs)
    assert sorted(one.slide_id for one in outcomes) == list("pqrs")
    assert {name for name, worker in client.given if worker == "b"} == set("pqrs")


@pytest.mark.parametrize("fault", [EnvironmentFault("no CUDA."), NetworkError("unknown.")])
def test_what_all_workers_lack_ends_the_run(jobs: list[SlideJob], fault: Exception) -> None:
    client = FakeClient(lambda job, worker: Refusal(worker, fault))  # type: ignore[arg-type]
    with pytest.raises(type(fault), match=str(fault)):
        work(client, jobs)
    assert {worker for _, worker in client.given} == {"a", "b"}


def test_a_slide_kept_for_workers_that_are_gone_is_given_to_those_that_came(
    jobs: list[SlideJob],
) -> None:
    class Never(FakeFuture):
        def add_done_callback(self, tell: Callable[[FakeFuture], None]) -> None:
            pass

    class Client(FakeClient):
        def submit(self, *given: Any, **options: Any) -> FakeFuture:
            future = super().submit(*given, **options)
            if options.get("workers") == ["b"]:
                self.threads = {"c": 1}
                return Never(future.key, None)
            return future

    def answer(job: SlideJob, worker: str) -> Any:
        return Refusal("a", EnvironmentFault("?")) if worker == "a" else fine(job, worker)

    client = Client(answer)
    assert [one.slide_id for one in work(client, jobs[:1])] == ["p"]
    assert client.given == [("p", "a"), ("p", "b"), ("p", "c")]


def test_a_full_disk_ends_the_run_at_once(jobs: list[SlideJob]) -> None:
    client = FakeClient(lambda job, worker: Refusal(worker, NoSpace("the disk is full.")))
    with pytest.raises(NoSpace):
        work(client, jobs)
    assert {worker for _, worker in client.given} == {"a"}


def test_a_slide_that_is_gone_is_no_fault_of_its_worker(jobs: list[SlideJob]) -> None:
    def answer(job: SlideJob, worker: str) -> Any:
        is_gone = not job.path.exists()
        return Refusal(worker, EnvironmentFault("?")) if is_gone else fine(job, worker)

    jobs[1].path.unlink()
    outcomes = {one.slide_id: one for one in work(FakeClient(answer), jobs)}
    assert {name for name, one in outcomes.items() if one.status == "failed"} == {"q"}
    assert "There is no file q.svs" in outcomes["q"].message


def test_a_slide_that_ends_its_workers_costs_no_other(jobs: list[SlideJob]) -> None:
    from distributed import KilledWorker

    def answer(job: SlideJob, worker: str) -> Any:
        return KilledWorker("q", "a", 10) if job.path.stem == "q" else fine(job, worker)  # type: ignore[arg-type]

    outcomes = {one.slide_id: one for one in work(FakeClient(answer), jobs)}
    assert [outcomes[name].status for name in "pqrs"] == ["ok", "failed", "ok", "ok"]
    assert "memory" in outcomes["q"].message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CancelledError(), "dropped our slides"),
        (ModuleNotFoundError("No module named 'pathoflow'"), "install the same version"),
    ],
)
def test_a_cluster_that_cannot_go_on_is_one_sentence(
    jobs: list[SlideJob], error: Exception, words: str
) -> None:
    with pytest.raises(EnvironmentFault, match=words):
        work(FakeClient(lambda job, worker: error), jobs)


@pytest.mark.parametrize("given", [{}, {"workers": 0}, {"workers": 2, "scheduler": "tcp://a:1"}])
def test_workers_and_scheduler_must_make_sense(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="--workers"):
        Cluster(**given)


def test_without_the_extra_one_is_told_how_to_get_it(
    jobs: list[SlideJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EnvironmentFault, match=r'pip install "pathoflow\[cluster\]"'):
        next(Cluster(workers=2)(jobs, Ready(RunSettings(), [], list), lambda step: None))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{free}", "nonsense", "tcp://"])
def test_a_scheduler_that_does_not_answer_is_one_sentence(
    jobs: list[SlideJob], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("pathoflow.pipeline.cluster._CONNECT_S", 0.2)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = address.format(free=unused.getsockname()[1])
        with pytest.raises(EnvironmentFault, match="no dask scheduler answers at " + address):
            next(Cluster(scheduler=address)(jobs, Ready(RunSettings(), [], list), print))


def test_without_a_cluster_slides_come_one_after_the_other(
    jobs: list[SlideJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathoflow.pipeline.batch.run_one", lambda job, *_: fine(job, ""))
    outcomes = one_after_the_other(jobs, Ready(RunSettings(), [], list), lambda step: None)
    assert [one.slide_id for one in outcomes] == list("pqrs")
