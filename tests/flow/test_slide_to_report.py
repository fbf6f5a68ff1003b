"""From a slide to a report, with the networks that come with the package."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ome_zarr_models.v05.image import Image
from ome_zarr_models.v05.image_label import ImageLabel

from pathoflow.cli import main
from pathoflow.store import list_pyramids, open_pyramid, result_problems
from pathoflow.testing import qupath_problems

DERIVED = ("report.html", "vessels.csv", "vessels.geojson", "vessels.parquet")


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return int(end.value.code or 0)


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Hash and time of change of every file."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def result(analysed: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((analysed / "result.json").read_text("utf-8"))
    return found


def test_a_slide_becomes_a_folder_of_valid_files(analysed: Path, result: dict[str, Any]) -> None:
    """One run leaves everything that the contract names.

    1. Every file is there, and nothing half-written.
    2. The result follows its schema and says what the slide is.
    3. The zarr passes a validator that is not ours, and every map and label image opens.
    4. The GeoJSON is what QuPath takes.
    5. The tables have one row per vessel.
    6. The report says what it is, and what it is not.
    """
    names = {path.name for path in analysed.iterdir()}
    assert names == {"result.json", "analysis.zarr", "ledger", *DERIVED}
    assert not list(analysed.rglob("*.tmp"))

    assert result_problems(result) == []
    assert result["slide"]["size_px"] == [3400, 3200]
    assert result["slide"]["mpp"] == [0.5, 0.5]
    assert result["slide"]["mpp_source"] == "header"
    assert result["provenance"]["synthetic"] is True
    assert {n["name"] for n in result["provenance"]["networks"]} == {
        "vessel-starter",
        "tissue-starter",
        "cells-starter",
        "classifier-starter",
    }

    store = analysed / "analysis.zarr"
    tissues = ("vessel", "tumour", "necrosis", "stroma", "lumen", "duct")
    maps = {f"probability/{name}" for name in tissues}
    labels = {"labels/vessels", "labels/tumour", "labels/tissue"}
    assert maps | labels <= set(list_pyramids(store))
    assert len({len(open_pyramid(store, name).levels) for name in maps | labels}) == 1
    import zarr

    Image.from_zarr(zarr.open_group(store, mode="r"))
    for name in maps:
        Image.from_zarr(zarr.open_group(store, path=name, mode="r"))
    for name in labels:
        ImageLabel.from_zarr(zarr.open_group(store, path=name, mode="r"))
    values = set(open_pyramid(store, "labels/vessels").arrays[0][:].ravel().tolist()) - {0}
    assert len(values) == len(result["vessels"])

    outlines = json.loads((analysed / "vessels.geojson").read_text("utf-8"))
    assert qupath_problems(outlines) == []
    ids = [vessel["id"] for vessel in result["vessels"]]
    assert len(ids) >= 4
    assert {feature["id"] for feature in outlines["features"]} >= set(ids)

    rows = pd.read_csv(analysed / "vessels.csv", comment="#")
    assert rows["id"].tolist() == ids
    assert pd.read_parquet(analysed / "vessels.parquet")["id"].tolist() == ids

    page = (analysed / "report.html").read_text("utf-8")
    assert "Research use only" in page
    assert "Synthetic" in page
    assert all(vessel_id in page for vessel_id in ids)
    assert "http://" not in page.replace("http://www.w3.org/", "")


def test_the_figures_against_the_truth_are_those_of_a_working_chain(
    analysed: Path, painted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Floors far below what the networks reach on painted slides, far above what chance gives."""
    assert run("score", analysed, painted.with_suffix(".truth"), "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["synthetic"] is True
    assert figures["vessels_true"] == 7
    assert figures["mvi_true"] == 2
    assert figures["vessel_f1_at_iou_0.5"] >= 0.6
    assert figures["vessel_pixel_iou"] >= 0.75
    assert figures["tumour_pixel_iou"] >= 0.7
    # One of the two: the starters do not outline the other vein at all.
    assert figures["mvi_sensitivity_at_2_fp"] >= 0.5
    assert figures["mvi_false_positives"] <= 2


def test_the_result_is_a_proposal_and_says_so(result: dict[str, Any]) -> None:
    assert result["mvi"]["reviewed"] is False
    assert result["mvi"]["n_candidates"] >= 1
    assert all("proposal" in s["reasons"][0] for s in result["mvi"]["systems"].values())


def test_running_again_changes_nothing(
    analysed: Path, painted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1. Copy the results. 2. Run the same command on them. 3. Not one file is newer or other than before."""
    shutil.copytree(analysed.parent, tmp_path / "out")
    before = contents(tmp_path / "out" / "liver")
    assert run("run", painted, "--out", tmp_path / "out", "--json") == 0
    assert contents(tmp_path / "out" / "liver") == before
    outcome = json.loads(capsys.readouterr().out)[0]
    assert outcome["slide"] == "liver"
    assert outcome["status"] in ("ok", "ok_with_warnings")


def test_derived_files_come_back_without_the_slide(analysed: Path, tmp_path: Path) -> None:
    """1. Copy the folder alone. 2. Lose every derived file. 3. `report` writes the same bytes again."""
    folder = tmp_path / "liver"
    shutil.copytree(analysed, folder)
    before = {name: (folder / name).read_bytes() for name in DERIVED}
    for name in DERIVED:
        (folder / name).unlink()
    assert run("report", folder) == 0
    assert {name: (folder / name).read_bytes() for name in DERIVED} == before
