from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from pathoflow.errors import UsageError
from pathoflow.space import Mpp, Point, Size
from pathoflow.store import (
    Label,
    PyramidSpec,
    create_pyramid,
    list_pyramids,
    n_levels_for,
    open_pyramid,
)

SIZE = Size(1300, 900)
MPP = Mpp(2.0, 2.0)
SLIDE_MPP = Mpp(0.25, 0.25)
NAMES = (
    "probability/vessel",
    "probability/tumour",
    "labels/tissue",
    "labels/tumour",
    "labels/vessels",
)


def spec(dtype: str = "uint8") -> PyramidSpec:
    return PyramidSpec.on_slide(dtype, MPP, SLIDE_MPP)


def make_analysis(root: Path, n_vessels: int = 1) -> Path:
    """A whole analysis.zarr with ``n_vessels`` square vessels."""
    for name in NAMES:
        pyramid = create_pyramid(
            root, name, SIZE, spec("uint32" if name == "labels/vessels" else "uint8")
        )
        pixels = np.zeros(SIZE.shape, pyramid.dtype)
        for label in range(1, n_vessels + 1):
            pixels[100 * label : 100 * label + 60, 300:360] = label
        pyramid.write(SIZE.box(), pixels)
        pyramid.build_levels()
        if pyramid.is_labels:
            pyramid.describe_labels(
                [
                    Label(value, (200, 0, 0, 255), {"class": "Vessel"})
                    for value in range(1, n_vessels + 1)
                ]
            )
    return root


@pytest.mark.parametrize(
    ("longer", "n_levels"),
    [(1, 1), (512, 1), (513, 2), (1024, 2), (1025, 3), (5000, 5), (40_000, 8)],
)
def test_levels_end_where_the_longer_side_fits_a_screen(longer: int, n_levels: int) -> None:
    assert n_levels_for(Size(longer, 1)) == n_levels_for(Size(1, longer)) == n_levels


def test_a_grid_on_a_slide_starts_at_the_slides_corner() -> None:
    # Corner of both: half a slide pixel before the centre of the slide's first pixel.
    placed = spec().translation_um
    assert placed.y - MPP.y / 2 == -SLIDE_MPP.y / 2
    assert placed == Point(0.875, 0.875)


@pytest.mark.parametrize("n_vessels", [0, 2])
def test_the_ngff_validator_accepts_every_group(tmp_path: Path, n_vessels: int) -> None:
    v05 = pytest.importorskip("ome_zarr_models.v05", reason="ome-zarr-models is not installed")
    root = make_analysis(tmp_path / "analysis.zarr", n_vessels)
    image = v05.Image.from_zarr(zarr.open_group(root, mode="r"))
    assert sorted(image.labels.label_paths) == ["tissue", "tumour", "vessels"]
    assert [one.path for one in image.datasets[0]] == [f"probability/vessel/s{k}" for k in range(3)]
    v05.Labels.from_zarr(zarr.open_group(root, path="labels", mode="r"))
    for name in NAMES:
        group = zarr.open_group(root, path=name, mode="r")
        if name.startswith("labels/"):
            about = v05.ImageLabel.from_zarr(group).ome_attributes.image_label
            assert len(about.colors or ()) == len(about.properties or ()) == n_vessels
        else:
            assert len(v05.Image.from_zarr(group).datasets[0]) == 3


def test_without_vessels_no_empty_list_is_written(tmp_path: Path) -> None:
    root = make_analysis(tmp_path / "analysis.zarr", n_vessels=0)
    ome = json.loads((root / "labels/vessels/zarr.json").read_text())["attributes"]["ome"]
    assert ome["image-label"] == {"source": {"image": "../../"}}


