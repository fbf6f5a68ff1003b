"""Who owns a result folder, and when somebody else may take it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pathoflow.pipeline import lease
from pathoflow.pipeline.lease import NAME, Lease, LeaseLost, lease_on, read_lease


def no_pause(_: float) -> None:
    pass


def test_the_folder_is_owned_for_the_time_of_the_block_and_nothing_stays(tmp_path: Path) -> None:
    with lease_on(tmp_path / "new" / "slide") as held:
        assert read_lease(tmp_path / "new" / "slide") == held.text
        assert not held.was_waited_for
        held.check()
    assert list((tmp_path / "new" / "slide").iterdir()) == []


def test_whoever_comes_second_waits_until_the_first_is_done(tmp_path: Path) -> None:
    first = Lease(tmp_path)
    assert first.take()
    looks: list[str | None] = []

    def on_wait() -> None:
        looks.append(read_lease(tmp_path))
        if len(looks) == 3:
            first.release()

    with lease_on(tmp_path, on_wait, no_pause) as second:
        assert second.was_waited_for
        assert read_lease(tmp_path) == second.text
    assert looks == [first.text] * 3


def test_waiting_can_be_given_up(tmp_path: Path) -> None:
    first = Lease(tmp_path)
    first.take()

    def give_up() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), lease_on(tmp_path, give_up, no_pause):
        pass
    assert read_lease(tmp_path) == first.text


def test_a_dead_process_of_this_machine_is_followed_at_once(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from pathoflow.pipeline.lease import Lease; print(Lease(Path(sys.argv[1])).take())"
    dead = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert dead.stdout == "True\n"
    left = read_lease(tmp_path)
    waited: list[int] = []
    with lease_on(tmp_path, lambda: waited.append(1), no_pause) as held:
        assert read_lease(tmp_path) == held.text != left
    assert waited == []


@pytest.mark.parametrize("text", ['{"machine": "elsewhere", "pid": 1}', "", "{}", "torn {"])
def test_an_owner_elsewhere_is_followed_only_after_a_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr(lease.time, "monotonic", lambda: next(clock))
    (tmp_path / NAME).write_text(text)
    waited: list[int] = []
    with lease_on(tmp_path, lambda: waited.append(1), no_pause) as held:
        held.check()
    # Ten seconds pass at every look: 10, 20, 30 are patience, 40 is more than half a minute.
    assert len(waited) == 3


def test_an_owner_that_is_heard_again_is_waited_for_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr(lease.time, "monotonic", lambda: next(clock))
    path = tmp_path / NAME
    path.write_text(json.dumps({"machine": "elsewhere", "pid": 1}))
    waited: list[int] = []

    def on_wait() -> None:
        waited.append(1)
        if len(waited) == 2:
            lease.os.utime(path, (1, 1))

    with lease_on(tmp_path, on_wait, no_pause):
        pass
    assert len(waited) > 3


def test_an_owner_that_was_followed_stops_and_leaves_the_others_lease_alone(tmp_path: Path) -> None:
    with lease_on(tmp_path) as first:
        other = Lease(tmp_path)
        other.take_over()
        with pytest.raises(LeaseLost, match="another run has taken over"):
            first.check()
    assert read_lease(tmp_path) == other.text


def test_a_live_owner_keeps_its_file_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_BEAT_S", 0.001)
    with lease_on(tmp_path) as held:
        lease.os.utime(held.path, (1, 1))
        while held.path.stat().st_mtime == 1:
            lease.time.sleep(0.001)
        assert held.path.stat().st_mtime > 1
