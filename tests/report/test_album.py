from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from pathoflow.report import Pictures, load_pictures, save_pictures, take_pictures
from pathoflow.report.pictures import PictureSettings
from pathoflow.space import Mpp, Size
from pathoflow.store import PyramidSpec, create_pyramid, list_pyramids


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_pictures_come_back_as_they_were(pictures: Pictures, tmp_path: Path) -> None:
    save_pictures(pictures, tmp_path / "analysis.zarr")
    back = load_pictures(tmp_path / "analysis.zarr")
    assert back is not None
    assert np.array_equal(back.overview.pixels, pictures.overview.pixels)
    assert back.overview.field == pictures.overview.field
    assert back.overview.mpp == pictures.overview.mpp
    assert list(back.gallery) == list(pictures.gallery)
    for vessel_id, picture in pictures.gallery.items():
        assert np.array_equal(back.gallery[vessel_id].pixels, picture.pixels)
        assert back.gallery[vessel_id].field == picture.field
    assert back.outlines.keys() == pictures.outlines.keys()
    for name, rings in pictures.outlines.items():
        for mine, theirs in zip(rings, back.outlines[name], strict=True):
            assert np.abs(np.array(mine) - np.array(theirs)).max() <= 0.051


def test_nothing_saved_is_nothing_loaded(tmp_path: Path) -> None:
    assert load_pictures(tmp_path / "analysis.zarr") is None


def test_the_same_pictures_give_the_same_bytes(pictures: Pictures, tmp_path: Path) -> None:
    for name in ("one.zarr", "two.zarr"):
        save_pictures(pictures, tmp_path / name)
    assert fingerprint(tmp_path / "one.zarr") == fingerprint(tmp_path / "two.zarr")


def test_saving_again_replaces_and_leaves_nothing_beside(
    slide: Any, result: dict[str, Any], pictures: Pictures, tmp_path: Path
) -> None:
    analysis = tmp_path / "analysis.zarr"
    save_pictures(pictures, analysis)
    save_pictures(take_pictures(slide, result, PictureSettings(max_fields=1)), analysis)
    back = load_pictures(analysis)
    assert back is not None
    assert len(back.gallery) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["analysis.zarr"]


def test_the_overview_is_valid_ome_zarr(pictures: Pictures, tmp_path: Path) -> None:
    from ome_zarr_models.v05 import Image

    save_pictures(pictures, tmp_path / "analysis.zarr")
    group = zarr.open_group(tmp_path / "analysis.zarr" / "overview", mode="r")
    multiscale = Image.from_zarr(group).ome_attributes.multiscales[0]
    assert [axis.name for axis in multiscale.axes] == ["c", "y", "x"]
    steps = [s.model_dump() for s in multiscale.datasets[0].coordinateTransformations]
    mpp = 15_000 / 1400
    assert steps[0]["scale"] == pytest.approx([1, mpp, mpp])
    # The centre of its first pixel, seen from the centre of the slide's first pixel (0.5 µm wide).
    assert steps[1]["translation"] == pytest.approx([0, (mpp - 0.5) / 2, (mpp - 0.5) / 2])


def test_it_stands_beside_the_maps_before_and_after(pictures: Pictures, tmp_path: Path) -> None:
    analysis = tmp_path / "analysis.zarr"
    spec = PyramidSpec.on_slide("uint8", Mpp.square(8.0), Mpp.square(0.5))
    size = Size(1500, 1875)
    create_pyramid(analysis, "probability/vessel", size, spec)
    save_pictures(pictures, analysis)
    create_pyramid(analysis, "probability/tumour", size, spec)
    assert {"probability/tumour", "probability/vessel"} <= set(list_pyramids(analysis))
    assert load_pictures(analysis) is not None
