"""Drawing on the slide: begun, kept, dropped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from napari_pathoflow.session import Session
from pathoflow.mvi import Status

Press = Callable[[str], None]


def test_a_painted_vessel_grows_by_what_was_painted(desk: Desk, press: Press) -> None:
    name = desk.session.selected_id
    before = desk.session.outline(name)
    press("Alt-J")
    layer = desk.canvas.layer(layers.CROP)
    assert layer is not None
    assert layer.editable
    assert layer.data.sum() * np.prod(layer.scale) == pytest.approx(before.area * 0.25, rel=0.05)
    # A band of 20 pixels on the right of the vessel, touching it.
    rows, columns = np.nonzero(layer.data)
    layer.data[rows.min() : rows.max(), columns.max() - 5 : columns.max() + 20] = 1
    painted_um2 = layer.data.sum() * np.prod(layer.scale)
    press("Alt-W")
    after = desk.session.outline(name)
    assert after.area * 0.25 == pytest.approx(painted_um2, rel=0.05)
    assert after.area > before.area
    assert desk.canvas.layer(layers.CROP) is None


def test_what_is_dropped_changes_nothing(desk: Desk, press: Press) -> None:
    name = desk.session.selected_id
    before = desk.session.outline(name)
    press("Alt-J")
    layer = desk.canvas.layer(layers.CROP)
    assert layer is not None
    layer.data[:] = 1
    press("Alt-Q")
    assert desk.session.outline(name).equals(before)
    assert desk.editing.what == ""


def test_a_refused_outline_stays_to_be_mended(desk: Desk, press: Press) -> None:
    press("Alt-J")
    layer = desk.canvas.layer(layers.CROP)
    assert layer is not None
    layer.data[:] = 0
    press("Alt-W")
    assert "nothing is painted" in desk.said[-1]  # type: ignore[attr-defined]
    assert desk.editing.what == "vessel"
    assert desk.canvas.layer(layers.CROP) is layer


def test_a_missed_vessel_is_drawn_where_it_was_drawn(desk: Desk, press: Press) -> None:
    press("Alt-G")
    layer = desk.canvas.layer(layers.DRAWING)
    assert layer is not None
    layer.add_polygons(
        [np.array([[999.5, 499.5], [999.5, 699.5], [1199.5, 699.5], [1199.5, 499.5]])]
    )
    press("Alt-W")
    one = desk.session.candidate(desk.session.vessel_id)
    assert one is not None
    assert one.is_added
    # From pixel centres to corners: half a pixel.
    assert one.box_px == (1000, 500, 1200, 700)


def test_nothing_drawn_is_said(desk: Desk, press: Press) -> None:
    press("Alt-G")
    press("Alt-W")
    assert "no outline is drawn" in desk.said[-1]  # type: ignore[attr-defined]
    press("Alt-Q")
    press("Alt-W")
    assert "nothing is being drawn" in desk.said[-1]  # type: ignore[attr-defined]


def test_a_vessel_is_split_along_a_drawn_line(desk: Desk) -> None:
    one = desk.session.candidate(desk.session.selected_id)
    assert one is not None
    top, left, bottom, right = one.box_px
    desk.editing.begin_split()
    layer = desk.canvas.layer(layers.DRAWING)
    assert layer is not None
    middle = (left + right) / 2
    layer.add_lines([np.array([[top - 20, middle], [bottom + 20, middle]])])
    desk.editing.keep()
    assert desk.session.candidate(one.id) is None
    parts = [part for part in desk.session.all_candidates if part.is_added]
    assert len(parts) == 2


def test_the_tumour_is_painted_and_distances_follow(desk: Desk) -> None:
    slide = desk.session.slide_id
    assert slide is not None
    on_slide = [one for one in desk.session.candidates if one.slide == slide]
    desk.editing.begin_tumour()
    layer = desk.canvas.layer(layers.CROP)
    assert layer is not None
    layer.data[:] = 0
    layer.data[:200, :200] = 1
    desk.editing.keep()
    tumour = desk.session.tumour(slide)
    for one in on_slide:
        now = desk.session.candidate(one.id)
        assert now is not None
        expected = desk.session.outline(one.id).distance(tumour) * 0.5
        if desk.session.case is not None:
            (settled,) = [v for v in desk.session.case.vessels if v.id == one.id]
            assert settled.vessel.dist_edge_um == pytest.approx(expected, abs=1.0)


def test_a_line_has_its_length_and_is_kept(desk: Desk, press: Press) -> None:
    press("Alt-K")
    layer = desk.canvas.layer(layers.MEASURE)
    assert layer is not None
    layer.add_lines([np.array([[0, 0], [300, 400]])])
    assert desk.editing.line_lengths() == [pytest.approx(250.0)]
    desk.editing.keep_line()
    assert desk.session.measurements(desk.words) == ["line: 250.0 µm"]


def test_the_measured_way_to_the_tumour_is_that_of_the_polygons(desk: Desk, press: Press) -> None:
    apart = next(one for one in desk.session.candidates if (one.dist_edge_um or 0) > 100)
    desk.go_to(apart.id)
    press("Alt-Shift-K")
    slide = apart.slide
    expected = desk.session.outline(apart.id).distance(desk.session.tumour(slide)) * 0.5
    (length,) = desk.editing.line_lengths()
    # Within one pixel.
    assert length == pytest.approx(expected, abs=0.5)


def test_on_a_signed_case_nothing_can_be_begun(desk: Desk, press: Press) -> None:
    for one in desk.session.candidates:
        desk.session.select(one.id)
        desk.session.decide(Status.REJECTED)
    for slide in desk.session.slide_ids:
        desk.session.confirm_tumour(slide, True)
    press("Control-Alt-W")
    press("Control-Alt-U")
    assert desk.said[-1] == "Signed and locked."  # type: ignore[attr-defined]
    press("Alt-J")
    assert "signed and locked" in desk.said[-1]  # type: ignore[attr-defined]
    assert desk.canvas.layer(layers.CROP) is None


def test_somebody_elses_case_cannot_be_drawn_on(desk: Desk, viewer: object) -> None:
    other = Session(desk.session.out, "Dr Wu")
    other.open_case(desk.session.review.folder.path)  # type: ignore[union-attr]
    other.select(other.first)
    desk.editing.session = other
    assert not desk.attempt(desk.editing.begin_vessel)
    assert "Dr Li" in desk.said[-1]  # type: ignore[attr-defined]
    other.close()
