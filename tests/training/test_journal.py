from __future__ import annotations

from pathlib import Path

import numpy as np

from pathoflow.training.journal import METRICS, Journal, read_journal


def test_figures_come_back_by_group(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0)
    journal.write(1, "loss", {"dice": 0.5})
    journal.write(1, "seconds", {"step": 2.0})
    journal.write(2, "loss", {"dice": 0.25})
    journal.show(2, "patches", np.zeros((8, 8, 3), np.uint8))
    journal.close()
    assert read_journal(tmp_path, "loss") == [{"step": 1, "dice": 0.5}, {"step": 2, "dice": 0.25}]
    assert list((tmp_path / "tensorboard").glob("events.out.tfevents.*"))


def test_a_resumed_run_forgets_what_it_does_again_and_torn_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0)
    for step in range(1, 6):
        journal.write(step, "loss", {"dice": float(step)})
    journal.close()
    with (tmp_path / METRICS).open("a") as stream:
        stream.write('{"step": 6, "gro')
    journal = Journal(tmp_path, 3)
    journal.write(4, "loss", {"dice": 40.0})
    journal.close()
    assert [e["dice"] for e in read_journal(tmp_path, "loss")] == [1.0, 2.0, 3.0, 40.0]
