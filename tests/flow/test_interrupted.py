"""A run that is killed in the middle, as by a power cut, and started again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings, Step, run_slide

KILLED = """
import os, signal, sys
from pathlib import Path
from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings, run_slide

slide, out = sys.argv[1:]
ledger = Path(out, "liver", "ledger", "blocks.jsonl")

def die_in_the_middle(step):
    # The first line is the ledger's own, every further one is a finished block.
    if ledger.exists() and ledger.read_bytes().count(b"\\n") >= 4:
        os.kill(os.getpid(), signal.SIGKILL)

run_slide(slide, out, RunSettings(inference=InferenceSettings(tile_px=256, block_px=512)), die_in_the_middle)
"""


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def without_times(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
    for name in ("started_utc", "finished_utc"):
        del result["provenance"][name]
    return result


def features(folder: Path) -> Any:
    """The outlines; beside them the file holds the provenance, with its times."""
    return json.loads((folder / "vessels.geojson").read_text("utf-8"))["features"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_scenario_31_a_run_killed_at_70_percent_resumes_to_the_same_bytes(
    painted: Path, small_blocks: Path, tmp_path: Path
) -> None:
    """Kill, resume, compare with a run that nobody disturbed.

    1. Start a run in small blocks; SIGKILL it once more than 70 % of its blocks are done: three of four.
    2. It has left finished blocks, and no result that could be mistaken for one.
    3. Run again: it says that it goes on, and does not begin anew.
    4. Result (but for the times), maps, labels, pictures, tables and outlines are those of the undisturbed run.
    """
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(painted), str(tmp_path)], check=False, timeout=600
    )
    assert killed.returncode == -signal.SIGKILL

    folder = tmp_path / "liver"
    assert not (folder / "result.json").exists()
    assert not (folder / "report.html").exists()
    n_done = (folder / "ledger" / "blocks.jsonl").read_text("utf-8").count("\n") - 1
    assert n_done == 3

    told: list[Step] = []
    settings = RunSettings(inference=InferenceSettings(tile_px=256, block_px=512))
    run_slide(painted, tmp_path, settings, told.append)
    assert [s.name for s in told if "RESUMED" in s.name] == [
        f"RESUMED: {n_done} blocks were done before"
    ]
    first = next(step for step in told if step.name == "networks")
    assert 0 < first.done < first.total

    assert without_times(folder) == without_times(small_blocks)
    assert files(folder / "analysis.zarr") == files(small_blocks / "analysis.zarr")
    assert (folder / "vessels.csv").read_bytes() == (small_blocks / "vessels.csv").read_bytes()
    assert features(folder) == features(small_blocks)
