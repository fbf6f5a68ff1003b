"""Slides and results in an object store: killed in the middle, gone on with, and not analysed twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import Outcome, RunSettings, Step, run_slides, staged
from pathoflow.pipeline.progress import DONE
from pathoflow.pipeline.remote import ORIGIN_NAME
from pathoflow.pipeline.remote_place import RemotePlace, open_place

SMALL_BLOCKS = RunSettings(inference=InferenceSettings(tile_px=256, block_px=512))

KILLED = """
import os, signal, sys, time
from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings, remote_results, run_slides, staged
from pathoflow.pipeline.remote_place import open_place

remote_results.PUSH_EVERY_S = 0.05
slides, out = sys.argv[1:]
there = open_place(out + "/liver")
name = "ledger/blocks.jsonl"

def die_in_the_middle(step):
    here = remote.out / "liver" / name
    if here.exists() and here.read_bytes().count(b"\\n") >= 3:
        # Two blocks are done; as soon as the store has them too, the end comes.
        while name not in there.files() or there.fs.cat_file(there.root + "/" + name).count(b"\\n") < 3:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)

settings = RunSettings(inference=InferenceSettings(tile_px=256, block_px=512))
with staged([slides], out) as remote:
    list(run_slides(remote.paths, remote.out, settings, die_in_the_middle, crew=remote))
"""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Address of a bucket of a server on this machine that speaks like S3."""
    server = pytest.importorskip("moto.server", reason='needs moto: pip install "moto[server]"')
    s3fs = pytest.importorskip("s3fs", reason="needs s3fs")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "tests-only")
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("lab")
        yield "s3://lab"
        s3fs.S3FileSystem.clear_instance_cache()
    running.stop()


@pytest.fixture(params=["s3", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store: an object store where its libraries are there, and a folder named by a URL."""
    if request.param == "file":
        return f"file://{tmp_path}/store"
    address: str = request.getfixturevalue("s3")
    return address


def content(place: RemotePlace) -> dict[str, bytes]:
    return {name: place.fs.cat_file(f"{place.root}/{name}") for name in place.files()}


def compared(found: dict[str, bytes]) -> dict[str, Any]:
    """Everything of a result but times, which also the report and the tables' provenance hold."""
    result = json.loads(found["result.json"])
    for name in ("started_utc", "finished_utc"):
        del result["provenance"][name]
    return {
        "result": result,
        "table": found["vessels.csv"],
        "outlines": json.loads(found["vessels.geojson"])["features"],
        "maps": {name: b for name, b in found.items() if name.startswith("analysis.zarr/")},
        "names": sorted(found.keys() - {ORIGIN_NAME}),
    }


def run(slides: str, out: str) -> tuple[list[Outcome], list[Step]]:
    steps: list[Step] = []
    with staged([slides], out) as remote:
        told = run_slides(remote.paths, remote.out, SMALL_BLOCKS, steps.append, crew=remote)
        return list(told), steps


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_goes_on_from_the_store_to_the_same_bytes(
    painted: Path, small_blocks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    """The slide lies in the store, and so shall the result.

    1. SIGKILL once two of five blocks are in the store; there is nothing there that looks like a result.
    2. Run again, with an empty disk: it goes on with the blocks of the store.
    3. The store holds the bytes of an undisturbed run on a local disk, and the list of outcomes; the disk is empty.
    4. Run once more: nothing is fetched or analysed.
    """
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    slides, out = f"{store}/slides", f"{store}/results"
    open_place(slides).send([painted.name], painted.parent)
    place = open_place(f"{out}/liver")

    with monkeypatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path))
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, slides, out], check=False, timeout=600
        )
    assert killed.returncode == -signal.SIGKILL
    left = content(place)
    assert not {"result.json", "report.html"} & left.keys()
    n_done = left["ledger/blocks.jsonl"].count(b"\n") - 1
    assert 2 <= n_done < 5

    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    [outcome], steps = run(slides, out)
    assert [s.name for s in steps if "RESUMED" in s.name] == [
        f"RESUMED: {n_done} blocks were done before"
    ]
    assert outcome.status in ("ok", "ok_with_warnings")
    expected = open_place(f"file://{small_blocks}")
    assert compared(content(place)) == compared(content(expected))
    listed = open_place(out).fs.cat_file(f"{open_place(out).root}/slides.csv").decode()
    assert listed.splitlines()[1].startswith(f"liver,liver.tiff,{outcome.status}")
    assert list(scratch.iterdir()) == []

    before = content(place)
    [again], steps = run(slides, out)
    assert {step.name for step in steps} <= {"looking into the store", DONE}
    assert again.status == outcome.status
    assert content(place) == before


def test_a_missing_bucket_is_told_in_one_sentence(pathoflow: Any, painted: Path, s3: str) -> None:
    for words in (
        ("run", "s3://nobody/slides", "--out", "s3://lab/x"),
        ("run", painted, "--out", "s3://nobody/x"),
    ):
        said = pathoflow(*words)
        assert said.code == 2
        assert said.err.startswith("pathoflow: s3://nobody/")
        assert "does not exist" in said.err
        assert said.err.count("\n") == 1
