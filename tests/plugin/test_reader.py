"""What napari opens by drag and drop."""

from __future__ import annotations

from pathlib import Path

import pytest
from napari.layers import Layer

from napari_pathoflow.reader import get_reader, read_result


def names(path: Path) -> list[str]:
    reader = get_reader(str(path))
    assert reader is not None
    return [Layer.create(*data).name for data in reader(str(path))]


def test_slides_results_and_maps_are_known_by_what_they_are(painted_out: Path) -> None:
    result = painted_out / "CASE-1_B1"
    assert names(painted_out / "CASE-1_B1.toml") == ["CASE-1_B1"]
    assert set(names(result / "analysis.zarr")) >= {"heat map: tumour", "tumour", "vessels"}
    whole = names(result)
    assert whole[0] == "CASE-1_B1"
    assert whole[-1] == "vessel outlines"
    assert names(result / "result.json") == whole


@pytest.mark.parametrize("name", ["notes.toml", "picture.png", "folder"])
def test_what_is_not_ours_is_left_to_others(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    else:
        path.write_text("a = 1\n", "utf-8")
    assert get_reader(str(path)) is None
    assert get_reader([str(path)]) is None


def test_without_its_slide_a_result_shows_what_it_has(out: Path) -> None:
    (out / "CASE-1_B1.toml").unlink()
    kinds = [kind for _, _, kind in read_result(str(out / "CASE-1_B1"))]
    assert kinds == ["labels", "labels", "image", "image", "vectors"]
