from __future__ import annotations

import json
import logging
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import tifffile
from PIL import Image
from shapely.geometry import mapping

from pathoflow.data import (
    DataSettings,
    FolderSource,
    PaintedData,
    PatchSet,
    SlideSource,
    load_data,
    load_labelled,
    load_painted,
    load_unlabelled,
    sources,
)
from pathoflow.errors import UsageError
from pathoflow.networks.plain import from_plain

#: Level-0 (x, y) of the vessels on every slide: 100 x 100 px at 1 µm.
VESSELS = [shapely.box(200, 200, 300, 300), shapely.box(700, 700, 800, 800)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three pink slides of 1,000 px at 1 µm/px with two white vessels each, and their outlines."""
    rng = np.random.default_rng(0)
    for name in "abc":
        pixels = rng.integers(0, 40, (1000, 1000, 1), np.uint8) + np.array(
            [190, 110, 160], np.uint8
        )
        for vessel in VESSELS:
            left, top, right, bottom = (int(v) for v in vessel.bounds)
            pixels[top:bottom, left:right] = 245
        tifffile.imwrite(
            tmp_path / f"{name}.tiff",
            pixels,
            photometric="rgb",
            tile=(256, 256),
            resolution=(10_000, 10_000),
            resolutionunit="CENTIMETER",
        )
        features = [
            {
                "type": "Feature",
                "geometry": mapping(vessel),
                "properties": {"classification": {"name": "Vessel"}},
            }
            for vessel in VESSELS
        ]
        (tmp_path / f"{name}.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features})
        )
    return tmp_path


def settings(**changed: Any) -> DataSettings:
    fields: dict[str, Any] = {
        "classes": ("vessel",),
        "patch_px": 64,
        "mpp": 4.0,
        "labelled": (SlideSource("a.tiff", "a.geojson"), SlideSource("b.tiff", "b.geojson")),
        "unlabelled_per_slide": 5,
    }
    return DataSettings(**{**fields, **changed})


def silent(_: str) -> None:
    """Take no interest in progress."""


def test_a_config_names_every_kind_of_source() -> None:
    table = """
        classes = ["vessel"]
        mpp = 2.0
        patch_px = 256
        labelled = [{ slide = "a.svs", outlines = "a.geojson", patient = "P1" }, { slide = "d.svs", mpp = 0.25 }]
        unlabelled = [{ slide = "b.svs" }]
        folders = [{ images = "glas", mask = "{name}_gt.png", mpp = 0.62, role = "unlabelled" }]
        painted = { train_seeds = [1, 2], validation_seeds = [3] }
        validation = [{ slide = "c.svs", outlines = "c.geojson" }]
    """
    read = from_plain(tomllib.loads(table), DataSettings)
    assert read.labelled == (
        SlideSource("a.svs", "a.geojson", "P1"),
        SlideSource("d.svs", mpp=0.25),
    )
    assert read.unlabelled == (SlideSource("b.svs"),)
    assert read.folders == (FolderSource("glas", mpp=0.62, role="unlabelled"),)
    assert read.unlabelled_sources == (*read.unlabelled, *read.folders)
    assert read.labelled_sources == read.labelled
    assert read.painted == PaintedData((1, 2), (3,))
    assert read.validation_sources == (SlideSource("c.svs", "c.geojson"),)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('classes = ["v"]\npatch_px = 9\nlabelled = [{ slid = "a" }]', "unknown key slid"),
        ('classes = ["v"]\npatch_px = 9\nmpp = 1', "must name patches to learn from"),
        (
            'classes = []\npatch_px = 0\nfolders = [{ images = "x" }]',
            "classes must be named; patch_px",
        ),
        ('classes = ["v"]\npatch_px = 9\nfolders = [{ images = "x", role = "test" }]', "test"),
        (
            'classes = ["v"]\npatch_px = 9\nfolders = [{ images = "x" }]\nvalidation_share = 1',
            "between",
        ),
    ],
)
def test_wrong_tables_are_refused(table: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_plain(tomllib.loads(table), DataSettings)


def test_a_slide_and_its_outlines_become_patches(root: Path) -> None:
    found = load_labelled(SlideSource("a.tiff", "a.geojson", "P1"), settings(), root)
    assert found.groups == ("P1", "P1")
    assert found.masks.sum(axis=(1, 2, 3)).tolist() == [25 * 25] * 2
    # White is vessel and pink is not: pixels, masks and scale agree.
    assert np.array_equal(found.masks[:, 0], found.pixels[..., 1] > 200)


def test_a_stated_scale_replaces_the_headers(root: Path) -> None:
    found = load_labelled(SlideSource("a.tiff", "a.geojson", mpp=0.5), settings(mpp=2.0), root)
    assert found.masks.sum() == 2 * 25 * 25


def test_a_slide_without_outlines_teaches_nothing(root: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.tiff has no outlines: name their GeoJSON"):
        load_labelled(SlideSource("a.tiff"), settings(), root)


def test_unlabelled_slides_are_read_without_their_outlines(root: Path) -> None:
    (root / "c.geojson").write_text("nobody may read this")
    found = load_unlabelled(SlideSource("c.tiff", "c.geojson"), settings(), root)
    assert found.pixels.shape == (5, 64, 64, 3)
    assert found.groups == ("c",) * 5


def test_validation_slides_are_kept_apart_from_the_others(root: Path) -> None:
    loaded = load_data(
        settings(
            validation=(SlideSource("c.tiff", "c.geojson"),), unlabelled=(SlideSource("b.tiff"),)
        ),
        root,
        root / "cache",
        silent,
    )
    assert loaded.train.groups == ("a", "a", "b", "b")
    assert loaded.validation.groups == ("c", "c")
    assert loaded.unlabelled is not None
    assert loaded.unlabelled.groups == ("b",) * 5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"validation": (SlideSource("c.tiff", "c.geojson", "a"),)}, '"a" is in both training and'),
        (
            {
                "validation": (SlideSource("c.tiff", "c.geojson"),),
                "unlabelled": (SlideSource("c.tiff"),),
            },
            '"c" is in both unlabelled and validation',
        ),
    ],
)
def test_a_patient_on_both_sides_is_refused(root: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load_data(settings(**changed), root, root / "cache", silent)


def test_without_validation_slides_whole_patients_are_set_aside(root: Path) -> None:
    loaded = load_data(settings(validation_share=0.5), root, root / "cache", silent)
    assert {len(set(part.groups)) for part in (loaded.train, loaded.validation)} == {1}
    assert set(loaded.train.groups) | set(loaded.validation.groups) == {"a", "b"}
    assert loaded.unlabelled is None


def test_who_is_set_aside_is_not_learned_from_without_labels_either(root: Path) -> None:
    both = (SlideSource("a.tiff"), SlideSource("b.tiff"))
    loaded = load_data(
        settings(validation_share=0.5, unlabelled=both), root, root / "cache", silent
    )
    assert loaded.unlabelled is not None
    assert set(loaded.unlabelled.groups) == set(loaded.train.groups)


def test_patches_of_one_patient_are_shared_out_with_a_warning(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = tuple(SlideSource(f"{name}.tiff", f"{name}.geojson", "P1") for name in "ab")
    with caplog.at_level(logging.WARNING):
        loaded = load_data(
            settings(
                labelled=one,
                validation_share=0.25,
                unlabelled=(SlideSource("c.tiff", patient="P1"),),
            ),
            root,
            root / "cache",
            silent,
        )
    assert [len(loaded.train), len(loaded.validation)] == [3, 1]
    assert 'all outlined patches are of "P1"' in caplog.text


def test_one_patch_cannot_be_shared_out(root: Path) -> None:
    data = json.loads((root / "a.geojson").read_text())
    data["features"] = data["features"][:1]
    (root / "a.geojson").write_text(json.dumps(data))
    with pytest.raises(UsageError, match="only one outlined patch"):
        load_data(settings(labelled=(SlideSource("a.tiff", "a.geojson"),)), root, root, silent)


def test_pictures_with_masks_join_slides(root: Path) -> None:
    truth = np.zeros((256, 256), np.uint8)
    truth[100:140, 100:140] = 255
    for name in ("x1", "x2"):
        Image.fromarray(np.full((256, 256, 3), 9, np.uint8)).save(root / f"{name}.png")
        Image.fromarray(truth).save(root / f"{name}_gt.png")
    folder = FolderSource(".", image="{name}.png", mpp=1.0, take="x1")
    apart = FolderSource(".", image="{name}.png", mpp=1.0, take="x2", role="validation")
    loaded = load_data(settings(folders=(folder, apart)), root, root / "cache", silent)
    assert loaded.train.groups == ("a", "a", "b", "b", "x1")
    assert loaded.validation.groups == ("x2",)
    assert loaded.validation.masks.sum() == 100
    with pytest.raises(UsageError, match=r"masks in \. hold one class, but vessel, tumour"):
        load_labelled(folder, settings(classes=("vessel", "tumour")), root)
    assert len(load_unlabelled(folder, settings(), root)) == 1


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Painted patches of 128 px at 2 µm: tumour everywhere, a vessel on the upper half; tells the seeds."""
    asked: list[tuple[int, ...]] = []

    def paint(data: PaintedData, seeds: tuple[int, ...], *rest: Any) -> PatchSet:
        asked.append(seeds)
        classes = rest[2]
        n = len(seeds)
        halves = np.zeros((n, 128, 128), bool)
        halves[:, :64] = True
        truth = {"vessel": halves, "tumour": np.ones_like(halves)}
        return PatchSet(
            np.full((n, 128, 128, 3), 100, np.uint8),
            np.stack([truth[name] for name in classes], axis=1),
            np.ones_like(halves),
            classes,
            data.bank_mpp,
            tuple(f"painted-{seed}" for seed in seeds),
        )

    monkeypatch.setattr(sources, "paint_bank", paint)
    return asked


PAINTED = PaintedData((1, 2), (3,))


def test_painted_slides_have_validation_slides_of_their_own(
    root: Path, painter: list[tuple[int, ...]]
) -> None:
    loaded = load_data(settings(labelled=(), painted=PAINTED), root, root, silent)
    assert loaded.train.groups == ("painted-1", "painted-2")
    assert loaded.validation.groups == ("painted-3",)
    assert loaded.train.mpp == 4.0
    assert loaded.train.masks[0, 0].sum() == 32 * 64


def test_beside_real_slides_painted_ones_are_for_training_only(
    root: Path, painter: list[tuple[int, ...]]
) -> None:
    loaded = load_data(settings(painted=PAINTED), root, root, silent)
    assert painter == [(1, 2)]
    assert set(loaded.validation.groups) < {"a", "b"}
    assert set(loaded.train.groups) > {"painted-1", "painted-2"}


def test_painted_slides_without_validation_seeds_are_shared_out(
    root: Path, painter: list[tuple[int, ...]]
) -> None:
    loaded = load_data(settings(labelled=(), painted=PaintedData((1, 2), ())), root, root, silent)
    assert [len(loaded.train), len(loaded.validation)] == [1, 1]


def test_painted_patches_are_cut_to_the_side_and_named_as_asked(
    painter: list[tuple[int, ...]], tmp_path: Path
) -> None:
    wanted = settings(classes=("Tumour", "Vessel"), mpp=2.0)
    found = load_painted(PAINTED, (1,), wanted, tmp_path, silent)
    assert len(found) == 4, "128 px are two by two patches of 64"
    assert found.classes == ("Tumour", "Vessel")
    assert found.masks[:, 1].mean(axis=(1, 2)).tolist() == [1, 1, 0, 0]
    with pytest.raises(UsageError, match="painted patches of 2 µm/px cannot be had at 3"):
        load_painted(PAINTED, (1,), settings(mpp=3.0), tmp_path, silent)
