from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile

from pathoflow.errors import EnvironmentFault
from pathoflow.phantom import (
    FileLayout,
    PhantomReader,
    PhantomSpec,
    Plan,
    make_phantom,
    paint,
    plan_slide,
    write_slide,
)
from pathoflow.slide import open_slide
from pathoflow.space import Box, Size

SPEC = PhantomSpec(
    seed=9,
    size_px=(600, 900),
    mpp=0.5,
    family="train",
    vessels=2,
    mvi_vessels=0,
    file=FileLayout(jpeg_quality=97),
)
#: Liver with a vessel or two, 0.15 mm²; all layouts are written from it.
SMALL = replace(SPEC, size_px=(530, 640), vessels=1, mvi_vessels=0, tumour=False)
LAYOUTS = {
    "svs": FileLayout(jpeg_quality=97),
    "tiff": FileLayout("tiff", jpeg_quality=97),
    "ome": FileLayout("ome", jpeg_quality=97, bounds_offset_px=(300, -20)),
    "svs alpha": FileLayout("svs", alpha=True),
    "tiff alpha": FileLayout("tiff", alpha=True),
    "ome alpha": FileLayout("ome", alpha=True),
    "lossless": FileLayout("tiff", lossless=True),
    "halved": FileLayout("svs", lossless=True, levels=11),
    "ome halved": FileLayout("ome", lossless=True, levels=10),
    "no scale": FileLayout("tiff", jpeg_quality=97, mpp_in_header=False),
    "ome no scale": FileLayout(
        "ome", jpeg_quality=97, mpp_in_header=False, bounds_offset_px=(7, 8)
    ),
}


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slides") / "painted.tiff"
    make_phantom(SPEC, path)
    return path


@pytest.fixture(scope="module", autouse=True)
def painted_once() -> Iterator[None]:
    """The small slide is painted once and cut from then on; the painter itself is tested elsewhere."""
    whole = paint(plan_slide(SMALL), Size(*SMALL.size_px).box())

    def cut(plan: Plan, box: Box) -> np.ndarray:
        return whole[box.slices] if plan.spec.size_px == SMALL.size_px else paint(plan, box)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pathoflow.phantom.file.write.paint", cut)
        patch.setattr("pathoflow.phantom.file.reader.paint", cut)
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("layouts")
    for name, layout in LAYOUTS.items():
        write_slide(replace(SMALL, file=layout), folder / f"{name}.tiff")
    return {name: folder / f"{name}.tiff" for name in LAYOUTS}


def assert_alike(found: np.ndarray, expected: np.ndarray, is_lossless: bool) -> None:
    assert found.shape == expected.shape
    if is_lossless:
        assert np.array_equal(found, expected)
        return
    # JPEG halves the resolution of colour, so single pixels may differ; the picture may not.
    difference = found.astype(int) - expected
    assert np.abs(difference).mean() < 4
    assert np.abs(difference.mean(axis=(0, 1))).max() < 2


def test_openslide_sees_an_aperio_slide_with_its_resolution_and_levels(slide: Path) -> None:
    with openslide.OpenSlide(slide) as opened:
        assert opened.properties["openslide.vendor"] == "aperio"
        assert float(opened.properties["openslide.mpp-x"]) == 0.5
        assert float(opened.properties["openslide.objective-power"]) == 20
        assert opened.level_dimensions == ((900, 600), (225, 150), (57, 38))


@pytest.mark.parametrize("name", LAYOUTS)
def test_our_reader_sees_every_layout_as_it_was_painted(
    written: dict[str, Path], name: str
) -> None:
    layout = LAYOUTS[name]
    painted = PhantomReader(plan_slide(replace(SMALL, file=layout)), Path("painted.toml"))
    with open_slide(written[name]) as opened:
        info = opened.info
        assert info.reader == ("svs" if layout.format == "svs" else "tiff")
        assert info.is_synthetic
        if layout.mpp_in_header:
            assert info.mpp is not None
            assert info.mpp.y == pytest.approx(0.5, rel=1e-6)
            assert info.mpp.x == pytest.approx(0.5, rel=1e-6)
        else:
            assert info.mpp is None
        assert [level.size for level in info.levels] == [
            level.size for level in painted.info.levels
        ]
        for found_level, level in zip(info.levels, painted.info.levels, strict=True):
            # Sizes of a few pixels leave room for several factors.
            if min(level.size.shape) >= 8:
                assert found_level.scale_x == level.scale_x
        for k, level in enumerate(info.levels):
            expected = painted.read(k, level.size.box())
            found = opened.read_level(k, level.size.box())
            assert_alike(found, expected, layout.lossless or layout.alpha)


