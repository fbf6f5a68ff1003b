"""A reader at work, from the first verdict to the signature: the scenarios of a liver pathologist, by number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pathoflow as pf
from pathoflow.errors import Code, ReviewCode, ReviewRefused
from pathoflow.mvi import Kind, Role, Site
from pathoflow.review import OpenCase, ReviewStage, verify_case
from pathoflow.space import Box
from pathoflow.store import load_result
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import MadeVessel, made_result, made_vessel_id, save_made_result

NEAR = MadeVessel(dist_edge_um=900.0, n_cells=20)


@pytest.fixture
def made(tmp_path: Path) -> MadeCase:
    return MadeCase(tmp_path)


def ids(slide: str, n: int) -> list[str]:
    return [made_vessel_id(slide, k) for k in range(n)]


def nhc(case: OpenCase) -> str:
    return case.grade("NHC").grade


def finish(case: OpenCase, *slides: str) -> None:
    """Everything but the verdicts."""
    for slide in slides:
        case.review.confirm_tumour(slide)
    case.review.complete()


def test_the_front_door_reviews_and_grades_in_two_lines(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    made.write()
    case = pf.load_case(made.folder.path)
    case.review.accept(made_vessel_id("A", 0), by="me")
    case.review.complete(by="me")
    assert nhc(case) == "M1"
    case.close()
    assert nhc(pf.load_case(made.folder.path)) == "M1"


def test_scenario_15_a_duct_leaves_the_count_and_comes_back_when_it_is_none(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 2)
    case = made.write()
    first, second = ids("A", 2)
    case.review.accept([first, second])
    case.review.relabel(first, "duct")
    assert [v.role for v in case.vessels] == [Role.REJECTED, Role.COUNTED]
    assert sum(row.n for row in case.kinds) == 1
    case.review.relabel(first, "hepatic")
    assert [v.role for v in case.vessels] == [Role.COUNTED, Role.COUNTED]
    assert case.vessels[0].vessel.kind is Kind.HEPATIC


def test_scenario_16_two_touching_veins_are_parted_by_one_action(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    made.maps("A", tumour=Box(400, 800, 800, 1600))
    case = made.write()
    (whole,) = ids("A", 1)
    n_before = len(case.review.journal.entries)
    # The outline runs from x = 1000 to 1120; the line parts it at 1050.
    parts = case.review.split(whole, [(1900, 1050), (2200, 1050)])
    new = [entry.action.what for entry in case.review.journal.entries[n_before:]]
    assert new.count("draw") == 1
    assert {v.id for v in case.vessels} == set(parts)
    areas = [case.review.measured[part].area_um2 for part in parts]
    assert areas == pytest.approx([70 * 90 * 0.25, 50 * 90 * 0.25])
    # Cells were counted in the whole; nobody knows yet how they part.
    assert all(v.vessel.n_cells is None for v in case.vessels)
    case.review.undo()
    assert [v.id for v in case.vessels] == [whole]
    assert case.vessels[0].vessel.n_cells == 20


def test_scenario_17_linked_profiles_count_once_and_the_audit_has_the_link(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 6)
    case = made.write()
    names = ids("A", 6)
    case.review.accept(names)
    finish(case, "A")
    assert nhc(case) == "M2a"
    case.review.link(names[2], names[5])
    assert nhc(case) == "M1"
    assert sum(row.n for row in case.kinds) == 5
    link = case.review.log(names[5])[-1]
    assert (link.action.what, link.before, link.after) == ("link", False, True)


def test_scenario_19_the_reader_picks_one_of_three_ribbons(made: MadeCase) -> None:
    made.slide("A", [NEAR.but(piece=ribbon) for ribbon in (1, 1, 2, 2, 3, 3)])
    case = made.write()
    case.review.accept(ids("A", 6))
    for piece in (1, 3):
        case.review.exclude_piece("A", piece, "another ribbon of the block")
    finish(case, "A")
    assert [v.seen.piece for v in case.in_role(Role.COUNTED)] == [2, 2]
    assert len(case.in_role(Role.EXCLUDED)) == 4
    case.review.include_piece("A", 3)
    assert len(case.in_role(Role.COUNTED)) == 4


def test_scenario_22_the_sixth_vessel_and_one_rejected_again_leave_three_entries(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR] * 6)
    case = made.write()
    names = ids("A", 6)
    case.review.reject(names[5], "rbc")
    finish(case, "A")
    before = len(case.review.log())
    case.review.accept(names[:5])
    assert (nhc(case), case.grade("SNUH").grade) == ("M1", "severe")
    case.review.accept(names[5])
    assert nhc(case) == "M2a"
    case.review.reject(names[0], "inflammation")
    assert nhc(case) == "M1"
    assert [entry.action.what for entry in case.review.log()[before:]] == ["verdict"] * 3


def test_scenario_25_no_candidate_is_m0_only_after_the_reader_confirms(made: MadeCase) -> None:
    made.slide("A")
    case = made.write()
    assert nhc(case) == "undetermined"
    with pytest.raises(ReviewRefused, match="No reader has said yet that all candidates are seen"):
        case.review.sign()
    case.review.complete()
    assert nhc(case) == "M0"
    case.review.sign()
    assert case.review.state.signatures[0].sign.grades["NHC"] == "M0"


def test_scenario_30_a_replaced_slide_makes_verdicts_read_only_and_keeps_the_old_result(
    made: MadeCase, tmp_path: Path
) -> None:
    slide = tmp_path / "A.svs"
    slide.write_bytes(b"pixels")
    data = made_result("A", [NEAR])
    data["slide"]["file_sha256"] = pf.slide.fingerprint.sha256_of(slide)
    made.slide("A", [NEAR])
    pf.store.save_result(made.out / "A", data)
    made.rows[0] = (made.rows[0][0], load_result(made.out / "A"))
    case = made.write()
    case.review.accept(ids("A", 1))
    assert not case.review.check_slides({"A": slide})
    slide.write_bytes(b"other pixels")
    (sentence,) = case.review.check_slides({"A": slide}).values()
    assert "is another file than the one analysed" in sentence
    assert case.review.stage is ReviewStage.STALE
    with pytest.raises(ReviewRefused, match="read-only") as refused:
        case.review.reject(ids("A", 1))
    assert refused.value.code is Code.SLIDE_CHANGED
    assert "slide_changed" in [note.code for note in case.blockers]
    assert load_result(made.out / "A").data == data


def test_scenario_30_another_result_makes_the_case_stale_until_the_change_is_accepted(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(ids("A", 1))
    case.close()
    save_made_result(made.out, "A", [NEAR.but(n_cells=70)])
    again = made.open()
    assert again.review.stage is ReviewStage.STALE
    with pytest.raises(ReviewRefused, match="the result has changed"):
        again.review.complete()
    again.review.accept_change("A", "counted anew, the outline is the same")
    again.review.complete()
    assert again.review.stage is ReviewStage.IN_REVIEW
    # The same answer written once more is no change.
    assert made.open("Wu").review.stage is ReviewStage.IN_REVIEW


def test_scenario_41_thirty_strokes_are_undone_and_a_restart_changes_nothing(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR])
    made.maps("A", tumour=Box(400, 800, 800, 1600))
    case = made.write()
    (name,) = ids("A", 1)
    case.review.accept(name)
    for k in range(60):
        case.review.brush(name, [(2000 + k, 1120), (2010 + k, 1130 + k)], width_px=8)
    for _ in range(30):
        case.review.undo()
    area = case.review.measured[name].area_um2
    state = case.review.state
    case.close()
    again = made.open()
    assert again.review.state == state
    assert again.review.measured[name].area_um2 == area
    for _ in range(30):
        again.review.undo()
    assert again.review.measured == {}
    again.review.undo()
    assert again.vessels[0].role is Role.UNSEEN
    with pytest.raises(ReviewRefused, match="nothing of C-17 can be undone"):
        again.review.undo()
    for _ in range(31):
        again.review.redo()
    assert again.review.measured[name].area_um2 == area


def test_scenario_43_a_signed_case_refuses_every_edit_and_version_1_stays(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 6)
    made.maps("A", tumour=Box(400, 800, 800, 1600))
    case = made.write()
    names = ids("A", 6)
    case.review.accept(names[:5])
    case.review.reject(names[5], "rbc")
    finish(case, "A")
    case.review.sign()
    review = case.review
    edits: list[Callable[[], Any]] = [
        lambda: review.accept(names[5]),
        lambda: review.undo(),
        lambda: review.draw("A", [(0, 0), (0, 100), (100, 100)]),
        lambda: review.draw_tumour("A", []),
        lambda: review.note("late"),
        lambda: review.state_site("A", "far"),
        lambda: review.sign(),
        # Not only the verbs: what appends refuses.
        lambda: review.journal.append(review.journal.entries[1].action, "Li"),
    ]
    for edit in edits:
        with pytest.raises(ReviewRefused):
            edit()
    assert review.stage is ReviewStage.SIGNED
    with pytest.raises(ReviewRefused, match="only with a written reason"):
        review.amend(" ")
    review.amend("the sixth was seen by CD34")
    review.accept(names[5])
    review.sign()
    assert review.versions == (1, 2)
    one, two = (pf.load_case(review.version_folder(k).path) for k in (1, 2))
    assert (nhc(one), nhc(two)) == ("M1", "M2a")
    with pytest.raises(ReviewRefused, match="never changes") as refused:
        one.review.accept(names[0])
    assert refused.value.code is ReviewCode.CASE_SIGNED
    old = {p.name: p.read_text() for p in review.export_labels(made.out / "v1", version=1)}
    new = {p.name: p.read_text() for p in review.export_labels(made.out / "v2")}
    assert old["A.geojson"].count('"MVI"') == 5
    assert new["A.geojson"].count('"MVI"') == 6
    assert verify_case(made.folder).is_sound


def test_scenario_44_the_second_reader_is_blinded_and_conflicts_show_only_what_differs(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR] * 4)
    case = made.write("Li")
    names = ids("A", 4)
    case.review.accept(names[:3])
    case.review.reject(names[3], "rbc")
    case.review.note("looks adherent", vessel=names[0])
    finish(case, "A")
    case.review.ask_second("Wu")
    case.close()

    second = made.open("Wu")
    assert second.review.stage is ReviewStage.SECOND_REVIEW
    assert {v.role for v in second.vessels} == {Role.UNSEEN}
    assert not second.review.reading.words
    assert not second.review.reading.notes
    assert all(e.action.what != "verdict" for e in second.review.log())
    assert not second.review.state.first.words
    for ask in (second.review.conflicts, second.review.agreement):
        with pytest.raises(ReviewRefused) as refused:
            ask()
        assert refused.value.code is ReviewCode.READER_BLINDED
    # A third person sees neither.
    assert {v.role for v in made.open("Guest").vessels} == {Role.UNSEEN}
    with pytest.raises(ReviewRefused, match="read by Wu"):
        second.review.accept(names[0], by="Li")
    second.review.accept(names[:2])
    second.review.reject(names[2:], "rbc")
    second.review.complete()
    second.review.finish_second()

    assert [c.vessel for c in second.review.conflicts()] == [names[2]]
    agreed = second.review.agreement()
    # Li: + + + -, Wu: + + - -. Observed 3/4, by chance 3/4 * 2/4 + 1/4 * 2/4 = 1/2.
    assert (agreed.n, agreed.n_agreed, agreed.kappa) == (4, 3, pytest.approx(0.5))
    assert [v.role for v in second.vessels].count(Role.UNSEEN) == 1
    second.review.accept(names[2])
    assert not second.review.open_conflicts()
    second.review.complete()
    second.review.sign()
    assert sum(row.n for row in second.kinds) == 3


def test_the_tumour_drawn_anew_moves_every_distance_and_the_grade(made: MadeCase) -> None:
    made.slide("A", [NEAR, NEAR])
    made.maps("A", tumour=Box(1800, 3000, 400, 400))
    case = made.write()
    case.review.accept(ids("A", 2))
    case.review.complete()
    assert "tumour_unconfirmed" in [note.code for note in case.blockers]
    square = [(0.0, 25_000.0), (0.0, 26_000.0), (4_000.0, 26_000.0), (4_000.0, 25_000.0)]
    case.review.draw_tumour("A", [square])
    # The vessels end at x = 1120 and 1320; 0.5 µm per pixel.
    assert [v.vessel.dist_edge_um for v in case.vessels] == pytest.approx([11_940.0, 11_840.0])
    assert nhc(case) == "M2b"
    assert not case.blockers
    case.review.undo()
    assert [v.vessel.dist_edge_um for v in case.vessels] == [900.0, 900.0]


def test_a_site_stated_in_the_review_grades_what_cannot_be_measured(made: MadeCase) -> None:
    made.slide("F", [NEAR.but(dist_edge_um=None)], site="", n_tumours=0)
    case = made.write()
    case.review.accept(ids("F", 1))
    case.review.complete()
    with pytest.raises(ReviewRefused, match="state the site of the block"):
        case.review.sign()
    case.review.state_site("F", Site.FAR)
    assert nhc(case) == "M2b"
    case.review.sign()
