from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import zarr

from pathoflow.phantom import PhantomSpec, Plan, Truth
from pathoflow.phantom.truth.grids import write_grids
from pathoflow.phantom.truth.outlines import CONTENT_VALUES, QUALITY_VALUES
from pathoflow.phantom.truth.survey import survey
from pathoflow.space import Frame, Point, Size
from pathoflow.store import list_pyramids, open_pyramid

LAYERS = ("capsule", "content", "lumen", "quality", "tissue", "tumour", "vessels")


@pytest.fixture(scope="module")
def drawn(hand: SimpleNamespace) -> Truth:
    """A slide of 5 x 5 mm: four shards, with vein and bubble in the first."""
    tissue = SimpleNamespace(
        pieces=(hand.disc(2500, 2500, 2300),),
        tumour=hand.disc(3000, 2500, 500),
        capsule=SimpleNamespace(thickness_um=np.full(720, 100.0)),
        clefts=(),
        islands=(),
        satellites=(),
        retractions=(),
    )
    vein = hand.vein(0, 1500, 2500, contents=hand.invaded(1500, 2500))
    spec = PhantomSpec(seed=3, size_px=(10000, 10000), mpp=0.5, family="test")
    bubble = hand.Spot("bubble", hand.disc(1000, 1500, 300))
    return Truth(hand.Drawing((vein,), (bubble,), tissue, spec))


@pytest.fixture(scope="module")
def folder(drawn: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grids") / "truth.zarr"
    write_grids(drawn, survey(drawn), path)
    return path


def test_every_layer_is_a_pyramid_at_two_micrometres(folder: Path) -> None:
    assert list_pyramids(folder) == tuple(f"labels/{name}" for name in LAYERS)
    for name in LAYERS:
        pyramid = open_pyramid(folder, f"labels/{name}")
        assert pyramid.size == Size(2500, 2500)
        assert pyramid.mpp.mean == 2.0
        assert len(pyramid.levels) == 4
        # The corners of slide and grid coincide, so the first centre lies (2 - 0.5) / 2 µm on.
        assert pyramid.levels[0].translation_um == Point(0.75, 0.75)


def test_level_zero_is_the_truths_own_drawing(plan: Plan, tmp_path: Path) -> None:
    truth, frame = Truth(plan), Frame(2.0, 2.0)
    write_grids(truth, survey(truth), tmp_path / "truth.zarr")
    box = frame.size(plan.size).box()
    draws = {
        "vessels": truth.vessel_labels,
        "lumen": truth.lumen_labels,
        "content": truth.content_labels,
        "tumour": truth.tumour_mask,
        "capsule": truth.capsule_mask,
        "tissue": truth.tissue_mask,
        "quality": truth.quality_labels,
    }
    for name, draw in draws.items():
        stored = open_pyramid(tmp_path / "truth.zarr", f"labels/{name}").read(box)
        assert np.array_equal(stored, draw(box, frame)), name


def test_coarser_levels_hold_the_majority(folder: Path) -> None:
    tissue = open_pyramid(folder, "labels/tissue")
    shares = [
        (tissue.read(level.size.box(), k) > 0).sum() * level.mpp.pixel_area_um2
        for k, level in enumerate(tissue.levels)
    ]
    assert shares == pytest.approx([np.pi * 2300**2] * len(shares), rel=0.01)


def test_values_of_vessels_contents_and_artefacts_are_named(folder: Path, drawn: Truth) -> None:
    def properties(name: str) -> dict[int, dict[str, object]]:
        ome = zarr.open_group(folder, path=f"labels/{name}", mode="r").attrs["ome"]
        return {p["label-value"]: p for p in ome["image-label"]["properties"]}  # type: ignore[index,call-overload]

    assert properties("vessels")[1]["class"] == "Vessel: MVI"
    assert len(properties("vessels")) == len(drawn.plan.vessels)
    assert {p["name"]: v for v, p in properties("content").items()} == CONTENT_VALUES
    assert {p["name"]: v for v, p in properties("quality").items()} == QUALITY_VALUES


def test_cells_are_read_in_one_line_and_say_what_their_columns_are(folder: Path) -> None:
    cells = zarr.open_array(folder / "cells", mode="r")
    assert cells.attrs["columns"] == ["y_px", "x_px", "vessel"]
    labels = open_pyramid(folder, "labels/vessels").read(Size(2500, 2500).box())
    for y, x, vessel in np.asarray(cells[:]):
        # Four level-0 pixels to one of the grid.
        assert labels[int(y / 4), int(x / 4)] == vessel


def test_what_holds_nothing_is_not_stored(folder: Path) -> None:
    def shards(name: str) -> set[str]:
        level = folder / f"labels/{name}/s0"
        return {str(path.relative_to(level)) for path in level.rglob("c/*/*")}

    assert shards("quality") == {"c/0/0"}
    assert shards("vessels") == {"c/0/0"}
    assert len(shards("tissue")) == 4


def test_the_folder_says_that_it_is_synthetic_and_keeps_the_format(folder: Path) -> None:
    root = json.loads((folder / "zarr.json").read_text())["attributes"]
    assert root["pathoflow"]["synthetic"] is True
    from ome_zarr_models.v05.image_label import ImageLabel

    for name in LAYERS:
        ImageLabel.from_zarr(zarr.open_group(folder, path=f"labels/{name}", mode="r"))


def test_a_slide_without_vessels_or_tumour_has_the_same_layers(tmp_path: Path) -> None:
    from pathoflow.phantom import plan_slide

    spec = PhantomSpec(seed=2, size_px=(600, 600), mpp=1.0, family="train", vessels=0, tumour=False)
    truth = Truth(plan_slide(spec))
    write_grids(truth, survey(truth), tmp_path / "truth.zarr")
    assert list_pyramids(tmp_path / "truth.zarr") == tuple(f"labels/{name}" for name in LAYERS)
    assert zarr.open_array(tmp_path / "truth.zarr/cells", mode="r").shape == (0, 3)
