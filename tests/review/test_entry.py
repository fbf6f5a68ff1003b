from __future__ import annotations

import hashlib
import json

import pytest

from pathoflow.mvi import Status
from pathoflow.review.entry import Entry, make_entry, read_entry
from pathoflow.review.reading_actions import Complete, Verdict

HEAD = {"utc": "2026-03-01T12:00:00.000+00:00", "who": "Li", "before": None, "after": 1}


def two() -> tuple[Entry, Entry]:
    first = make_entry(HEAD, Verdict(("v",), Status.ACCEPTED), None)
    return first, make_entry(HEAD, Complete(), first)


def test_a_line_is_chained_by_the_hash_before_and_its_own_text() -> None:
    first, second = two()
    assert (first.seq, second.seq) == (1, 2)
    assert (first.previous, second.previous) == ("0" * 64, first.hash)
    data = json.loads(second.line())
    found = data.pop("hash")
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    assert found == hashlib.sha256(f"{first.hash}\n{text}".encode()).hexdigest()


def test_a_line_is_read_back_as_it_was_written() -> None:
    first, second = two()
    assert read_entry(first.line(), None) == first
    assert read_entry(second.line(), first) == second


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seq": 3}, "its number is 3, not 2"),
        ({"previous": "1" * 64}, "does not follow the line before"),
        ({"who": "Wu"}, "does not fit its hash"),
        ({"hash": "2" * 64}, "does not fit its hash"),
    ],
)
def test_whatever_is_changed_in_a_line_is_found(change: dict[str, object], said: str) -> None:
    first, second = two()
    with pytest.raises(ValueError, match=said):
        read_entry(json.dumps(json.loads(second.line()) | change).encode(), first)


@pytest.mark.parametrize("line", [b"[]", b"{", b"", b"\xff"])
def test_what_is_no_entry_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json and we say it in many ways)
        read_entry(line, None)
