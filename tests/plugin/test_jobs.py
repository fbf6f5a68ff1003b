"""Commands in processes of their own."""

from __future__ import annotations

import sys

from napari_pathoflow.jobs import Job, run_command


def finish(job: Job) -> list[str]:
    job.wait(60)
    lines = []
    while job.is_running:
        lines += job.read()
    return lines


def test_lines_and_progress_arrive_and_the_code_is_told() -> None:
    program = "print('liver: map 3 of 12', flush=True); import sys; sys.exit(4)"
    job = Job([sys.executable, "-c", program])
    assert finish(job) == ["liver: map 3 of 12"]
    assert job.share == 0.25
    assert job.code == 4
    assert not job.was_stopped


def test_a_finished_job_is_whole() -> None:
    job = Job([sys.executable, "-c", "print('1/2')"])
    finish(job)
    job.read()
    assert (job.code, job.share) == (0, 1.0)


def test_a_stopped_job_ends_as_with_ctrl_c() -> None:
    program = (
        "import time\n"
        "print('ready', flush=True)\n"
        "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('kept what is finished')\n"
    )
    job = Job([sys.executable, "-u", "-c", program])
    seen: list[str] = []
    while "ready" not in seen:
        seen += job.read()
    job.stop()
    assert "kept what is finished" in finish(job)
    assert job.was_stopped
    job.stop()


def test_the_command_is_pathoflows_own() -> None:
    job = run_command(["info", "no-such-slide.svs"])
    lines = finish(job)
    assert job.code not in (0, None)
    assert any("no-such-slide.svs" in line for line in lines)
