"""What a session decides, as the journal keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import box

from napari_pathoflow.session import REASONS, Session
from pathoflow.errors import PathoflowError
from pathoflow.mvi import Site, Status
from pathoflow.review import Named


def last(session: Session) -> object:
    assert session.review is not None
    return session.review.log()[-1].action


def test_each_verdict_is_one_line_with_its_reason(session: Session) -> None:
    assert session.review is not None
    before = len(session.review.log())
    session.select(session.first)
    session.decide(Status.REJECTED, "retraction")
    entry = session.review.log()[-1]
    assert entry.who == "Dr Li"
    assert (last(session).verdict, last(session).reason) == ("rejected", "retraction")  # type: ignore[attr-defined]
    # The first action of a review also notes which slides were seen.
    assert len(session.review.log()) == before + 2


def test_the_reasons_are_those_of_the_reports() -> None:
    assert [str(one) for one in REASONS] == [
        "rbc", "inflammation", "retraction", "artefact", "duct", "sinusoid", "other",
    ]  # fmt: skip


def test_undo_takes_the_last_word_back_and_names_its_vessel(session: Session) -> None:
    first, second = session.candidates[0].id, session.candidates[1].id
    for name in (first, second):
        session.select(name)
        session.decide(Status.ACCEPTED)
    assert session.undo() == second
    assert session.progress == (1, 12)
    assert session.undo() == first
    with pytest.raises(PathoflowError, match="undone"):
        session.undo()


def test_an_outline_drawn_anew_is_measured_anew(session: Session) -> None:
    one = session.candidates[0]
    session.redraw(one.id, box(1000, 1000, 1200, 1100))
    drawn = session.candidate(one.id)
    assert drawn is not None
    # 100 x 50 µm: the circle of the same area.
    assert drawn.diameter_um == pytest.approx(2 * np.sqrt(100 * 50 / np.pi))
    assert drawn.box_px == (1000, 1000, 1100, 1200)
    assert not drawn.is_added
    assert session.outline(one.id).area == pytest.approx(200 * 100)


def test_a_missed_vessel_is_added_selected_and_waits_for_its_verdict(session: Session) -> None:
    name = session.add_vessel(session.slide_ids[0], box(700, 700, 900, 900))
    assert session.vessel_id == name
    one = session.candidate(name)
    assert one is not None
    assert one.is_added
    assert one.verdict is None
    assert session.progress == (0, 13)


def test_split_and_merge_leave_as_much_tissue_as_before(session: Session) -> None:
    name = session.add_vessel(session.slide_ids[0], box(700, 700, 900, 900))
    session.split(name, np.array([[650.0, 800.0], [950.0, 800.0]]))
    parts = [one for one in session.all_candidates if one.is_added]
    assert sorted(session.outline(one.id).area for one in parts) == pytest.approx([20_000, 20_000])
    session.merge(parts[0].id, parts[1].id)
    (whole,) = [one for one in session.all_candidates if one.is_added]
    assert session.outline(whole.id).area == pytest.approx(40_000)
    assert session.vessel_id == whole.id


def test_a_deleted_outline_leaves_the_gallery_and_its_neighbour_is_selected(
    session: Session,
) -> None:
    first, second = session.candidates[0].id, session.candidates[1].id
    session.select(first)
    session.remove()
    assert session.candidate(first) is None
    assert session.vessel_id == second


def test_a_duct_is_named_and_a_box_chosen(session: Session) -> None:
    session.select(session.first)
    session.set_kind(Named.DUCT)
    session.set_cell_box(over_50=True)
    one = session.candidate(session.first)
    assert one is not None
    assert one.kind == "duct"
    assert session.case is not None
    decided = session.case.decisions
    assert decided is not None
    assert decided.on(one.id).verdict is Status.REJECTED
    assert decided.on(one.id).cell_box == "over_50"


def test_linked_profiles_count_once(session: Session) -> None:
    first, second = session.candidates[0], session.candidates[1]
    for one in (first, second):
        session.select(one.id)
        session.decide(Status.ACCEPTED)
    assert session.case is not None
    before = sum(v.role == "counted" for v in session.case.vessels)
    session.link(first.id, second.id)
    assert session.case is not None
    assert sum(v.role == "counted" for v in session.case.vessels) == before - 1


def test_a_line_becomes_the_distance_of_the_selected_vessel(session: Session) -> None:
    one = session.candidates[0]
    session.select(one.id)
    session.keep_line(one.slide, np.array([[0.0, 0.0], [0.0, 400.0]]), as_distance=True)
    again = session.candidate(one.id)
    assert again is not None
    assert again.dist_edge_um == pytest.approx(200.0)


def test_the_way_to_the_tumour_is_the_shortest_between_both_outlines(session: Session) -> None:
    slide = session.slide_ids[0]
    session.redraw_tumour(slide, box(0, 0, 600, 4000))
    session.add_vessel(slide, box(1000, 1000, 1200, 1200))
    # 400 px of 0.5 µm lie between x = 600 and x = 1000.
    assert session.distance_to_tumour().dist_edge_um == pytest.approx(200.0, abs=1.0)


def test_sites_tumours_and_completeness_go_into_the_case(session: Session) -> None:
    slide = session.slide_ids[1]
    session.set_site(slide, Site.FAR)
    session.confirm_tumour(slide, True)
    session.set_complete(True)
    assert session.case is not None
    assert session.is_complete
    assert {s.id: s.site for s in session.case.stated_slides}[slide] is Site.FAR
    assert session.case.decisions is not None
    assert slide in session.case.decisions.confirmed_tumours
    assert not session.may_sign


def test_signing_locks_and_amending_opens_again(session: Session) -> None:
    with pytest.raises(PathoflowError, match="cannot be signed yet"):
        session.sign()
    for one in session.candidates:
        session.select(one.id)
        session.decide(Status.REJECTED, "rbc")
    for slide in session.slide_ids:
        session.confirm_tumour(slide, True)
    session.set_complete(True)
    session.sign()
    assert session.is_signed
    assert session.is_read_only
    with pytest.raises(PathoflowError, match="signed"):
        session.decide(Status.ACCEPTED)
    session.amend("a level was cut deeper")
    session.decide(Status.UNCERTAIN)
    assert not session.is_signed


def test_a_second_reader_sees_none_of_the_first_verdicts(session: Session) -> None:
    session.select(session.first)
    session.decide(Status.ACCEPTED)
    session.set_complete(True)
    session.ask_second_reader("Dr Wu")
    assert session.is_second_reading
    assert session.review is not None
    assert session.review.reading_for("Dr Wu").words == {}
