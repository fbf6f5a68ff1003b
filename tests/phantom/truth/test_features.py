from __future__ import annotations

import math
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from shapely.geometry import shape

from pathoflow.phantom import Truth
from pathoflow.phantom.truth.features import truth_features
from pathoflow.phantom.truth.survey import survey


@pytest.fixture(scope="module")
def features(drawn: Truth) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = truth_features(drawn, survey(drawn).features)["features"]
    return found


def classes(feature: dict[str, Any]) -> str:
    return ": ".join(feature["properties"]["classification"]["names"])


def test_every_kind_of_thing_has_its_class(features: list[dict[str, Any]]) -> None:
    names = [classes(feature) for feature in features]
    assert names[:7] == ["Vessel: MVI", *["Vessel"] * 5, "Vessel: Equivocal"]
    assert names[7:] == [
        "Tumour",
        "Tumour: Satellite",
        "Capsule",
        "Artefact: bubble",
        "Artefact: dust",
        "Artefact: pen",
    ]


def test_areas_are_those_that_were_drawn(features: list[dict[str, Any]]) -> None:
    by_class = {classes(feature): shape(feature["geometry"]) for feature in features}
    # Twice as many pixels as micrometres on each side.
    assert by_class["Tumour"].area == pytest.approx(4 * math.pi * 1000**2, rel=1e-3)
    assert by_class["Tumour: Satellite"].area == pytest.approx(4 * math.pi * 150**2, rel=1e-2)
    half_ring = 0.5 * math.pi * (1200**2 - 1000**2)
    assert by_class["Capsule"].area == pytest.approx(4 * half_ring, rel=0.02)


def test_outlines_follow_what_qupath_demands(features: list[dict[str, Any]]) -> None:
    for feature in features:
        uuid.UUID(feature["id"])
        assert shape(feature["geometry"]).is_valid
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
        properties = feature["properties"]
        assert len(properties["classification"]["color"]) == 3
        assert all(isinstance(value, int | float) for value in properties["measurements"].values())
        assert all(isinstance(value, str) for value in properties["metadata"].values())
        assert properties["metadata"]["data"] == "synthetic"
    assert len({feature["id"] for feature in features}) == len(features)


def test_a_satellite_that_touches_the_mass_leaves_the_mass_its_outline(
    hand: SimpleNamespace,
) -> None:
    drawing = hand.Drawing()
    drawing.tissue.satellites = (hand.disc(6050, 5000, 150),)
    truth = Truth(drawing)
    found = [classes(f) for f in truth_features(truth, survey(truth).features)["features"]]
    assert found[:2] == ["Tumour", "Tumour: Satellite"]
