from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from shapely import box

from pathoflow.errors import UsageError
from pathoflow.mvi import Kind, Location, MuscularWall, Status
from pathoflow.pipeline.scoring.reference import ReferenceVessel, load_reference

INVADED, EMPTY, TUMOUR = (
    box(200, 200, 400, 360),
    box(800, 600, 1000, 800),
    box(1100, 100, 1500, 500),
)


def test_the_truth_of_a_painted_slide_is_read_whole(truth: Path) -> None:
    reference = load_reference(truth)
    invaded, empty = reference.vessels
    assert (invaded.outline.area, empty.outline.area) == (INVADED.area, EMPTY.area)
    assert (invaded.is_invaded, empty.is_invaded) == (True, False)
    assert (invaded.n_cells, empty.n_cells) == (12, None)
    assert invaded.dist_edge_um == 120.0
    assert invaded.location is Location.PERITUMORAL_NEAR
    assert [shape.area for shape in reference.tumours] == [TUMOUR.area]
    assert reference.tissue_um2 == 1e7
    assert reference.origin.as_json() == {
        "data": "synthetic",
        "synthetic": True,
        "generator_version": "2",
        "seed": 4,
        "family": "test",
    }


def test_all_facts_of_a_row_reach_the_vessel(save_truth: Callable[..., Path]) -> None:
    row = {
        "n_tumour_cells": 3,
        "has_muscle": True,
        "kind": "hepatic",
        "twin_of": "v2",
        "location": "capsular",
    }
    shapes = [("v1", "Vessel: MVI", INVADED), ("v2", "Vessel", EMPTY)]
    vessel, other = load_reference(save_truth(shapes, v1=row, v2={"has_muscle": False})).vessels
    assert vessel.kind is Kind.HEPATIC
    assert vessel.location is Location.CAPSULAR
    assert (vessel.muscular_wall, other.muscular_wall) == (MuscularWall.YES, MuscularWall.NO)
    assert vessel.twin_of == "v2"


def test_what_an_older_table_does_not_say_is_unknown(truth: Path) -> None:
    vessel = load_reference(truth).vessels[0]
    assert vessel.kind is Kind.UNKNOWN
    assert vessel.muscular_wall is MuscularWall.UNKNOWN
    assert not vessel.is_equivocal
    assert vessel.twin_of is None


def test_a_geojson_alone_is_a_truth_without_counts(truth: Path) -> None:
    reference = load_reference(truth / "truth.geojson")
    assert [vessel.n_cells for vessel in reference.vessels] == [None, None]
    assert [vessel.is_invaded for vessel in reference.vessels] == [True, False]
    assert not reference.origin.is_synthetic
    assert reference.tissue_um2 is None


@pytest.mark.parametrize("names", ["Vessel: Equivocal", "Vessel: MVI", "Vessel"])
def test_an_equivocal_vein_is_neither_invaded_nor_clean(
    save_truth: Callable[..., Path], names: str
) -> None:
    """The class or the table may say so; where either does, nobody is sure."""
    row = {"n_tumour_cells": 4, "is_equivocal": True}
    reference = load_reference(save_truth([("v1", names, INVADED)], v1=row))
    (vessel,) = reference.vessels
    assert vessel.is_equivocal
    assert not vessel.is_invaded
    assert (reference.positive, [o.area for o in reference.ignored]) == ([], [INVADED.area])
    graded = vessel.as_graded()
    assert graded is not None
    assert graded.status is Status.UNCERTAIN
    assert graded.n_cells is None


def test_an_invaded_vessel_inside_the_tumour_need_not_be_found() -> None:
    inside = ReferenceVessel(INVADED, is_invaded=True, location=Location.INTRATUMORAL)
    assert not inside.is_positive
    assert inside.is_ignored


def test_a_clean_vessel_has_no_part_in_the_grade() -> None:
    assert ReferenceVessel(EMPTY).as_graded() is None


def test_outlines_of_other_classes_are_no_truth(save_truth: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="no outline of class Vessel or Tumour"):
        load_reference(save_truth([("d", "Duct", EMPTY)]))


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"vessels": [{"id": "v1"}]}', '{"vessels": 3}'])
def test_a_damaged_table_is_refused(truth: Path, text: str) -> None:
    (truth / "truth.json").write_text(text)
    with pytest.raises(UsageError, match=r"truth\.json cannot be read as truth"):
        load_reference(truth)


def test_a_painted_truth_of_the_generator_is_read(painted_truth: Path) -> None:
    """What the generator writes and what is read here are one format."""
    reference = load_reference(painted_truth)
    table = json.loads((painted_truth / "truth.json").read_text())
    rows = {row["id"]: row for row in table["vessels"]}
    assert {vessel.id for vessel in reference.vessels} == set(rows)
    for vessel in reference.vessels:
        row = rows[vessel.id]
        assert vessel.is_invaded == row["is_mvi"]
        assert vessel.n_cells == row["n_tumour_cells"]
        assert vessel.dist_edge_um == row["dist_edge_um"]
    assert reference.origin.seed == table["seed"]
    assert reference.origin.family == table["spec"]["family"]
