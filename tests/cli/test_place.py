"""A folder is tried before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.cli.place import check_place
from pathoflow.errors import EnvironmentFault, NoSpace, UsageError


def test_a_folder_that_can_be_made_is_accepted_and_left_as_it_was(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "deeper")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_its_place_is_the_callers_to_change(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="out"):
        check_place(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(NoSpace("the disk is full"), NoSpace), (EnvironmentFault("not writable"), UsageError)],
)
def test_only_a_full_disk_stays_a_fault_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Exception, expected: type[Exception]
) -> None:
    def fail(folder: Path) -> None:
        raise fault

    monkeypatch.setattr("pathoflow.store.ensure_writable", fail)
    with pytest.raises(expected, match=str(fault)):
        check_place(tmp_path)
