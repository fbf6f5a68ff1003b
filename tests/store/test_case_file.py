from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pathoflow.errors import UsageError
from pathoflow.store import CaseFolder, case_problems, case_schema, read_case_file, write_case_file


@pytest.fixture
def data() -> dict[str, Any]:
    """A case of one slide without vessels, written by hand."""
    system = {"grade": "undetermined", "possible": ["M0", "M1"], "reasons": ["unread"]}
    return {
        "schema": 1,
        "case": "C-17",
        "stage": "proposed",
        "final": False,
        "criteria": {"near_um": 10000.0},
        "slides": [
            {
                "id": "a", "block": "A", "site": "far", "tumour": "", "status": "ok", "codes": [], "vessels": [],
                "n_vessels": 3, "n_tumours": 0, "tissue_um2": 1.0, "excluded_um2": 0.0, "pieces": 1,
                "is_synthetic": False, "has_report": True,
            }
        ],
        "decisions": None,
        "counts": {"expected": 1, "analysed": 1, "failed": 0, "excluded": 0, "not_analysed": 0, "excused": 0},
        "vessels": [],
        "kinds": [],
        "systems": {"NHC": system},
        "flags": {"NHC": []},
        "tumours": [],
        "completeness": {"points": 1, "complete": False, "sites": {}, "missing": ["x"]},
        "blockers": [{"code": "not_complete", "message": "unread"}],
        "remarks": [],
        "provenance": {"pathoflow": "0.1.0", "synthetic": False},
    }  # fmt: skip


def test_the_schema_itself_is_one() -> None:
    Draft202012Validator.check_schema(case_schema())


def test_what_is_written_is_read_back(data: dict[str, Any], tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "cases" / "C-17")
    assert write_case_file(folder, data) == folder.case_json
    assert read_case_file(folder) == data
    assert [file.name for file in folder.path.iterdir()] == ["case.json"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stage", "signed"),
        ("case", ""),
        ("slides", [{"id": "a"}]),
        ("systems", {"NHC": {"grade": "M1", "possible": [], "reasons": []}}),
        ("decisions", {"complete": True}),
        ("extra", 1),
    ],
)
def test_a_case_that_breaks_the_schema_is_not_written(
    key: str, value: object, data: dict[str, Any], tmp_path: Path
) -> None:
    data[key] = value
    assert case_problems(data)
    with pytest.raises(UsageError, match="nothing was written"):
        write_case_file(CaseFolder(tmp_path / "C"), data)
    assert not (tmp_path / "C").exists()


def test_the_folder_of_another_case_is_not_taken(data: dict[str, Any], tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "C")
    write_case_file(folder, data)
    with pytest.raises(UsageError, match="already holds the case 'C-17'"):
        write_case_file(folder, data | {"case": "c-17"})
    assert read_case_file(folder)["case"] == "C-17"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, r"there is no case\.json"),
        ("{half", "not valid JSON"),
        ("[]", "is not valid"),
        ('{"schema": 2}', "reads up to 1; update pathoflow"),
        ('{"schema": 1}', "run with --cases again"),
    ],
)
def test_a_file_that_is_no_case_is_refused(
    text: str | None, complaint: str, tmp_path: Path
) -> None:
    folder = CaseFolder(tmp_path)
    if text is not None:
        folder.case_json.write_text(text)
    with pytest.raises(UsageError, match=complaint):
        read_case_file(folder)


def test_a_damaged_file_is_written_over(data: dict[str, Any], tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path)
    folder.case_json.write_text("{half")
    write_case_file(folder, data)
    assert json.loads(folder.case_json.read_text("utf-8"))["case"] == "C-17"
