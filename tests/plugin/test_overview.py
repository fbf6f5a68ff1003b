"""The coarse end of a pyramid."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from napari_pathoflow.overview import COARSEST_PX, levels_of
from pathoflow.phantom import FileLayout, PhantomSpec, write_slide
from pathoflow.slide import open_slide


def write_recipe(path: Path, side: int) -> Path:
    path.write_text(
        f'seed = 3\nsize_px = [{side}, {side}]\nmpp = 0.5\nfamily = "test"\nvessels = 10\n', "utf-8"
    )
    return path


def test_a_large_painted_slide_shows_a_drawing_at_once_and_its_pixels_when_near(
    tmp_path: Path,
) -> None:
    with open_slide(write_recipe(tmp_path / "large.toml", 30_000)) as slide:
        read: list[int] = []
        paint = slide.reader.read
        slide.reader.read = lambda level, box: read.append(level) or paint(level, box)  # type: ignore[method-assign]
        levels = levels_of(slide)
        coarse = np.asarray(levels[-1])
        assert max(coarse.shape) <= COARSEST_PX
        # Nothing was painted for it, and it shows glass, liver and tumour.
        assert read == []
        assert len(np.unique(coarse.reshape(-1, 3), axis=0)) == 3
        near = levels[0][15_000:15_040, 15_000:15_040]
        assert near.shape == (40, 40, 3)
        assert read


def test_a_file_that_ends_early_gets_a_coarser_level_of_its_own_pixels(tmp_path: Path) -> None:
    layout = FileLayout(format="tiff", levels=1)
    spec = PhantomSpec(seed=1, size_px=(1500, 1200), mpp=0.5, family="test", vessels=0, file=layout)
    write_slide(spec, tmp_path / "flat.tiff")
    with open_slide(tmp_path / "flat.tiff") as slide:
        levels = levels_of(slide)
        assert [level.shape for level in levels] == [(1500, 1200, 3), (375, 300, 3)]
        whole = slide.read(slide.size.box()).astype(float)
        means = whole.reshape(375, 4, 300, 4, 3).mean(axis=(1, 3))
        assert np.abs(np.asarray(levels[1]) - means).mean() < 2.0


def test_a_small_painted_slide_keeps_its_real_levels(painted_out: Path) -> None:
    with open_slide(painted_out / "CASE-1_B1.toml") as slide:
        levels = levels_of(slide)
        assert [level.shape[:2] for level in levels] == [
            level.size.shape for level in slide.info.levels
        ]
