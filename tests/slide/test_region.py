from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pathoflow.slide import Level, read_region
from pathoflow.slide import region as region_module
from pathoflow.slide.region import choose_level
from pathoflow.space import Box, Frame, Size
from pathoflow.testing import ArrayReader

NOISE = np.random.default_rng(11).integers(0, 256, (151, 203, 3), dtype=np.uint8)

cuts = st.integers(3, 40)
scales = st.floats(0.4, 9.0)
boxes = st.builds(
    Box, st.integers(-9, 30), st.integers(-9, 40), st.integers(1, 50), st.integers(1, 60)
)


def mean_under(
    pixels: NDArray[np.uint8], i: int, j: int, sy: float, sx: float
) -> NDArray[np.float64]:
    """Mean over one frame pixel, added up square by square; white outside of the picture."""
    total, area = np.zeros(3), 0.0
    for y in range(math.floor(i * sy), math.ceil((i + 1) * sy)):
        for x in range(math.floor(j * sx), math.ceil((j + 1) * sx)):
            share = (min((i + 1) * sy, y + 1) - max(i * sy, y)) * (
                min((j + 1) * sx, x + 1) - max(j * sx, x)
            )
            inside = 0 <= y < pixels.shape[0] and 0 <= x < pixels.shape[1]
            total += share * (pixels[y, x] if inside else np.full(3, 255.0))
            area += share
    return total / area


@pytest.mark.parametrize(("sy", "sx"), [(1.37, 2.91), (2.5, 2.5), (4.0, 3.3), (1.0, 1.6)])
def test_each_pixel_is_the_mean_of_the_square_it_covers(sy: float, sx: float) -> None:
    box = Box(-2, 3, 12, 9)
    found = read_region(ArrayReader(NOISE), box, Frame(sy, sx)).astype(float)
    for row, column in np.ndindex(box.size.shape):
        by_hand = mean_under(NOISE, box.top + row, box.left + column, sy, sx)
        assert np.abs(found[row, column] - by_hand).max() <= 0.51


def test_whole_ratios_give_the_exact_mean_rounded_half_up() -> None:
    found = read_region(ArrayReader(NOISE), Box(1, 2, 20, 15), Frame(6.0, 3.0))
    blocks = NOISE[6:126, 6:51].astype(int).reshape(20, 6, 15, 3, 3).sum(axis=(1, 3))
    # 18 pixels to a block: a half is 9/18.
    assert np.array_equal(found, (blocks * 2 + 18) // 36)


def test_the_scale_of_a_level_gives_that_level_untouched() -> None:
    reader = ArrayReader(NOISE, factors=(2, 4))
    box = Box(3, 5, 11, 7)
    assert np.array_equal(read_region(reader, box, Frame(4.0, 4.0)), reader.read(2, box))


@given(scales, scales, boxes, cuts, cuts)
def test_a_plane_read_in_pieces_is_the_plane_read_at_once(
    sy: float, sx: float, box: Box, height: int, width: int
) -> None:
    reader, frame = ArrayReader(NOISE, factors=(2, 4)), Frame(sy, sx)
    whole = read_region(reader, box, frame)
    for piece in box.pieces(Size(height, width)):
        part = read_region(reader, piece, frame)
        assert np.array_equal(part, whole[piece.within(box).slices])


@pytest.mark.parametrize("scale", [4.0, 3.3])
def test_large_regions_are_read_in_strips_with_the_same_result(
    scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watched(ArrayReader):
        most = 0

        def read(self, level: int, box: Box) -> NDArray[np.uint8]:
            self.most = max(self.most, box.size.area)
            return super().read(level, box)

    box, frame = Box(0, 0, 40, 50), Frame(scale, scale)
    at_once = read_region(ArrayReader(NOISE), box, frame)
    monkeypatch.setattr(region_module, "MOST_PIXELS", 900)
    reader = Watched(NOISE)
    assert np.array_equal(read_region(reader, box, frame), at_once)
    # A fractional ratio needs a row and a column more.
    assert reader.most <= 31 * 31


@given(scales, boxes)
def test_one_colour_stays_that_colour_at_every_scale(scale: float, box: Box) -> None:
    plain = np.full((151, 203, 3), (0, 137, 255), np.uint8)
    frame = Frame(scale, scale)
    inside = box.intersect(Box(1, 1, int(148 / scale) - 1, int(200 / scale) - 1))
    found = read_region(ArrayReader(plain), inside, frame)
    assert (found == (0, 137, 255)).all()


def test_beyond_the_slide_is_white_at_every_scale() -> None:
    black = ArrayReader(np.zeros((40, 40, 3), np.uint8))
    for scale in (0.5, 1.0, 2.0, 2.7):
        far = math.ceil(40 / scale) + 1
        found = read_region(black, Box(-5, far, 3, 4), Frame(scale, scale))
        assert (found == 255).all()


def test_a_finer_frame_interpolates_between_neighbours() -> None:
    # 0, 100 and 200 lie at 0.5, 1.5 and 2.5; in half pixels 0.75, 1.25, 1.75 and 2.25 give a ramp of 50.
    ramp = np.repeat(np.array([[[0], [100], [200]]], np.uint8), 3, axis=2).repeat(4, axis=0)
    found = read_region(ArrayReader(ramp), Box(2, 1, 1, 4), Frame(0.5, 0.5))[0, :, 0]
    assert found.tolist() == [25, 75, 125, 175]


def test_an_empty_box_reads_nothing() -> None:
    assert read_region(ArrayReader(NOISE), Box(2, 2, 0, 5), Frame(2.2, 2.2)).shape == (0, 5, 3)


def levels(*factors: float) -> tuple[Level, ...]:
    return tuple(Level(Size(int(8000 / f), int(8000 / f)), f, f) for f in factors)


@pytest.mark.parametrize(
    ("scale", "number"), [(0.5, 0), (1.0, 0), (3.99, 0), (4.0, 1), (15.9, 1), (16.0, 2), (99, 2)]
)
def test_the_coarsest_level_that_is_fine_enough_is_read(scale: float, number: int) -> None:
    assert choose_level(levels(1, 4, 16), Frame(scale, scale)) == number


def test_a_level_coarser_by_rounding_is_fine_enough() -> None:
    assert choose_level(levels(1, 4.002), Frame(4.0, 4.0)) == 1
    assert choose_level(levels(1, 4.02), Frame(4.0, 4.0)) == 0


def test_the_finer_axis_decides() -> None:
    assert choose_level(levels(1, 4), Frame(scale_y=8.0, scale_x=2.0)) == 0


def test_a_ratio_almost_whole_does_not_drift() -> None:
    # 0.05 % more than 2: over 4000 px the plane would be off by two pixels if it were rounded.
    pixels = np.zeros((1, 4000, 3), np.uint8)
    pixels[:, 3800:] = 200
    frame = Frame(1.0, 2.001)
    found = read_region(ArrayReader(pixels), Box(0, 0, 1, 1999), frame)[0, :, 0]
    edge = int(np.argmax(found > 0))
    assert edge == int(3800 / 2.001)
