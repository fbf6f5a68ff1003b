from __future__ import annotations

import hashlib
from pathlib import Path

from pathoflow.slide.fingerprint import sha256_of


def test_one_file_has_the_hash_that_everybody_computes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000  # more than one piece of reading
    (tmp_path / "a.svs").write_bytes(content)
    assert sha256_of(tmp_path / "a.svs") == hashlib.sha256(content).hexdigest()


def mrxs(folder: Path, **data: bytes) -> Path:
    (folder / "case").mkdir(parents=True)
    (folder / "case.mrxs").write_bytes(b"index")
    for name, content in data.items():
        (folder / "case" / name).write_bytes(content)
    return folder / "case.mrxs"


def test_the_folder_beside_an_mrxs_file_counts(tmp_path: Path) -> None:
    one = mrxs(tmp_path / "1", Data0000=b"abc", Slidedat=b"x")
    same = mrxs(tmp_path / "2", Slidedat=b"x", Data0000=b"abc")
    other = mrxs(tmp_path / "3", Data0000=b"abd", Slidedat=b"x")
    assert sha256_of(one) == sha256_of(same)
    assert sha256_of(one) != sha256_of(other)


def test_bytes_moved_from_one_file_to_the_next_change_the_hash(tmp_path: Path) -> None:
    one = mrxs(tmp_path / "1", a=b"abc", b=b"d")
    other = mrxs(tmp_path / "2", a=b"ab", b=b"cd")
    assert sha256_of(one) != sha256_of(other)


def test_an_mrxs_hash_is_its_files_after_their_names_and_lengths(tmp_path: Path) -> None:
    path = mrxs(tmp_path, a=b"abc")
    assert sha256_of(path) == hashlib.sha256(b"index" + b"a\x003\x00" + b"abc").hexdigest()


def test_every_chunk_of_a_zarr_folder_counts(tmp_path: Path) -> None:
    for name in ("1", "2"):
        (tmp_path / name / "0" / "c").mkdir(parents=True)
        (tmp_path / name / "zarr.json").write_bytes(b"{}")
        (tmp_path / name / "0" / "c" / "0").write_bytes(name.encode())
    assert sha256_of(tmp_path / "1") != sha256_of(tmp_path / "2")
