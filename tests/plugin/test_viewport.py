"""Which outlines are drawn, and where."""

from __future__ import annotations

import numpy as np

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.styles import rgba, verdict_colour
from napari_pathoflow.viewport import Outlines, View, drawn, segments_of
from pathoflow.mvi import Status
from pathoflow.space import Mpp


def square(name: str, left: float, top: float, side: float = 10, **more: object) -> Candidate:
    ring = np.array(
        [[left, top], [left + side, top], [left + side, top + side], [left, top + side]], float
    )
    return Candidate(name, "s", (ring,), **more)  # type: ignore[arg-type]


def test_only_what_touches_the_view_is_drawn() -> None:
    outlines = Outlines([square("in", 50, 50), square("touch", 95, 20), square("out", 120, 20)])
    found = outlines.within(View(top=0, left=0, bottom=100, right=100))
    assert {one.id for one in found} == {"in", "touch"}


def test_of_too_many_the_most_suspicious_are_drawn() -> None:
    crowd = [square(str(i), 0, 0, p_mvi=i / 1000) for i in range(1000)]
    found = Outlines(crowd).within(View(0, 0, 10, 10), most=3)
    assert [one.id for one in found] == ["999", "998", "997"]


def test_no_vessel_at_all_is_fine() -> None:
    assert Outlines(()).within(View(0, 0, 10, 10)) == []
    assert drawn([], Mpp(0.5, 0.5))["data"].shape == (0, 2, 2)


def test_a_square_becomes_four_closed_steps_in_micrometres_from_the_first_pixels_centre() -> None:
    ring = square("a", left=4, top=2, side=10).rings
    segments = segments_of(ring, Mpp(0.5, 0.25))
    # Corner (x 4, y 2) lies half a pixel before the centre of pixel (4, 2): y = 1.5 * 0.5, x = 3.5 * 0.25.
    np.testing.assert_allclose(segments[0, 0], [0.75, 0.875])
    np.testing.assert_allclose(segments[0, 1], [0.0, 2.5])
    np.testing.assert_allclose(segments[:, 1].sum(axis=0), [0, 0])
    assert len(segments) == 4


def test_outlines_wear_the_colour_of_their_verdict_unless_another_is_given() -> None:
    two = [square("a", 0, 0, verdict=Status.ACCEPTED), square("b", 0, 0)]
    colours = drawn(two, Mpp(1, 1), {"b": "#000000"})["edge_color"]
    np.testing.assert_allclose(colours[0], rgba(verdict_colour(Status.ACCEPTED)))
    np.testing.assert_allclose(colours[4], (0, 0, 0, 1))
