from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.review.lock import HOLDER_NAME, CaseLocked, lock_case, read_holder
from pathoflow.store import CaseFolder


def test_one_holds_a_case_and_the_next_is_told_who(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "C-17")
    lock = lock_case(folder, "Dr Wu")
    with pytest.raises(CaseLocked, match="C-17 is being reviewed by Dr Wu, since 20") as locked:
        lock_case(folder, "Dr Li")
    assert locked.value.holder is not None
    assert locked.value.holder.who == "Dr Wu"
    lock.release()
    lock.release()
    assert read_holder(folder) is None
    lock_case(folder, "Dr Li").release()


def test_a_note_without_a_lock_means_nothing(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "C-17")
    folder.prepare()
    (folder.path / HOLDER_NAME).write_text("{damaged")
    assert read_holder(folder) is None
    lock = lock_case(folder, "Dr Li")
    held = read_holder(folder)
    assert held is not None
    assert held.who == "Dr Li"
    lock.release()
