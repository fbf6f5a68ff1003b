from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from shapely.geometry import shape

from pathoflow.phantom import PhantomSpec, Plan, Truth, write_truth
from pathoflow.phantom.truth.files import vessel_uuid
from pathoflow.space import Frame


@pytest.fixture(scope="module")
def folder(spec: PhantomSpec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truth") / "slide.truth"
    write_truth(spec, path)
    return path


@pytest.fixture(scope="module")
def table(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def features(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "truth.geojson").read_text(encoding="utf-8"))["features"]


def test_the_table_says_that_it_is_synthetic_and_how_it_was_made(table: dict[str, Any]) -> None:
    assert table["synthetic"] is True
    assert table["seed"] == 5
    assert table["spec"]["family"] == "train"
    assert table["generator_version"]


def test_every_vessel_has_a_row_with_its_outline_and_the_same_facts(
    plan: Plan, table: dict[str, Any], features: list[dict[str, Any]]
) -> None:
    outlines = {feature["id"]: feature for feature in features}
    assert len(table["vessels"]) == len(plan.vessels)
    for row, vessel in zip(table["vessels"], plan.vessels, strict=True):
        feature = outlines[row["id"]]
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        assert polygon.area * plan.spec.mpp**2 == pytest.approx(row["area_um2"], rel=0.02)
        assert (polygon.centroid.y, polygon.centroid.x) == pytest.approx(
            row["centroid_px"], abs=0.5
        )
        assert feature["properties"]["classification"]["names"] == (
            ["Vessel", "MVI"] if row["is_mvi"] else ["Vessel"]
        )
        assert row["n_tumour_cells"] == vessel.n_tumour_cells
        assert row["is_mvi"] == (row["n_tumour_cells"] > 0) == (row["content"] == "tumour")
        assert row["dist_edge_um"] >= 0
        assert row["location"] == "peritumoral_near"


def test_outlines_follow_what_qupath_demands(features: list[dict[str, Any]]) -> None:
    for feature in features:
        uuid.UUID(feature["id"])
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
        properties = feature["properties"]
        assert len(properties["classification"]["color"]) == 3
        assert all(isinstance(value, int | float) for value in properties["measurements"].values())
        assert all(isinstance(value, str) for value in properties.get("metadata", {}).values())
    assert (
        sum(feature["properties"]["classification"]["names"] == ["Tumour"] for feature in features)
        == 1
    )
    assert len({feature["id"] for feature in features}) == len(features)


def test_label_grids_are_the_truths_own_at_two_micrometres(plan: Plan, folder: Path) -> None:
    labels = zarr.open_group(folder / "truth.zarr", mode="r")["labels"]
    frame, truth = Frame(2.0, 2.0), Truth(plan)
    box = frame.size(plan.size).box()
    assert labels["vessels"].dtype == np.uint32
    assert labels["vessels"].attrs["mpp"] == [2.0, 2.0]
    assert np.array_equal(labels["vessels"][:], truth.vessel_labels(box, frame))
    assert np.array_equal(labels["lumen"][:], truth.lumen_labels(box, frame))
    assert np.array_equal(labels["tumour"][:] > 0, truth.tumour_mask(box, frame))
    assert np.array_equal(labels["tissue"][:] > 0, truth.tissue_mask(box, frame))


def test_names_of_vessels_are_stable_and_different() -> None:
    spec = PhantomSpec(seed=5, size_px=(1500, 1700), mpp=1.0, family="train")
    assert vessel_uuid(spec, 0) == vessel_uuid(spec, 0)
    assert vessel_uuid(spec, 0) != vessel_uuid(spec, 1)


def test_an_old_truth_is_replaced_whole(spec: PhantomSpec, tmp_path: Path) -> None:
    folder = tmp_path / "slide.truth"
    folder.mkdir()
    (folder / "stale.txt").write_text("old")
    write_truth(spec, folder)
    assert {path.name for path in folder.iterdir()} == {"truth.json", "truth.geojson", "truth.zarr"}
    assert list(tmp_path.iterdir()) == [folder]
