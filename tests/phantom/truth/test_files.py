from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from pathoflow.phantom import PhantomSpec, Plan, write_truth


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


def test_an_old_truth_is_replaced_whole(spec: PhantomSpec, tmp_path: Path) -> None:
    folder = tmp_path / "slide.truth"
    folder.mkdir()
    (folder / "stale.txt").write_text("old")
    write_truth(spec, folder)
    assert {path.name for path in folder.iterdir()} == {"truth.json", "truth.geojson", "truth.zarr"}
    assert list(tmp_path.iterdir()) == [folder]
