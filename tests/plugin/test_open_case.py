"""What a session shows of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from napari_pathoflow.candidates import Query
from napari_pathoflow.session import Session
from napari_pathoflow.texts import Words
from pathoflow.errors import UsageError
from pathoflow.mvi import Status
from pathoflow.store import load_result


def test_the_worklist_has_the_case_with_its_counts(session: Session) -> None:
    (row,) = session.worklist()
    assert (row.case, row.n_slides, row.n_candidates, row.n_reviewed) == ("CASE-1", 2, 12, 0)
    # One block of the interface and one of near liver: two of the seven points.
    assert row.n_points == 2


def test_the_gallery_holds_the_results_candidates_most_suspicious_first(
    session: Session, out: Path
) -> None:
    expected = {
        row["id"]: row["p_mvi"]
        for slide in ("CASE-1_B1", "CASE-1_B2")
        for row in load_result(out / slide).candidates
    }
    shown = session.candidates
    assert {one.id: one.p_mvi for one in shown} == expected
    assert [one.p_mvi for one in shown] == sorted(expected.values(), reverse=True)
    assert session.progress == (0, 12)


def test_what_is_said_of_a_vessel_is_seen_in_the_gallery(session: Session) -> None:
    name = session.candidates[3].id
    session.select(name)
    session.decide(Status.UNCERTAIN)
    session.set_cells(37)
    one = session.candidate(name)
    assert one is not None
    assert (one.verdict, one.n_cells, one.n_cells_interval) == ("uncertain", 37, None)
    assert session.progress == (1, 12)


def test_a_filter_leaves_the_case_as_it_is(session: Session) -> None:
    session.set_query(Query(states=frozenset({"accepted"})))
    assert session.candidates == []
    assert len(session.all_candidates) == 12
    assert session.first is None


def test_a_selected_vessel_is_asked_for_by_name_where_there_is_none(session: Session) -> None:
    with pytest.raises(UsageError, match="no vessel is selected"):
        session.decide(Status.ACCEPTED)


def test_without_a_case_everything_is_refused_in_a_sentence() -> None:
    session = Session(None)
    assert session.worklist() == []
    assert session.case is None
    with pytest.raises(UsageError, match="no case is open"):
        session.require_writable()


def test_a_second_reader_at_the_same_case_sees_who_has_it_and_decides_nothing(
    session: Session, out: Path, case_folder: Path
) -> None:
    session.select(session.first)
    other = Session(out, "Dr Wu")
    other.open_case(case_folder)
    other.select(other.first)
    assert other.is_read_only
    said = other.state_text(Words("en"))
    assert "Open by Dr Li since 20" in said
    with pytest.raises(UsageError, match="Dr Li"):
        other.decide(Status.ACCEPTED)
    session.decide(Status.ACCEPTED)
    other.close()


def test_the_tumour_comes_from_the_labels_until_a_reader_draws_one(session: Session) -> None:
    from shapely import box

    slide = session.slide_ids[0]
    machine = session.tumour(slide)
    assert machine.area > 0
    assert session.tumour_rings(slide)
    session.redraw_tumour(slide, box(100, 100, 500, 500))
    assert session.tumour(slide).area == pytest.approx(400 * 400)


def test_a_slide_that_is_not_of_the_case_is_refused(session: Session) -> None:
    with pytest.raises(UsageError, match="no analysed slide B9"):
        session.set_slide("B9")


def test_notes_and_lines_are_there_after_opening_again(
    session: Session, out: Path, case_folder: Path
) -> None:
    name = session.candidates[0].id
    session.select(name)
    session.add_note("thin wall")
    import numpy as np

    session.keep_line(session.slide_ids[0], np.array([[0, 0], [30, 40]]), as_distance=False)
    session.close()
    again = Session(out, "Dr Li")
    again.open_case(case_folder)
    assert again.notes_on(name) == ["thin wall"]
    # 50 px of 0.5 µm.
    assert again.measurements(Words("en")) == ["line: 25.0 µm"]
    again.close()
