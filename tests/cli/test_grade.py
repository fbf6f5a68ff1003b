"""Grades from a table, against the published rules worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEADER = "case,vessel,dist_edge_um,n_tumour_cells,location,status"
SYSTEMS = ("NHC", "TCGP", "Sumie", "Iguchi", "SNUH")

# Vessels, farthest distance in µm (near is at most 10 000), most cells in one vessel; then what each system says:
# NHC and TCGP step above 5 vessels or beyond 1 cm, Iguchi wants several vessels and more than 50 cells, SNUH at
# least 5 vessels or at least 50 cells.
ORACLE = [
    (0, None, None, ("M0", "M0", "none", "none", "none")),
    (1, 3000, 12, ("M1", "M1", "mild", "low", "mild")),
    (1, 3000, 400, ("M1", "M1", "mild", "low", "severe")),
    (2, 3000, 50, ("M1", "M1", "mild", "low", "severe")),
    (2, 3000, 51, ("M1", "M1", "mild", "high", "severe")),
    (5, 9000, 20, ("M1", "M1", "mild", "low", "severe")),
    (6, 9000, 20, ("M2a", "M2", "severe", "low", "severe")),
    (1, 10000, 20, ("M1", "M1", "mild", "low", "mild")),
    (1, 10001, 20, ("M2b", "M2", "mild", "low", "mild")),
    (6, 13000, 20, ("M2b", "M2", "severe", "low", "severe")),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [HEADER]
    for case, (n_vessels, dist_um, n_cells, _) in enumerate(ORACLE):
        rows += [f"{case},v{vessel},{dist_um},{n_cells},,accepted" for vessel in range(n_vessels)]
        rows += [] if n_vessels else [f"{case},,,,,"]
    path = tmp_path / "vessels.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_every_case_has_the_grades_of_the_published_rules(
    pathoflow: Callable[..., Any], table: Path
) -> None:
    said = pathoflow("grade", table, "--json")
    assert said.code == 0
    cases = json.loads(said.out)["cases"]
    found = {
        case: tuple(graded["systems"][name]["grade"] for name in SYSTEMS)
        for case, graded in cases.items()
    }
    assert found == {str(case): row[-1] for case, row in enumerate(ORACLE)}


def test_the_plain_answer_names_case_system_and_grade(
    pathoflow: Callable[..., Any], table: Path
) -> None:
    lines = pathoflow("grade", table).out.splitlines()
    start = lines.index("6")
    assert lines[start + 1] == "  NHC: M2a"
    assert lines[start + 2].startswith("    6 invaded vessels")


def test_an_uncertain_vessel_beyond_five_leaves_the_grade_open(
    pathoflow: Callable[..., Any], tmp_path: Path
) -> None:
    # Five near vessels are M1; the sixth, if it is one, makes them M2a.
    rows = [f"A,v{n},9000,20,,{'accepted' if n < 5 else 'uncertain'}" for n in range(6)]
    path = tmp_path / "vessels.csv"
    path.write_text("\n".join([HEADER, *rows]))
    assert "  NHC: undetermined (possible: M1, M2a)" in pathoflow("grade", path).out.splitlines()


def test_rejected_vessels_do_not_count(pathoflow: Callable[..., Any], tmp_path: Path) -> None:
    rows = [f"A,v{n},9000,20,,{'accepted' if n < 5 else 'rejected'}" for n in range(6)]
    path = tmp_path / "vessels.csv"
    path.write_text("\n".join([HEADER, *rows]))
    assert "  NHC: M1" in pathoflow("grade", path).out.splitlines()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{HEADER}\nA,v1,near,12,,accepted\n", "near"),
        (f"{HEADER}\nA,v1,3000,12,,perhaps\n", "perhaps"),
        ("case,vessel\nA,v1\n", "dist_edge_um"),
        (f"{HEADER}\n", "no row"),
        ("", "empty"),
    ],
)
def test_a_doubtful_table_is_refused_in_one_line(
    refused: Callable[..., str], tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "vessels.csv"
    path.write_text(text)
    message = refused("grade", path)
    assert "vessels.csv" in message
    assert named in message


def test_a_missing_table_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "none.csv" in refused("grade", tmp_path / "none.csv")