@pytest.mark.parametrize(
    ("name", "vendor", "levels"),
    [
        ("svs", "aperio", 3),
        ("tiff", "generic-tiff", 3),
        ("ome", "generic-tiff", 1),
        ("svs alpha", "aperio", 3),
        ("tiff alpha", "generic-tiff", 3),
        ("halved", "aperio", 11),
        ("ome halved", "generic-tiff", 1),
        ("no scale", "generic-tiff", 3),
    ],
)
def test_openslide_sees_all_levels_but_those_in_sub_images(
    written: dict[str, Path], name: str, vendor: str, levels: int
) -> None:
    layout = LAYOUTS[name]
    with openslide.OpenSlide(written[name]) as opened:
        assert opened.properties["openslide.vendor"] == vendor
        assert opened.level_count == levels
        assert ("openslide.mpp-x" in opened.properties) == layout.mpp_in_header
        found = np.asarray(opened.read_region((0, 0), 0, opened.dimensions))
    assert (found[..., 3] == 255).all()
    painted = PhantomReader(plan_slide(SMALL), Path("painted.toml"))
    expected = painted.read(0, Size(530, 640).box())
    assert_alike(found[..., :3], expected, layout.lossless or layout.alpha)


@pytest.mark.parametrize("name", ["ome", "ome alpha", "ome no scale"])
def test_tifffile_reads_the_ome_series_with_scale_and_place(
    written: dict[str, Path], name: str
) -> None:
    layout = LAYOUTS[name]
    with tifffile.TiffFile(written[name]) as opened:
        assert opened.is_ome
        [series] = opened.series
        assert series.axes == "YXS"
        samples = 4 if layout.alpha else 3
        assert [level.shape for level in series.levels] == [
            (530, 640, samples),
            (133, 160, samples),
            (34, 40, samples),
        ]
        if layout.alpha:
            assert (series.asarray()[..., 3] == 255).all()
        pixels = tifffile.xml2dict(opened.ome_metadata or "")["OME"]["Image"]["Pixels"]
    plane = pixels["Plane"]
    top, left = layout.bounds_offset_px
    if layout.mpp_in_header:
        assert (pixels["PhysicalSizeX"], pixels["PhysicalSizeXUnit"]) == (0.5, "µm")
        assert (plane["PositionY"], plane["PositionX"]) == (top * 0.5, left * 0.5)
        assert plane["PositionXUnit"] == "µm"
    else:
        assert "PhysicalSizeX" not in pixels
        assert (plane["PositionY"], plane["PositionX"]) == (top, left)
        assert plane["PositionXUnit"] == "pixel"


def test_the_plain_layout_has_no_description_but_says_who_painted_it(
    written: dict[str, Path],
) -> None:
    with tifffile.TiffFile(written["tiff"]) as opened:
        for page in opened.pages:
            assert page.aspage().description == ""
            assert page.aspage().software.startswith("pathoflow phantom")


def test_the_truth_lies_beside_the_slide_and_nothing_else_does(slide: Path) -> None:
    assert {path.name for path in slide.parent.iterdir()} == {"painted.tiff", "painted.truth"}


def test_painting_twice_gives_the_same_file(
    slide: Path, written: dict[str, Path], tmp_path: Path
) -> None:
    write_slide(SPEC, tmp_path / "again.tiff")
    assert (tmp_path / "again.tiff").read_bytes() == slide.read_bytes()
    write_slide(replace(SMALL, file=LAYOUTS["ome"]), tmp_path / "again.ome.tiff")
    assert (tmp_path / "again.ome.tiff").read_bytes() == written["ome"].read_bytes()


def test_progress_runs_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pathoflow.phantom.file.write.paint",
        lambda plan, box: np.zeros((*box.size.shape, 3), np.uint8),
    )
    heard: list[float] = []
    spec = replace(SPEC, size_px=(1100, 300), mpp=2.0, vessels=0, mvi_vessels=0, tumour=False)
    write_slide(spec, tmp_path / "slide.tiff", heard.append)
    assert heard == [512 / 1100, 1024 / 1100, 1.0]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match=r"slide\.tiff"):
        write_slide(SPEC, tmp_path / "file" / "slide.tiff")
