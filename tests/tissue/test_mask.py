import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage as ndi
from shapely.geometry import Point

from pathoflow.space import Box, Frame, Mpp
from pathoflow.tissue import TissueMask, find_tissue, mask, planes

MPP = 8.0


def make_mask(pixels, scale=16.0):
    return TissueMask(pixels, Frame(scale, scale), Mpp.square(0.5))


@pytest.mark.parametrize("white", [236, 252])
@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_empty_glass_holds_no_tissue(canvas, rng, white, noise):
    assert not find_tissue(canvas(300, 300, white=white).pixels(rng, noise), MPP).any()


def test_a_disc_of_tissue_is_found_with_its_area(canvas, rng):
    picture = canvas(400, 400)
    picture.tissue(picture.disc((200, 190), 120), rng)
    found = find_tissue(picture.pixels(rng), MPP)
    assert found.sum() == pytest.approx(math.pi * 120**2, rel=0.03)


def test_pale_stroma_beside_dark_tumour_is_tissue(canvas, rng):
    picture = canvas(300, 300)
    left = np.zeros((300, 300), bool)
    left[50:250, 40:150] = True
    right = np.zeros((300, 300), bool)
    right[50:250, 150:260] = True
    picture.stain(left, haematoxylin=0.5, eosin=0.3)
    picture.stain(right, haematoxylin=0.02, eosin=0.12)
    found = find_tissue(picture.pixels(rng), MPP)
    assert found[right].mean() > 0.98


def test_veins_and_fat_lie_inside_the_tissue(canvas, rng):
    picture = canvas(500, 500)
    picture.tissue(picture.disc((250, 250), 220), rng)
    vein = picture.disc((250, 200), 1400 / MPP / 2)
    fat = picture.disc((150, 350), 5)
    picture.stain(vein | fat)
    found = find_tissue(picture.pixels(rng), MPP)
    assert found[vein].all()
    assert found[fat].all()


def test_a_round_vein_of_three_millimetres_is_filled_but_a_long_tear_of_that_area_is_not(
    canvas, rng
):
    picture = canvas(900, 900)
    picture.tissue(picture.disc((450, 450), 430), rng)
    vein = picture.disc((300, 450), 3000 / MPP / 2)
    tear = np.zeros((900, 900), bool)
    tear[600:860, 440:480] = True
    tear[600:640, 200:600] = True
    tear[640:800, 560:600] = True
    picture.stain(vein | tear)
    found = find_tissue(picture.pixels(rng), MPP)
    assert found[vein].all()
    assert found[tear].mean() < 0.5


def test_grey_dust_and_shadows_are_not_tissue(canvas, rng):
    picture = canvas(300, 300)
    picture.stain(picture.disc((100, 100), 40), black_ink=0.3)
    picture.density[picture.disc((200, 200), 30)] = 0.5
    assert find_tissue(picture.pixels(rng), MPP).mean() < 0.002


def test_coloured_specks_are_dropped(canvas, rng):
    picture = canvas(300, 300)
    picture.stain(picture.disc((100, 100), 10), eosin=0.5)
    assert not find_tissue(picture.pixels(rng), MPP).any()


def test_pieces_are_numbered_from_the_largest():
    pixels = np.zeros((60, 100), bool)
    pixels[10:20, 10:20] = True
    pixels[10:50, 40:90] = True
    mask = make_mask(pixels)
    assert [piece.number for piece in mask.pieces] == [1, 2]
    # 16 level-0 pixels of 0.5 µm are 8 µm.
    assert [piece.area_um2 for piece in mask.pieces] == [2000 * 64.0, 100 * 64.0]
    assert mask.area_um2 == 2100 * 64.0
    assert mask.labels[15, 15] == 2
    assert mask.labels[30, 60] == 1


@pytest.mark.parametrize(("n_pieces", "n_bytes"), [(9, 1), (289, 2)])
def test_numbers_of_pieces_take_no_more_room_than_they_need(n_pieces, n_bytes):
    pixels = np.zeros((34, 34), bool)
    rows, columns = np.divmod(np.arange(n_pieces), 17)
    pixels[2 * rows, 2 * columns] = True
    labels = make_mask(pixels).labels
    assert labels.itemsize == n_bytes
    assert np.array_equal(np.unique(labels), np.arange(n_pieces + 1))
    assert np.array_equal(labels > 0, pixels)


