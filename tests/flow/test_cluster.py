"""Slides on several processes: killed workers, a stopped command, a damaged slide; the bytes are always the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client

from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import Cluster, RunSettings, Step, run_slides
from pathoflow.pipeline.cluster import local_cluster

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


#: The blocks of `small_blocks`.
SMALL_BLOCKS = RunSettings(inference=InferenceSettings(tile_px=256, block_px=512))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes, and the address of their scheduler."""
    with local_cluster(2) as running:
        yield running


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def compared(folder: Path) -> dict[str, Any]:
    """Everything of a result but times, the order in which blocks were finished, and the slide's own name."""
    result = json.loads((folder / "result.json").read_text("utf-8"))
    for name in ("started_utc", "finished_utc"):
        del result["provenance"][name]
    del result["slide"]["id"]
    ledger = (folder / "ledger" / "blocks.jsonl").read_text("utf-8").splitlines()
    return {
        "result": result,
        "ledger": (ledger[0], sorted(ledger[1:])),
        "table": (folder / "vessels.csv").read_bytes(),
        "store": files(folder / "analysis.zarr"),
        "names": sorted(path.name for path in folder.iterdir()),
    }


class Killer:
    """Kills one worker at the first and at the second finished block, and one when vessels are looked for."""

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster
        self.killed: list[int] = []

    def __call__(self, step: Step) -> None:
        n = len(self.killed)
        is_time = step.name == "vessels" if n == 2 else step.name == "networks" and step.done > n
        if n == 3 or not is_time:
            return
        nannies = self._cluster.workers.values()
        alive = [nanny.pid for nanny in nannies if nanny.pid and nanny.pid not in self.killed]
        if alive:
            os.kill(alive[n % len(alive)], signal.SIGKILL)
            self.killed.append(alive[n % len(alive)])


def test_killed_workers_change_no_byte_and_a_damaged_slide_costs_no_other(
    painted: Path, small_blocks: Path, tmp_path: Path, cluster: Any
) -> None:
    """Two good slides and a damaged one on two workers, of which one is killed three times.

    1. Each slide ends with one status; the damaged one fails with the code that says why.
    2. All of the good ones' files are those of a run in one process that nobody disturbed.
    """
    slides = tmp_path / "slides"
    slides.mkdir()
    for name in ("liver", "copy"):
        shutil.copy(painted, slides / f"{name}.tiff")
    (slides / "damaged.tiff").write_bytes(painted.read_bytes()[:50_000])
    paths = [slides / f"{name}.tiff" for name in ("liver", "damaged", "copy")]
    killer, out = Killer(cluster), tmp_path / "out"

    crew = Cluster(scheduler=cluster.scheduler_address)
    outcomes = {o.slide_id: o for o in run_slides(paths, out, SMALL_BLOCKS, killer, crew=crew)}

    assert len(set(killer.killed)) == 3
    undisturbed = compared(small_blocks)
    expected = undisturbed["result"]["status"]
    assert {name: one.status for name, one in outcomes.items()} == {
        "liver": expected,
        "copy": expected,
        "damaged": "failed",
    }
    assert outcomes["damaged"].codes == ("SLIDE_CORRUPT",)
    listed = (out / "slides.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in listed] == ["slide", "liver", "damaged", "copy"]
    assert {path.name for path in out.iterdir()} == {"liver", "copy", "slides.csv"}
    assert compared(out / "liver") == undisturbed
    assert compared(out / "copy")["store"] == undisturbed["store"]


def test_workers_of_others_are_left_idle_when_a_run_is_given_up(
    painted: Path, tmp_path: Path, cluster: Any
) -> None:
    """1. Give up while networks are at work. 2. The workers drop it before they are done. 3. Nobody owns the folder."""

    def give_up(step: Step) -> None:
        if step.name == "networks":
            raise InterruptedError

    crew = Cluster(scheduler=cluster.scheduler_address)
    with pytest.raises(InterruptedError):
        list(run_slides([painted], tmp_path, SMALL_BLOCKS, give_up, crew=crew))
    with Client(cluster, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while any(client.run(lambda dask_worker: len(dask_worker.state.tasks)).values()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert not (tmp_path / "liver" / ".lease").exists()
    assert not (tmp_path / "liver" / "result.json").exists()


def test_a_stopped_command_leaves_no_process_and_resumes_to_the_same_bytes(
    pathoflow: Callable[..., Any], painted: Path, analysed: Path, tmp_path: Path
) -> None:
    """Ctrl-C in the middle, and again.

    1. Ctrl-C as soon as the first step is told. 2. No worker lives on.
    3. Run again, now in one process: bytes of an undisturbed run.
    """
    command = [sys.executable, "-m", "pathoflow.cli", "run", str(painted), "--out", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--workers", "2"], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stderr is not None
        assert run.stderr.readline().startswith("liver: ")
        workers = psutil.Process(run.pid).children(recursive=True)
        assert len(workers) >= 2
        # As a terminal does it: to every process of the command.
        os.killpg(run.pid, signal.SIGINT)
        said = run.stderr.read()
    assert run.returncode == 130
    assert said.splitlines()[-1].endswith("run the same command again to go on where it stopped.")
    # A worker that is ended while it still connects may say so, in dask's words; none of ours fails.
    assert f"{os.sep}pipeline{os.sep}" not in said
    assert not psutil.wait_procs(workers, timeout=30)[1]

    assert pathoflow("run", painted, "--out", tmp_path).code == 0
    assert compared(tmp_path / "liver") == compared(analysed)
