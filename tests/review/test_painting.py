from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

from pathoflow.review.painting import MACHINE, REVIEWED, Painter, label_numbers, paint_slide
from pathoflow.review.records import Records
from pathoflow.space.geojson import polygon_json
from pathoflow.store import Pyramid, open_pyramid
from pathoflow.store.label_notes import label_ids, write_note
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id

V, W, X = (made_vessel_id("A", k) for k in range(3))


def reviewed(out: Path) -> Pyramid:
    return open_pyramid(out / "A" / "analysis.zarr", REVIEWED, "r+")


def planes(labels: Pyramid) -> list[np.ndarray]:
    return [np.asarray(array[:]) for array in labels.arrays]


def anew(out: Path, drawn: dict, order: tuple[str, ...]) -> list[np.ndarray]:
    """The same drawing, painted as a whole."""
    write_note(reviewed(out), "")
    paint_slide(Records(out)["A"], {}, drawn, order)
    return planes(reviewed(out))


def test_the_machines_labels_never_change(mapped: MadeCase) -> None:
    machine = open_pyramid(mapped.out / "A" / "analysis.zarr", MACHINE)
    before = planes(machine)
    paint_slide(Records(mapped.out)["A"], {}, {V: None}, (V,))
    assert all(np.array_equal(a, b) for a, b in zip(planes(machine), before, strict=True))
    after = planes(reviewed(mapped.out))[0]
    assert np.array_equal(after, np.where(before[0] == 1, 0, before[0]))


def test_new_vessels_get_numbers_behind_the_machines_in_the_order_of_drawing(
    mapped: MadeCase,
) -> None:
    machine = open_pyramid(mapped.out / "A" / "analysis.zarr", MACHINE)
    assert label_numbers(machine, ["b", V, "a"]) == {V: 1, W: 2, X: 3, "b": 4, "a": 5}


def test_drawn_vessels_are_painted_by_their_outlines_and_described(mapped: MadeCase) -> None:
    drawn = {"new": polygon_json(box(400, 800, 480, 880)), W: None}
    paint_slide(Records(mapped.out)["A"], {}, drawn, ("new", W))
    labels = reviewed(mapped.out)
    fine, middle, _ = planes(labels)
    # 80 level-0 pixels are 20 pixels of the map.
    assert int((fine == 4).sum()) == 20 * 20
    assert (fine[200:220, 100:120] == 4).all()
    assert int((middle == 4).sum()) == 10 * 10
    assert label_ids(labels) == {V: 1, X: 3, "new": 4}


strokes = st.lists(
    st.tuples(
        st.sampled_from([V, W, "new", "other"]),
        st.one_of(st.none(), st.tuples(st.integers(0, 5900), st.integers(0, 3900), st.integers(5, 900))),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


@given(strokes)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_painting_around_what_changed_gives_the_pixels_of_painting_all_anew(
    mapped: MadeCase, steps: list[tuple[str, tuple[int, int, int] | None]]
) -> None:
    record = Records(mapped.out)["A"]
    drawn: dict = {}
    order: dict[str, None] = {}
    paint_slide(record, {}, {}, ())
    for name, at in steps:
        shape = None if at is None else shapely.Point(at[0], at[1]).buffer(at[2])
        new = {**drawn, name: None if shape is None else polygon_json(shape)}
        order[name] = None
        paint_slide(record, drawn, new, tuple(order))
        drawn = new
    step_by_step = planes(reviewed(mapped.out))
    for one, other in zip(step_by_step, anew(mapped.out, drawn, tuple(order)), strict=True):
        assert np.array_equal(one, other)


def test_a_stroke_paints_a_small_box_and_an_unfinished_painting_all(
    mapped: MadeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    paint = Painter.paint
    monkeypatch.setattr(
        Painter, "paint", lambda self, at: painted.append(at.size.area) or paint(self, at)
    )
    record = Records(mapped.out)["A"]
    first = {"new": polygon_json(box(400, 800, 480, 880))}
    paint_slide(record, {}, first, ("new",))
    assert sum(painted) == 1000 * 1500
    painted.clear()
    second = {"new": polygon_json(box(400, 800, 484, 880))}
    paint_slide(record, first, second, ("new",))
    # 21 x 20 pixels, and one more on every side.
    assert sum(painted) == 23 * 22
    painted.clear()
    write_note(reviewed(mapped.out), "")
    paint_slide(record, second, first, ("new",))
    assert sum(painted) == 1000 * 1500


def test_a_slide_without_maps_is_left_alone(made: MadeCase) -> None:
    made.slide("A")
    paint_slide(Records(made.out)["A"], {}, {"new": polygon_json(box(0, 0, 9, 9))}, ("new",))
    assert not (made.out / "A" / "analysis.zarr").exists()