def test_outlines_are_in_level0_x_y_and_keep_holes():
    pixels = np.zeros((60, 100), bool)
    pixels[10:50, 40:90] = True
    pixels[20:30, 60:70] = False
    (piece,) = make_mask(pixels).pieces
    assert piece.outline.is_valid
    assert piece.outline.bounds == pytest.approx((40 * 16, 10 * 16, 90 * 16, 50 * 16))
    assert len(piece.outline.interiors) == 1
    assert piece.outline.contains(Point(45 * 16, 45 * 16))
    assert not piece.outline.contains(Point(65 * 16, 25 * 16))
    # Corners are cut by half a pixel: at most 8 of 1900 pixels.
    assert piece.outline.area == pytest.approx(1900 * 16**2, rel=0.005)


def test_pieces_that_meet_at_a_corner_are_one_valid_outline():
    pixels = np.zeros((20, 20), bool)
    pixels[2:10, 2:10] = True
    pixels[10:18, 10:18] = True
    (piece,) = make_mask(pixels).pieces
    assert piece.outline.is_valid
    assert piece.outline.area == pytest.approx(128 * 256, rel=0.03)


def test_covers_sees_one_tissue_pixel_and_no_further():
    pixels = np.zeros((20, 20), bool)
    pixels[10, 10] = True
    mask = make_mask(pixels)
    frame = Frame(4.0, 4.0)  # one mask pixel is 4 x 4 of these: rows and columns 40 to 43
    assert mask.covers(Box(43, 43, 5, 5), frame)
    assert not mask.covers(Box(44, 40, 5, 5), frame)
    assert not mask.covers(Box(30, 30, 10, 10), frame)
    assert not mask.covers(Box(-50, -50, 10, 10), frame)


def test_resample_repeats_pixels_at_a_finer_grid():
    pixels = np.random.default_rng(1).random((10, 12)) > 0.5
    fine = make_mask(pixels).resample(Box(0, 0, 40, 48), Frame(4.0, 4.0))
    assert np.array_equal(fine, np.kron(pixels, np.ones((4, 4), bool)))


def test_resample_is_false_outside_the_slide():
    seen = make_mask(np.ones((4, 4), bool)).resample(Box(-2, -2, 8, 8), Frame(16.0, 16.0))
    assert seen.sum() == 16
    assert seen[2:6, 2:6].all()


@given(
    scale=st.floats(0.7, 40.0),
    cut=st.integers(1, 29),
    top=st.integers(-20, 20),
)
def test_resample_does_not_depend_on_the_tiling(scale, cut, top):
    mask = make_mask(np.random.default_rng(2).random((25, 25)) > 0.5)
    frame = Frame(scale, scale)
    whole = mask.resample(Box(top, 3, 30, 17), frame)
    upper = mask.resample(Box(top, 3, cut, 17), frame)
    lower = mask.resample(Box(top + cut, 3, 30 - cut, 17), frame)
    assert np.array_equal(whole, np.vstack([upper, lower]))


def test_resample_of_a_small_box_does_not_take_a_strip_of_the_whole_slide():
    tall = TissueMask(np.ones((20_000, 64), bool), Frame(32.0, 32.0), Mpp.square(0.25))
    box = Box(160_000, 0, 64, 1024)
    tracemalloc.start()
    assert tall.resample(box, Frame(2.0, 2.0)).all()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A strip would be 20,000 rows of the box's 1,024 columns.
    assert peak_bytes < 20_000 * 1024 / 20


def test_without_drops_slivers_beside_the_excluded_area():
    pixels = np.zeros((50, 50), bool)
    pixels[5:45, 5:45] = True
    excluded = np.zeros((50, 50), bool)
    excluded[:, 40:44] = True
    left = make_mask(pixels).without(excluded, min_piece_um2=100 * 64.0)
    assert left.pixels[:, :40].sum() == 40 * 35
    assert not left.pixels[:, 40:].any()


@given(
    arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14))),
    st.sampled_from([1.0, 2.0, 2.5, 3.0, 3.7]),
)
def test_growing_reaches_what_lies_within_the_radius(plane: np.ndarray, radius: float) -> None:
    if not plane.any():
        return
    expected = ndi.distance_transform_edt(~plane) <= radius
    assert np.array_equal(mask._grown(plane, radius), expected)


def test_bands_change_no_bit_of_the_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.random.default_rng(4).integers(0, 256, (61, 40, 3), np.uint8)
    whole = mask.colour_spread(picture, 1.7)
    monkeypatch.setattr(planes, "_BAND_PX", 40 * 9)
    assert np.array_equal(mask.colour_spread(picture, 1.7), whole)
