from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pathoflow.errors import EnvironmentFault, NoSpace
from pathoflow.store import ResultFolder, ensure_writable


def test_the_names_are_those_that_other_peoples_scripts_rely_on() -> None:
    folder = ResultFolder(Path("out/case-7"))
    assert [
        path.relative_to(folder.path).as_posix()
        for path in (
            folder.result_json,
            folder.analysis,
            folder.vessels_parquet,
            folder.vessels_csv,
            folder.vessels_geojson,
            folder.report_html,
            folder.ledger,
        )
    ] == [
        "result.json",
        "analysis.zarr",
        "vessels.parquet",
        "vessels.csv",
        "vessels.geojson",
        "report.html",
        "ledger",
    ]


def test_preparing_makes_an_empty_folder_and_doing_it_again_is_fine(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "a b" / "肝 🙂")
    folder.prepare()
    folder.prepare()
    assert folder.path.is_dir()
    assert list(folder.path.iterdir()) == []


def test_checking_leaves_nothing_behind_even_where_the_folder_is_missing(tmp_path: Path) -> None:
    ensure_writable(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "case-7"])
def test_a_file_in_the_way_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(EnvironmentFault, match="is a file; choose another folder"):
        ensure_writable(tmp_path / "out" / below)


@pytest.mark.parametrize(
    ("number", "error"), [(errno.EROFS, EnvironmentFault), (errno.ENOSPC, NoSpace)]
)
def test_a_folder_that_cannot_be_written_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    def write(self: Path, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(error, match=str(tmp_path / "out")):
        ensure_writable(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
