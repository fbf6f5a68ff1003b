import numpy as np
import pytest

from pathoflow.errors import TileUnreadable
from pathoflow.space import Box, Size
from pathoflow.tissue import read_overview


@pytest.fixture
def slide(array_slide):
    pixels = np.random.default_rng(0).integers(0, 255, (403, 650, 3), dtype=np.uint8)
    return array_slide(pixels, mpp=0.5)


def test_the_overview_covers_the_whole_slide(slide):
    overview = read_overview(slide, mpp=8.0)
    # 403 and 650 pixels of 0.5 µm are 25.2 and 40.6 pixels of 8 µm.
    assert overview.pixels.shape == (26, 41, 3)
    assert (overview.frame.scale_y, overview.frame.scale_x) == (16.0, 16.0)
    assert overview.mpp == 8.0


def test_strips_give_the_same_pixels_as_one_read(slide):
    whole = read_overview(slide, mpp=8.0)
    strips = read_overview(slide, mpp=8.0, max_strip_px=30_000)
    assert np.array_equal(whole.pixels, strips.pixels)


def test_no_strip_touches_more_source_pixels_than_allowed(slide):
    read_overview(slide, mpp=8.0, max_strip_px=30_000)
    assert len(slide.reads) > 2
    # One pixel of the overview stands for 16 x 16 of the only level.
    assert max(box.size.area * 256 for box, _ in slide.reads) <= 30_000
    assert sum(box.size.area for box, _ in slide.reads) == Size(26, 41).area


def test_a_damaged_tile_costs_its_place_and_not_the_overview(array_slide, monkeypatch):
    """Level-0 rows and columns 512 to 640 are rows and columns 32 to 40 at 8 µm/px."""
    pixels = np.random.default_rng(0).integers(0, 255, (2000, 1600, 3), dtype=np.uint8)
    slide = array_slide(pixels, mpp=0.5)
    whole, intact = read_overview(slide), slide.read

    def damaged(box, mpp):
        if not box.intersect(Box(32, 32, 8, 8)).is_empty:
            raise TileUnreadable("painted.tiff: this tile is damaged.")
        return intact(box, mpp)

    monkeypatch.setattr(slide, "read", damaged)
    found = read_overview(slide)
    assert whole.lost is None
    assert found.lost[32:40, 32:40].all()
    # Found to 16 pixels on every side.
    assert found.lost.sum() <= 40**2
    assert np.array_equal(found.pixels[~found.lost], whole.pixels[~found.lost])
    assert (found.pixels[found.lost] == 255).all()
