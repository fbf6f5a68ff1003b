from __future__ import annotations

import math

import pytest
from shapely import box

from pathoflow.mvi import MviCriteria
from pathoflow.review.edits import SlideEdits, measure_edits, measure_outline
from pathoflow.review.reading import Material, Reading
from pathoflow.review.records import Records
from pathoflow.review.slides import slide_of
from pathoflow.space import Mpp
from pathoflow.space.geojson import polygon_json
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id

V = made_vessel_id("A", 0)


def edits(made: MadeCase, reading: Reading, material: Material | None = None) -> SlideEdits:
    row, result = made.rows[0]
    return measure_edits(
        slide_of(row, result),
        Records(made.out)["A"],
        reading,
        material or Material(),
        MviCriteria(),
    )


def drawn(**outlines: tuple[float, float, float, float] | None) -> Reading:
    found = {
        name.replace("V", V): None if o is None else polygon_json(box(*o))
        for name, o in outlines.items()
    }
    return Reading(outlines={"A": found})


def test_where_nothing_is_drawn_nothing_is_read(made: MadeCase) -> None:
    made.slide("A")
    assert edits(made, Reading()) == SlideEdits()


def test_a_new_vessel_is_measured_like_any_other(mapped: MadeCase) -> None:
    found = edits(mapped, drawn(new=(1000, 1400, 1200, 1500)))
    (added,) = found.added
    assert (added.slide, added.vessel.id, added.vessel.piece) == ("A", "new", 1)
    # 200 x 100 px of 0.5 µm; the tumour's edge lies at y = 1200.
    one = found.measured["new"]
    assert one.area_um2 == pytest.approx(200 * 100 * 0.25)
    assert one.equivalent_diameter_um == pytest.approx(2 * math.sqrt(5000 / math.pi))
    assert (one.centroid.y, one.centroid.x) == (1450.0, 1100.0)
    assert one.shape.elongation == pytest.approx(2.0)
    assert one.shape.perimeter_um == pytest.approx(300.0)
    assert added.vessel.dist_edge_um == pytest.approx(100.0, abs=0.01)
    assert (added.vessel.n_cells, one.needs_recount) == (None, True)


def test_a_vessel_on_a_piece_without_tumour_has_no_distance(mapped: MadeCase) -> None:
    found = edits(mapped, drawn(new=(1000, 2900, 1200, 3000)))
    assert (found.added[0].vessel.dist_edge_um, found.added[0].vessel.piece) == (None, 2)
    assert found.measured["new"].distance.why_unknown == "no tumour on this piece"


@pytest.mark.parametrize(
    ("x_max", "n_cells"),
    # The machine's is 120 px wide: 115 / 120 = 0.96 of it is kept, 100 / 120 = 0.83 not.
    [(1115, 20), (1100, None)],
)
def test_a_count_holds_while_the_outline_is_nearly_the_same(
    mapped: MadeCase, x_max: int, n_cells: int | None
) -> None:
    found = edits(mapped, drawn(V=(1000, 2000, x_max, 2090)))
    (seen,) = found.remeasured
    assert (seen.id, seen.n_cells) == (V, n_cells)
    assert found.measured[V].needs_recount is (n_cells is None)
    assert seen.dist_edge_um == pytest.approx(400.0, abs=0.01)


def test_merged_vessels_hold_the_cells_of_both(mapped: MadeCase) -> None:
    other = made_vessel_id("A", 1)
    reading = drawn(V=None, both=(1000, 2000, 1320, 2090))
    reading.outlines["A"][other] = None
    reading.parents = {"both": (V, other)}
    found = edits(mapped, reading)
    assert found.removed == {V, other}
    assert found.added[0].vessel.n_cells == 40
    reading.parents = {"both": (V,)}
    assert edits(mapped, reading).added[0].vessel.n_cells is None


def test_a_tumour_drawn_anew_moves_the_vessels_that_were_not_drawn(mapped: MadeCase) -> None:
    material = Material(tumours={"A": (polygon_json(box(1000, 1000, 3000, 1900)),)})
    found = edits(mapped, Reading(), material)
    assert [seen.dist_edge_um for seen in found.remeasured] == pytest.approx([50.0] * 3)
    assert [seen.n_cells for seen in found.remeasured] == [20] * 3
    none = edits(mapped, Reading(), Material(tumours={"A": ()}))
    assert [seen.dist_edge_um for seen in none.remeasured] == [None] * 3


def test_pixels_that_are_not_square_count_by_their_area() -> None:
    area, diameter = measure_outline(box(0, 0, 10, 10), Mpp(0.5, 0.25))
    assert area == pytest.approx(12.5)
    assert diameter == pytest.approx(2 * math.sqrt(12.5 / math.pi))
