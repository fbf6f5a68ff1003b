from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from pathoflow.errors import Code, EnvironmentFault, NoSpace
from pathoflow.store import write_bytes, write_json, write_text


def fail_with(number: int):
    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


def test_text_is_utf8_without_a_byte_order_mark_and_keeps_its_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "Müller µm\r\n肝\n")
    assert (tmp_path / "a.txt").read_bytes() == b"M\xc3\xbcller \xc2\xb5m\r\n\xe8\x82\x9d\n"


def test_json_keeps_the_order_of_keys_and_every_digit_and_ends_with_a_newline(
    tmp_path: Path,
) -> None:
    write_json(tmp_path / "a.json", {"b": 0.1 + 0.2, "a": "µ"})
    assert (tmp_path / "a.json").read_text(
        "utf-8"
    ) == '{\n  "b": 0.30000000000000004,\n  "a": "µ"\n}\n'


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_without_a_word_in_json_is_refused_and_the_old_file_stays(
    tmp_path: Path, number: float
) -> None:
    write_json(tmp_path / "a.json", [1])
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", [number])
    assert json.loads((tmp_path / "a.json").read_text()) == [1]


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (errno.ENOSPC, NoSpace, "free some space"),
        (errno.EDQUOT, NoSpace, "free some space"),
        (errno.EACCES, EnvironmentFault, "choose another output folder"),
        (errno.EROFS, EnvironmentFault, "choose another output folder"),
        (errno.EIO, EnvironmentFault, "disk is in order"),
    ],
)
def test_a_failing_disk_becomes_a_sentence_and_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception], words: str
) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    monkeypatch.setattr(os, "fsync", fail_with(number))
    with pytest.raises(error, match=words) as caught:
        write_bytes(path, b"new")
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_carries_its_stable_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", fail_with(errno.ENOSPC))
    with pytest.raises(NoSpace) as caught:
        write_bytes(tmp_path / "a", b"")
    assert caught.value.code is Code.NO_SPACE


def test_an_interrupt_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="check that its folder exists"):
        write_text(tmp_path / "none" / "a.txt", "x")


def test_a_name_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("肝" * 83 + ".json")
    write_json(path, {})
    assert len(os.fsencode(path.name)) == 254
    assert path.read_text() == "{}\n"
