"""What must not be lost or slip in unseen: crashes, tampering, a second process, a wrong clock."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import pathoflow as pf
from pathoflow.errors import JournalError, ReviewCode
from pathoflow.mvi import Role
from pathoflow.review import CaseLocked, verify_case
from pathoflow.review.case import Review
from pathoflow.review.records import Records
from pathoflow.store import CaseFolder
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import MadeVessel, made_vessel_id, save_made_result

NEAR = MadeVessel(dist_edge_um=900.0, n_cells=20)


@pytest.fixture
def made(tmp_path: Path) -> MadeCase:
    return MadeCase(tmp_path)


def ids(slide: str, n: int) -> list[str]:
    return [made_vessel_id(slide, k) for k in range(n)]


def test_scenario_42_a_second_user_reads_only_and_is_told_who_and_since_when(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR])
    made.write()
    program = (
        "import sys, time, pathoflow as pf\n"
        "case = pf.load_case(sys.argv[1], 'Dr Wu')\n"
        "case.review.accept(case.vessels[0].id)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(made.folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        case = made.open("Dr Li")
        assert not case.review.open()
        assert case.review.holder is not None
        assert case.review.holder.who == "Dr Wu"
        assert datetime.fromisoformat(case.review.holder.since_utc).tzinfo is not None
        with pytest.raises(CaseLocked, match="is being reviewed by Dr Wu, since 20"):
            case.review.accept(ids("A", 1))
        # Reading goes on.
        assert case.in_role(Role.COUNTED)
    finally:
        other.communicate("")
    assert case.review.open()


def test_scenario_51_the_clock_goes_back_and_the_order_stays(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 2)
    case = made.write()
    times = iter(datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (12, 13, 9, 10))
    review = Review(case.folder, case.now, Records(made.out), "Li", clock=lambda: next(times))
    for name in ids("A", 2):
        review.accept(name)
    assert [e.seq for e in review.journal.entries] == [1, 2, 3]
    review.close()
    (warning,) = made.open().review.journal.warnings
    assert warning.startswith("line 3: the clock went back")
    assert len(made.open().in_role(Role.COUNTED)) == 2
    assert verify_case(made.folder).is_sound


def test_kill_minus_9_loses_at_most_the_last_action(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 4)
    made.write()
    program = (
        "import sys, pathoflow as pf\n"
        "case = pf.load_case(sys.argv[1], 'Li')\n"
        "names = [v.id for v in case.vessels]\n"
        "for k in range(100000):\n"
        "    case.review.accept(names[k % 4])\n"
        "    print(k + 1, flush=True)\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program, str(made.folder.path)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    told = [worker.stdout.readline() for _ in range(25)]
    os.kill(worker.pid, signal.SIGKILL)
    rest = worker.communicate()[0].split()
    n_told = int((rest or told)[-1])
    case = made.open()
    verdicts = [e for e in case.review.journal.entries if e.action.what == "verdict"]
    # Everything that was told is there; one more may have been written and not told.
    assert n_told <= len(verdicts) <= n_told + 1
    assert verify_case(made.folder).is_sound
    # The dead process holds nothing.
    assert case.review.open()
    case.review.reject(ids("A", 1))


def test_a_tampered_line_is_found_by_its_number(
    made: MadeCase, pathoflow: Callable[..., Any]
) -> None:
    made.slide("A", [NEAR] * 2)
    case = made.write()
    for name in ids("A", 2):
        case.review.accept(name)
    case.close()
    said = pathoflow("review", made.out, "--verify")
    assert (said.code, said.out) == (0, "C-17: sound, 3 lines\n")
    path = made.folder.review_jsonl
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], lines[1].replace("accepted", "rejected"), lines[2]]))
    with pytest.raises(JournalError, match="line 2, was altered") as error:
        made.open()
    assert (error.value.line, error.value.code) == (2, ReviewCode.JOURNAL_DAMAGED)
    said = pathoflow("review", made.out, "--verify", "--json")
    (told,) = json.loads(said.out)["cases"]
    assert (said.code, told["sound"], told["line"]) == (1, False, 2)


def test_a_copied_journal_is_not_taken_for_another_case(made: MadeCase, tmp_path: Path) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(ids("A", 1))
    save_made_result(made.out, "B", [NEAR])
    folder = CaseFolder(made.out / "cases" / "B")
    folder.prepare()
    shutil.copy(made.folder.review_jsonl, folder.review_jsonl)
    with pytest.raises(JournalError, match="is the journal of the case 'C-17', not of 'B'"):
        pf.load_case(made.out / "B")


def test_without_the_window_the_command_says_what_to_install(
    made: MadeCase, pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made.slide("A", [NEAR])
    made.write()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said = pathoflow("review", made.out)
    assert said.code == 3
    assert "install pathoflow with its gui extra" in said.err
    assert said.err.count("\n") == 1
