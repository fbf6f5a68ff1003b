from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.errors import UsageError
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, Status
from pathoflow.mvi.grade import grade_case
from pathoflow.mvi.table import read_grade_table

HEADER = "case,vessel,dist_edge_um,n_tumour_cells,location,status\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "vessels.csv"


def read(table: Path, rows: str, header: str = HEADER) -> dict[str, list[InvadedVessel]]:
    table.write_text(header + rows, encoding="utf-8")
    return read_grade_table(table)


def complaint(table: Path, rows: str, header: str = HEADER) -> str:
    with pytest.raises(UsageError) as caught:
        read(table, rows, header)
    return str(caught.value)


def test_vessels_are_read_by_case_in_the_order_of_the_file(table: Path) -> None:
    cases = read(
        table,
        "C-2,v1,3200,12,peritumoral_near,accepted\nC-1,v1,,,,uncertain\nC-2,v2,0.5,51,capsular,rejected\n",
    )
    assert list(cases) == ["C-2", "C-1"]
    assert cases["C-2"] == [
        InvadedVessel("v1", 3200.0, 12, Location.PERITUMORAL_NEAR, Status.ACCEPTED),
        InvadedVessel("v2", 0.5, 51, Location.CAPSULAR, Status.REJECTED),
    ]
    assert cases["C-1"] == [InvadedVessel("v1", None, None, Location.UNKNOWN, Status.UNCERTAIN)]


def test_a_row_without_a_vessel_states_a_case_without_any(table: Path) -> None:
    cases = read(table, "C-1,,,,,\n")
    assert cases == {"C-1": []}
    grades = grade_case(cases["C-1"])
    assert (grades["NHC"].grade, grades["SNUH"].grade) == ("M0", "none")


def test_a_case_of_rejected_vessels_only_is_m0(table: Path) -> None:
    cases = read(table, "C-1,v1,20000,80,,rejected\n")
    assert grade_case(cases["C-1"])["NHC"].grade == "M0"


def test_columns_may_stand_in_any_order_with_others_between(table: Path) -> None:
    cases = read(
        table,
        "accepted,far,x,7,v1,C-1,yes,hepatic,20000\n",
        " Status ,location,note,n_tumour_cells,vessel,case,muscular_wall,kind,DIST_EDGE_UM\n",
    )
    assert cases["C-1"] == [
        InvadedVessel(
            "v1",
            20_000.0,
            7,
            Location.PERITUMORAL_FAR,
            Status.ACCEPTED,
            MuscularWall.YES,
            Kind.HEPATIC,
        )
    ]


def test_excel_files_with_a_byte_order_mark_and_its_line_ends_are_fine(table: Path) -> None:
    text = "\ufeff" + HEADER + "Fall Ä,v1,1e3,12.0,near,Accepted\n\n"
    table.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    vessel = read_grade_table(table)["Fall Ä"][0]
    assert (vessel.dist_edge_um, vessel.n_cells) == (1000.0, 12)


@pytest.mark.parametrize("word", ["peritumoral_far", "Peritumoural far", "peritumoral-far", "FAR"])
def test_a_location_may_be_spelt_as_people_do(table: Path, word: str) -> None:
    assert read(table, f"C,v,,,{word},accepted\n")["C"][0].location is Location.PERITUMORAL_FAR


def test_all_problems_are_named_at_once_with_their_lines(table: Path) -> None:
    text = complaint(
        table,
        "C-1,v1,far away,12,,accepted\n"
        "C-1,v2,-3,1.5,,maybe\n"
        "C-1,v3,1,1,,accepted\n"
        "C-1,v3,1,1,moon,accepted\n"
        ",v4,1,1,,accepted\n"
        "C-1,,5,,,accepted\n",
    )
    assert "vessels.csv has 8 problems" in text
    assert "line 2: dist_edge_um 'far away' is not a number" in text
    assert "line 3: dist_edge_um '-3' is negative" in text
    assert "line 3: n_tumour_cells '1.5' is not a whole number" in text
    assert "line 3: unknown status 'maybe'; write accepted, rejected or uncertain" in text
    assert "line 5: vessel v3 of case C-1 stands already on line 4" in text
    assert "line 5: unknown location 'moon'" in text
    assert "line 6: no case" in text
    assert "line 7: dist_edge_um, status without a vessel" in text


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-inf", "10_000", "\uff11\uff10", "0x10", "1e999", "3 mm"]
)
def test_what_only_a_computer_takes_for_a_number_is_refused(table: Path, number: str) -> None:
    assert "is not a number" in complaint(table, f"C,v,{number},1,,accepted\n")


def test_a_status_cannot_be_left_out(table: Path) -> None:
    assert "unknown status ''" in complaint(table, "C,v,1,1,,\n")
    assert "unknown status ''" in complaint(table, "C,v,1,1\n")


def test_a_case_cannot_have_no_vessel_and_some(table: Path) -> None:
    assert "has some above" in complaint(table, "C,v,1,1,,accepted\nC,,,,,\n")
    assert "no vessel on line 2" in complaint(table, "C,,,,,\nC,v,1,1,,accepted\n")


def test_more_fields_than_columns_are_a_problem(table: Path) -> None:
    # A thousands separator without quotes shifts every later field.
    assert "more fields than columns" in complaint(table, "C,v,10,000,1,,accepted\n")


def test_missing_and_doubled_columns_are_named(table: Path) -> None:
    assert "no column dist_edge_um, status" in complaint(
        table, "", "case,vessel,n_tumour_cells,location\n"
    )
    assert "column case stands there twice" in complaint(table, "", "case," + HEADER)
    assert "separate columns by commas" in complaint(table, "", HEADER.replace(",", ";"))


@pytest.mark.parametrize("content", ["", "\n\n", " , ,\n"])
def test_an_empty_file_is_refused(table: Path, content: str) -> None:
    assert "is empty" in complaint(table, content, "")


def test_a_header_alone_is_refused(table: Path) -> None:
    assert "no row" in complaint(table, "")


def test_a_file_that_is_absent_or_not_utf8_is_refused(table: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_grade_table(table)
    table.write_bytes((HEADER + "Größe,v,1,1,,accepted\n").encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_grade_table(table)
    with pytest.raises(UsageError, match="cannot read"):
        read_grade_table(table.parent)


def test_damaged_quotes_are_refused(table: Path) -> None:
    assert "damaged" in complaint(table, 'C,"v,1,1,,accepted\n')


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path_factory, text: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes((HEADER + text).encode("utf-8", "surrogatepass"))
    try:
        cases = read_grade_table(path)
    except UsageError:
        return
    assert cases
    assert all(grade_case(vessels) for vessels in cases.values())
