from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile

from pathoflow.errors import EnvironmentFault
from pathoflow.phantom import PhantomReader, PhantomSpec, make_phantom, plan_slide, write_slide

SPEC = PhantomSpec(seed=9, size_px=(700, 1100), mpp=0.5, family="train", vessels=3, jpeg_quality=97)


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slides") / "painted.tiff"
    make_phantom(SPEC, path)
    return path


def test_openslide_sees_an_aperio_slide_with_its_resolution_and_levels(slide: Path) -> None:
    with openslide.OpenSlide(slide) as opened:
        assert opened.properties["openslide.vendor"] == "aperio"
        assert float(opened.properties["openslide.mpp-x"]) == 0.5
        assert float(opened.properties["openslide.objective-power"]) == 20
        assert opened.level_dimensions == ((1100, 700), (275, 175), (69, 44))


def test_every_level_holds_the_virtual_slides_pixels_up_to_jpeg(slide: Path) -> None:
    reader = PhantomReader(plan_slide(SPEC), slide)
    with tifffile.TiffFile(slide) as opened:
        for k, level in enumerate(reader.info.levels):
            written = opened.pages[k].asarray().astype(int)
            expected = reader.read(k, level.size.box()).astype(int)
            assert written.shape == expected.shape
            # JPEG halves the resolution of colour, so single pixels may differ; the picture may not.
            assert np.abs(written - expected).mean() < 4
            assert np.abs((written - expected).mean(axis=(0, 1))).max() < 1


def test_the_truth_lies_beside_the_slide_and_nothing_else_does(slide: Path) -> None:
    assert {path.name for path in slide.parent.iterdir()} == {"painted.tiff", "painted.truth"}


def test_painting_twice_gives_the_same_file(slide: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.tiff"
    write_slide(SPEC, again)
    assert again.read_bytes() == slide.read_bytes()


def test_a_slide_without_resolution_opens_without_one(tmp_path: Path) -> None:
    path = tmp_path / "hidden.tiff"
    write_slide(
        replace(SPEC, size_px=(300, 300), mpp_in_header=False, vessels=0, tumour=False), path
    )
    with openslide.OpenSlide(path) as opened:
        assert "openslide.mpp-x" not in opened.properties


def test_progress_runs_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    spec = replace(SPEC, size_px=(1100, 300), mpp=2.0, vessels=0, tumour=False)
    write_slide(spec, tmp_path / "slide.tiff", heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match=r"slide\.tiff"):
        write_slide(SPEC, tmp_path / "file" / "slide.tiff")