@pytest.mark.parametrize("n_vessels", [0, 2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_napari_ome_zarr_finds_image_and_labels_with_scale(tmp_path: Path, n_vessels: int) -> None:
    plugin = pytest.importorskip("napari_ome_zarr", reason="napari-ome-zarr is not installed")
    root = make_analysis(tmp_path / "analysis.zarr", n_vessels)
    read: Any = plugin.napari_get_reader(str(root))
    layers = read()
    assert [kind for _, _, kind in layers] == ["image", "labels", "labels", "labels"]
    for data, about, _ in layers:
        assert [level.shape for level in data] == [(1300, 900), (650, 450), (325, 225)]
        assert about["scale"] == [2.0, 2.0]
        assert about["units"] == ("micrometer", "micrometer")
    vessels = layers[3]
    assert vessels[1]["name"].endswith("vessels")
    assert int(np.asarray(vessels[0][0]).max()) == n_vessels
    assert set(vessels[1].get("colormap", {})) == set(range(1, n_vessels + 1))


def test_shards_chunks_and_compression_are_those_we_measured(tmp_path: Path) -> None:
    create_pyramid(tmp_path, "probability/vessel", Size(9000, 9000), spec())
    about = json.loads((tmp_path / "probability/vessel/s0/zarr.json").read_text())
    (sharding,) = about["codecs"]
    assert about["chunk_grid"]["configuration"]["chunk_shape"] == [4096, 4096]
    assert sharding["name"] == "sharding_indexed"
    assert sharding["configuration"]["chunk_shape"] == [512, 512]
    assert [codec["name"] for codec in sharding["configuration"]["codecs"]] == ["bytes", "zstd"]
    assert about["dimension_names"] == ["y", "x"]


def test_the_same_analysis_twice_gives_the_same_files(
    tmp_path: Path, tree: Callable[[Path], dict[str, bytes]]
) -> None:
    first = tree(make_analysis(tmp_path / "a", 2))
    assert first == tree(make_analysis(tmp_path / "b", 2))
    # Made again over itself, as a re-run does, nothing moves either.
    create_pyramid(tmp_path / "a", "labels/vessels", SIZE, spec("uint32"))
    assert first == tree(tmp_path / "a")
    assert "labels/vessels/s0/c/0/0" in first


def test_an_opened_pyramid_knows_what_was_asked_for(tmp_path: Path) -> None:
    created = create_pyramid(tmp_path, "labels/vessels", SIZE, spec("uint32"))
    opened = open_pyramid(tmp_path, "labels/vessels")
    assert opened.levels == created.levels
    assert (opened.size, opened.mpp, opened.dtype) == (SIZE, MPP, np.dtype("uint32"))
    assert opened.is_labels
    assert not opened.is_rgb


def test_one_opened_to_read_cannot_be_written(tmp_path: Path) -> None:
    create_pyramid(tmp_path, "probability/vessel", SIZE, spec())
    with pytest.raises(ValueError, match="read-only"):
        open_pyramid(tmp_path, "probability/vessel").write(
            SIZE.box(), np.ones(SIZE.shape, np.uint8)
        )


def test_making_it_again_keeps_the_pixels_and_overwriting_does_not(tmp_path: Path) -> None:
    first = create_pyramid(tmp_path, "probability/vessel", SIZE, spec())
    first.write(SIZE.box(), np.ones(SIZE.shape, np.uint8))
    assert create_pyramid(tmp_path, "probability/vessel", SIZE, spec()).read(SIZE.box()).all()
    emptied = create_pyramid(tmp_path, "probability/vessel", SIZE, spec(), overwrite=True)
    assert not emptied.read(SIZE.box()).any()


def test_a_different_one_of_that_name_is_refused(tmp_path: Path) -> None:
    create_pyramid(tmp_path, "probability/vessel", SIZE, spec())
    with pytest.raises(UsageError, match="already holds another probability/vessel"):
        create_pyramid(tmp_path, "probability/vessel", SIZE, spec("uint16"))


def test_what_an_interrupted_creation_left_is_made_anew(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path, mode="w", zarr_format=3)
    group.create_group("probability/vessel")
    assert create_pyramid(tmp_path, "probability/vessel", SIZE, spec()).size == SIZE


def test_labels_of_another_depth_are_refused(tmp_path: Path) -> None:
    create_pyramid(tmp_path, "probability/vessel", SIZE, spec())
    coarse = PyramidSpec.on_slide("uint8", Mpp(16, 16), SLIDE_MPP)
    with pytest.raises(ValueError, match="would have 1 levels, but probability/vessel has 3"):
        create_pyramid(tmp_path, "labels/tissue", Size(163, 113), coarse)
    agreed = PyramidSpec.on_slide("uint8", Mpp(16, 16), SLIDE_MPP, n_levels=3)
    assert len(create_pyramid(tmp_path, "labels/tissue", Size(163, 113), agreed).levels) == 3


@pytest.mark.parametrize(
    "name", ["vessel", "/probability/vessel", "a/../b", "labels/", "Labels/x", "a//b"]
)
def test_a_name_that_is_no_path_inside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no path such as"):
        create_pyramid(tmp_path, name, SIZE, spec())


def test_labels_must_be_whole_numbers_and_shards_whole_chunks(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        create_pyramid(tmp_path, "labels/vessels", SIZE, spec("float32"))
    with pytest.raises(ValueError, match="whole number of chunks"):
        PyramidSpec("uint8", MPP, chunk_px=500)


def test_the_root_shows_the_vessels_whatever_came_first_and_leaves_strangers_alone(
    tmp_path: Path,
) -> None:
    root = zarr.open_group(tmp_path, mode="w", zarr_format=3)
    root.attrs["other"] = 1
    overview = root.create_group("overview")
    overview.attrs["ome"] = {"version": "0.5", "multiscales": [{"datasets": [{"path": "s0"}]}]}

    def shown() -> list[str]:
        ome: Any = zarr.open_group(tmp_path, mode="r").attrs["ome"]
        return [one["path"] for one in ome.get("multiscales", [{}])[0].get("datasets", [])]

    create_pyramid(tmp_path, "labels/tissue", SIZE, spec())
    assert shown() == []
    create_pyramid(tmp_path, "probability/tumour", SIZE, spec())
    assert shown()[0] == "probability/tumour/s0"
    create_pyramid(tmp_path, "probability/vessel", SIZE, spec())
    assert shown()[0] == "probability/vessel/s0"
    create_pyramid(tmp_path, "probability/artery", SIZE, spec())
    assert shown()[0] == "probability/vessel/s0"
    assert zarr.open_group(tmp_path, mode="r").attrs["other"] == 1
    assert "overview" in list_pyramids(tmp_path)


def test_a_missing_pyramid_or_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no image probability/vessel"):
        open_pyramid(tmp_path / "none", "probability/vessel")
    create_pyramid(tmp_path, "labels/tissue", SIZE, spec())
    with pytest.raises(UsageError, match="no image labels/vessels"):
        open_pyramid(tmp_path, "labels/vessels")
    assert list_pyramids(tmp_path / "none") == ()
    assert list_pyramids(tmp_path) == ("labels/tissue",)
