from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pathoflow.inference.ledger import Entry, Ledger, checksum

MARK = {"slide": "ab", "networks": {"vessel": "cd"}}


def entry(block: str = "2/0-1", **more: int) -> Entry:
    return Entry(
        block,
        {"vessel": "aa", "tumour": "bb"},
        **{"tiles_done": 4, "tiles_failed": 1, "unreadable_px": 9, **more},
    )


def filled(folder: Path, *entries: Entry) -> Path:
    ledger = Ledger(folder, MARK)
    ledger.start()
    for one in entries:
        ledger.record(one)
    return folder / "blocks.jsonl"


def test_a_new_ledger_is_empty_and_not_stale(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, MARK)
    assert len(ledger) == 0
    assert not ledger.is_stale
    assert ledger.entry("2/0-1") is None


def test_what_was_recorded_is_known_to_the_next_run(tmp_path: Path) -> None:
    filled(tmp_path, entry(), entry("2/1-0", tiles_done=2))
    again = Ledger(tmp_path, MARK)
    assert len(again) == 2
    assert again.entry("2/0-1") == entry()
    assert again.entry("2/1-0") == entry("2/1-0", tiles_done=2)


def test_every_block_is_on_the_disk_as_soon_as_it_is_recorded(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, MARK)
    ledger.start()
    for n in range(3):
        ledger.record(entry(str(n)))
        assert len(Ledger(tmp_path, MARK)) == n + 1


@pytest.mark.parametrize("cut", [1, 2, 10, 60])
def test_a_torn_last_line_is_dropped_and_no_other(tmp_path: Path, cut: int) -> None:
    path = filled(tmp_path, entry("a"), entry("b"))
    path.write_bytes(path.read_bytes()[:-cut])
    again = Ledger(tmp_path, MARK)
    assert again.entry("a") == entry("a")
    assert again.entry("b") is None


def test_after_a_torn_line_new_blocks_are_recorded_rightly(tmp_path: Path) -> None:
    path = filled(tmp_path, entry("a"), entry("b"))
    path.write_bytes(path.read_bytes()[:-10])
    second = Ledger(tmp_path, MARK)
    second.start()
    second.record(entry("c"))
    third = Ledger(tmp_path, MARK)
    assert [third.entry(name) is not None for name in "abc"] == [True, False, True]


@pytest.mark.parametrize(
    "tail", [b"\x00\x00\x00\n", b"\xff\xfe\n", b"7\n", b"{}\n", b'{"block": 1}\n']
)
def test_rubbish_after_a_power_cut_is_no_block(tmp_path: Path, tail: bytes) -> None:
    path = filled(tmp_path, entry("a"))
    path.write_bytes(path.read_bytes() + tail)
    again = Ledger(tmp_path, MARK)
    assert len(again) == 1
    assert not again.is_stale


def test_another_fingerprint_makes_it_stale_and_starting_begins_anew(tmp_path: Path) -> None:
    filled(tmp_path, entry("a"))
    other = Ledger(tmp_path, {**MARK, "slide": "zz"})
    assert other.is_stale
    assert len(other) == 0
    other.start()
    assert not other.is_stale
    assert Ledger(tmp_path, MARK).is_stale
    assert not Ledger(tmp_path, {**MARK, "slide": "zz"}).is_stale


def test_the_order_of_the_fingerprints_keys_does_not_matter(tmp_path: Path) -> None:
    filled(tmp_path, entry("a"))
    assert len(Ledger(tmp_path, dict(reversed(MARK.items())))) == 1


def test_an_empty_file_is_stale(tmp_path: Path) -> None:
    (tmp_path / "blocks.jsonl").touch()
    assert Ledger(tmp_path, MARK).is_stale


def test_a_forgotten_block_is_done_again_and_its_last_record_counts(tmp_path: Path) -> None:
    filled(tmp_path, entry("a"), entry("b"))
    ledger = Ledger(tmp_path, MARK)
    ledger.forget("a")
    ledger.forget("never known")
    assert ledger.entry("a") is None
    assert len(ledger) == 1
    ledger.record(entry("a", tiles_done=7))
    again = Ledger(tmp_path, MARK)
    assert len(again) == 2
    assert again.entry("a") == entry("a", tiles_done=7)


def test_a_checksum_is_sha256_of_shape_and_bytes() -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert checksum(pixels) == hashlib.sha256(b"(2, 3)" + bytes(range(6))).hexdigest()
    assert checksum(pixels.T) != checksum(pixels)
    assert checksum(np.asfortranarray(pixels)) == checksum(pixels)
