from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pathoflow.errors import JournalError, NoSpace, ReviewRefused
from pathoflow.mvi import Status
from pathoflow.review.actions import Undo
from pathoflow.review.journal import Journal, split_lines
from pathoflow.review.lock import lock_case
from pathoflow.review.reading_actions import Verdict
from pathoflow.store import CaseFolder

YES, NO = Verdict(("v",), Status.ACCEPTED), Verdict(("v",), Status.REJECTED)


@pytest.fixture
def folder(tmp_path: Path) -> CaseFolder:
    return CaseFolder(tmp_path / "C-17")


def opened(folder: CaseFolder) -> Journal:
    journal = Journal(folder.review_jsonl, lambda: datetime(2026, 3, 1, tzinfo=UTC))
    journal.hold(lock_case(folder, "Li"))
    return journal


def test_what_is_appended_is_read_again(folder: CaseFolder) -> None:
    journal = opened(folder)
    journal.append(YES, "Li")
    entry = journal.append(NO, "Wu")
    journal.let_go()
    again = Journal(folder.review_jsonl)
    assert again.entries == journal.entries
    assert again.state == journal.state
    assert (entry.before, entry.after) == ({"v": ["accepted", None]}, {"v": ["rejected", None]})
    assert again.warnings == ()


def test_an_undo_shows_what_it_brings_back(folder: CaseFolder) -> None:
    journal = opened(folder)
    journal.append(YES, "Li")
    journal.append(NO, "Li")
    entry = journal.append(Undo(2), "Li")
    assert (entry.before, entry.after) == ({"v": ["rejected", None]}, {"v": ["accepted", None]})


def test_without_the_lock_nothing_is_written(folder: CaseFolder) -> None:
    folder.prepare()
    with pytest.raises(ReviewRefused, match="open read-only"):
        Journal(folder.review_jsonl).append(YES, "Li")
    assert not folder.review_jsonl.exists()


@pytest.mark.parametrize("lost", [1, 20, 300])
def test_a_torn_last_line_is_set_aside_and_all_before_it_hold(
    folder: CaseFolder, lost: int
) -> None:
    journal = opened(folder)
    for action in (YES, NO, YES):
        journal.append(action, "Li")
    journal.let_go()
    content = folder.review_jsonl.read_bytes()
    folder.review_jsonl.write_bytes(content[:-lost])
    again = opened(folder)
    assert [e.seq for e in again.entries] == [1, 2]
    assert "torn by a crash" in again.warnings[0]
    again.append(NO, "Li")
    assert again.warnings == ()
    assert (folder.path / "review.torn-3").read_bytes() == split_lines(content[:-lost])[1]
    assert [e.seq for e in Journal(folder.review_jsonl).entries] == [1, 2, 3]


def test_every_changed_byte_is_found_with_its_line(folder: CaseFolder) -> None:
    journal = opened(folder)
    for action in (YES, NO, YES):
        journal.append(action, "Li")
    content = folder.review_jsonl.read_bytes()
    for at in range(0, len(content) - 1, 7):
        changed = bytearray(content)
        changed[at] ^= 1
        folder.review_jsonl.write_bytes(bytes(changed))
        line = content[:at].count(b"\n") + 1
        with pytest.raises(JournalError) as error:
            Journal(folder.review_jsonl)
        # A broken line end makes one line of two.
        assert error.value.line == line


def test_a_line_left_out_or_put_twice_is_found(folder: CaseFolder) -> None:
    journal = opened(folder)
    for action in (YES, NO, YES):
        journal.append(action, "Li")
    one, two, three = folder.review_jsonl.read_bytes().splitlines(keepends=True)
    for content, line in ((one + three, 2), (two + three, 1), (one + two + two, 3), (one + two + one, 3)):  # fmt: skip
        folder.review_jsonl.write_bytes(content)
        with pytest.raises(JournalError) as error:
            Journal(folder.review_jsonl)
        assert error.value.line == line


def test_a_file_that_grew_meanwhile_is_not_written_to(folder: CaseFolder) -> None:
    journal = opened(folder)
    journal.append(YES, "Li")
    with folder.review_jsonl.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(JournalError, match="changed by another process"):
        journal.append(NO, "Li")
    assert journal.state.first.on("v").verdict is Status.ACCEPTED


def test_a_full_disk_leaves_state_and_file_as_they_were(
    folder: CaseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(folder)
    journal.append(YES, "Li")
    before = folder.review_jsonl.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NoSpace):
        journal.append(NO, "Li")
    monkeypatch.undo()
    assert folder.review_jsonl.read_bytes() == before
    assert journal.state.first.on("v").verdict is Status.ACCEPTED
    journal.append(NO, "Li")
    assert len(Journal(folder.review_jsonl).entries) == 2
