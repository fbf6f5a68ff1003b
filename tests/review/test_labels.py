from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely import box

from pathoflow.data import read_geojson
from pathoflow.mvi import Status
from pathoflow.review.labels import label_set, rejections
from pathoflow.review.reading import Reading
from pathoflow.review.records import Records
from pathoflow.review.words import Named, Reason, VesselWord
from pathoflow.space.geojson import polygon_json
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR

YES, BLOOD = VesselWord(Status.ACCEPTED), VesselWord(Status.REJECTED, Reason.RBC)
CLEFT = VesselWord(Status.REJECTED, Reason.RETRACTION)


def ids(n: int) -> list[str]:
    return [made_vessel_id("A", k) for k in range(n)]


def test_classes_follow_what_was_said_and_training_reads_them(
    made: MadeCase, tmp_path: Path
) -> None:
    made.slide("A", [NEAR] * 6)
    names = ids(6)
    words = dict(
        zip(
            names,
            [
                YES,
                BLOOD,
                CLEFT,
                VesselWord(Status.UNCERTAIN),
                VesselWord(YES.verdict, named=Named.DUCT),
            ],
            strict=False,
        )
    )
    reading = Reading(
        words, outlines={"A": {names[0]: polygon_json(box(1000, 2000, 1100, 2100)), "new": None}}
    )
    text = label_set("A", Records(made.out)["A"], reading)
    assert text is not None
    path = tmp_path / "A.geojson"
    path.write_text(text)
    read = read_geojson(path)
    found = {one.id: one.class_name for one in read if one.id}
    # The cleft and the duct are no vessels; the sixth, 80 px from the duct, lies within the 50 µm of what was seen.
    assert found == {
        names[0]: "Vessel: MVI",
        names[1]: "Vessel",
        names[3]: "Ignore*",
        names[5]: "Ignore*",
    }
    assert next(one for one in read if one.id == names[0]).polygon.area == 10_000
    regions = [one.polygon.bounds for one in read if one.class_name == "Region*"]
    # 50 µm are 100 px, around 1000 to 1520 and around 1800 to 1920; what is uncertain in between teaches nothing.
    assert sorted(regions) == [
        pytest.approx((900, 1900, 1620, 2200), abs=1),
        pytest.approx((1700, 1900, 2020, 2190), abs=1),
    ]
    assert json.loads(text)["features"][0]["properties"]["metadata"] == {"origin": "level0"}


def test_a_slide_that_nobody_reviewed_has_no_labels(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    assert label_set("A", Records(made.out)["A"], Reading()) is None


def test_rejections_keep_their_reasons(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 4)
    a, b, c, d = ids(4)
    words = {a: BLOOD, b: VesselWord(named=Named.DUCT), c: VesselWord(Status.REJECTED), d: YES}
    found = rejections("A", Records(made.out)["A"], Reading(words, outlines={"A": {"x": None}}))
    assert [(one.vessel, one.reason) for one in found] == [
        (a, "rbc"),
        (b, "duct"),
        (c, "other"),
        ("x", "deleted"),
    ]
    assert found[0].p_mvi == 0.9
