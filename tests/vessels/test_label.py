from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import label as label_plane

from pathoflow.space import Box
from pathoflow.store import Pyramid
from pathoflow.vessels import LabelSettings, VesselObject, label_vessels

Make = Callable[..., Pyramid]
PLAIN = LabelSettings(threshold=0.5, peak=0.5, min_area_px=1, block_px=32)


def drawn(*rows: str) -> np.ndarray:
    """A probability plane from a drawing: # certain, + above the threshold but weak, . background."""
    values = {"#": 255, "+": 130, ".": 0, "-": 127}
    return np.array([[values[c] for c in row] for row in rows], np.uint8)


def labelled(
    plane: np.ndarray, make: Make, how: LabelSettings = PLAIN
) -> tuple[np.ndarray, list[VesselObject]]:
    """Labels and objects of a plane that ``make`` keeps, on disk or in memory."""
    labels = make(np.zeros(plane.shape, np.uint32))
    objects = label_vessels(make(plane), labels, how)
    return labels.read(labels.size.box()), objects


def on_canvas(*rows: str, top: int, left: int, size: int = 100) -> np.ndarray:
    """A drawing placed on an empty plane."""
    plane = np.zeros((size, size), np.uint8)
    part = drawn(*rows)
    plane[top : top + part.shape[0], left : left + part.shape[1]] = part
    return plane


def whole_plane(plane: np.ndarray, how: LabelSettings) -> np.ndarray:
    """The same on the whole plane at once, with skimage and scipy: the oracle."""
    objects = label_plane(plane >= how.threshold * 255, connectivity=2)
    expected = np.zeros(plane.shape, int)
    number = 0
    # skimage numbers in raster order, so what encloses something comes before it.
    for index in range(1, objects.max() + 1):
        own = objects == index
        if own.sum() < how.min_area_px or plane[own].max() < how.peak * 255:
            continue
        number += 1
        expected[ndimage.binary_fill_holes(own)] = number
    return expected


@st.composite
def blobs(draw: st.DrawFn) -> np.ndarray:
    """Smooth random planes: many objects, rings, holes in holes, objects cut by every border."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height, width = draw(st.integers(20, 110)), draw(st.integers(20, 110))
    field = ndimage.gaussian_filter(rng.normal(size=(height, width)), draw(st.floats(0.6, 4)))
    field = np.abs(field) if draw(st.booleans()) else field
    return np.round(255 * (field - field.min()) / np.ptp(field)).astype(np.uint8)


random_settings = st.builds(
    LabelSettings,
    threshold=st.sampled_from([0.3, 0.45, 0.5, 0.6, 0.7]),
    peak=st.sampled_from([0.5, 0.8, 0.9]),
    min_area_px=st.sampled_from([1, 8, 40]),
    max_hole_px=st.just(10**6),
    block_px=st.sampled_from([16, 32, 64, 128]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plane=blobs(), how=random_settings)
def test_labels_made_in_blocks_are_those_of_the_whole_plane(
    plane: np.ndarray, how: LabelSettings, in_memory: Make
) -> None:
    found, objects = labelled(plane, in_memory, how)
    assert np.array_equal(found, whole_plane(plane, how))
    assert [o.label for o in objects] == list(range(1, found.max() + 1))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plane=blobs(), how=random_settings)
def test_objects_know_their_box_first_pixel_and_mean(
    plane: np.ndarray, how: LabelSettings, in_memory: Make
) -> None:
    found, objects = labelled(plane, in_memory, how)
    numbered = label_plane(plane >= how.threshold * 255, connectivity=2)
    for found_object in objects:
        own = numbered == numbered[found_object.first_px]
        assert tuple(np.argwhere(own)[0]) == found_object.first_px
        rows, columns = ndimage.find_objects(own.astype(int))[0]
        assert found_object.box == Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
        assert found_object.mean_probability == pytest.approx(plane[own].mean() / 255)
        assert found[found_object.first_px] == found_object.label


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plane=blobs(), hole=st.sampled_from([0, 3, 30]))
def test_nothing_depends_on_the_size_of_the_blocks(
    plane: np.ndarray, hole: int, in_memory: Make
) -> None:
    how = replace(PLAIN, max_hole_px=hole, peak=0.7, min_area_px=5)
    results = [labelled(plane, in_memory, replace(how, block_px=side)) for side in (16, 64, 128)]
    for labels, objects in results[1:]:
        assert np.array_equal(labels, results[0][0])
        assert objects == results[0][1]


RING = ("######", "#....#", "#....#", "#....#", "######")


@pytest.mark.parametrize(("top", "left"), [(10, 10), (30, 10), (10, 30), (29, 29), (30, 93)])
def test_a_ring_is_one_object_with_its_lumen_wherever_borders_cut_it(
    in_memory: Make, top: int, left: int
) -> None:
    found, objects = labelled(on_canvas(*RING, top=top, left=left), in_memory)
    expected = np.zeros((100, 100), int)
    expected[top : top + 5, left : left + 6] = 1
    assert np.array_equal(found, expected)
    assert objects == [VesselObject(1, Box(top, left, 5, 6), (top, left), 1.0)]


def test_a_lumen_wider_than_several_blocks_is_filled(in_memory: Make) -> None:
    plane = np.zeros((130, 130), np.uint8)
    plane[4:126, 4:126] = 255
    plane[6:124, 6:124] = 0
    found, objects = labelled(plane, in_memory)
    assert (found[4:126, 4:126] == 1).all()
    assert found.sum() == 122 * 122
    assert len(objects) == 1


def test_a_bar_over_two_blocks_and_a_cross_over_four_are_one_each(in_memory: Make) -> None:
    plane = np.zeros((100, 100), np.uint8)
    plane[10:14, 20:50] = 255
    plane[40:90, 63:66] = plane[62:66, 40:90] = 255
    found, objects = labelled(plane, in_memory)
    assert np.array_equal(found > 0, plane > 0)
    assert [o.box for o in objects] == [Box(10, 20, 4, 30), Box(40, 40, 50, 50)]


@pytest.mark.parametrize(
    ("first", "second"), [((31, 31), (32, 32)), ((31, 32), (32, 31)), ((31, 9), (32, 10))]
)
def test_vessels_that_meet_over_a_corner_of_pixels_are_one(
    in_memory: Make, first: tuple[int, int], second: tuple[int, int]
) -> None:
    plane = np.zeros((100, 100), np.uint8)
    plane[first] = plane[second] = 255
    found, objects = labelled(plane, in_memory)
    assert len(objects) == 1
    assert found[first] == found[second] == 1


def test_vessels_one_pixel_apart_are_two(in_memory: Make) -> None:
    plane = np.zeros((100, 100), np.uint8)
    plane[20:40, 20:31] = plane[20:40, 32:40] = 255
    _, objects = labelled(plane, in_memory)
    assert [o.box.left for o in objects] == [20, 32]


def test_an_open_lumen_is_not_filled(in_memory: Make) -> None:
    rows = ("######", "#.....", "#.....", "#.....", "######")
    found, _ = labelled(on_canvas(*rows, top=30, left=30), in_memory)
    assert (found > 0).sum() == 6 + 3 + 6


def test_a_lumen_is_open_only_over_an_edge_of_pixels_not_over_a_corner(in_memory: Make) -> None:
    # The wall closes over corners; the background does not leak through them.
    rows = ("..##..", ".#..#.", "#....#", ".#..#.", "..##..")
    found, objects = labelled(on_canvas(*rows, top=29, left=29), in_memory)
    assert len(objects) == 1
    assert (found > 0).sum() == 2 + 4 + 6 + 4 + 2


@pytest.mark.parametrize("edge", ["top", "left", "bottom", "right"])
def test_a_hole_at_the_planes_edge_is_not_filled(in_memory: Make, edge: str) -> None:
    plane = on_canvas("###", "#.#", "#.#", top=97, left=50)
    turned = np.rot90(plane, {"bottom": 0, "right": 1, "top": 2, "left": 3}[edge]).copy()
    found, _ = labelled(turned, in_memory)
    assert np.array_equal(found > 0, turned > 0)


def test_a_hole_larger_than_allowed_stays_open(in_memory: Make) -> None:
    plane = on_canvas(*RING, top=29, left=29)
    assert (labelled(plane, in_memory, replace(PLAIN, max_hole_px=12))[0] > 0).sum() == 30
    assert (labelled(plane, in_memory, replace(PLAIN, max_hole_px=11))[0] > 0).sum() == 18


NESTED = (
    "#########",
    "#.......#",
    "#..xxx..#",
    "#..x.x..#",
    "#..xxx..#",
    "#.......#",
    "#########",
)


def nested(inner: str, outer: str = "#") -> np.ndarray:
    rows = [row.replace("#", outer).replace("x", inner) for row in NESTED]
    return on_canvas(*rows, top=28, left=27)


WEAK_DROPPED = replace(PLAIN, peak=0.9)


def test_a_weak_speck_in_a_lumen_is_part_of_it_with_its_own_hole(in_memory: Make) -> None:
    found, objects = labelled(nested("+"), in_memory, WEAK_DROPPED)
    assert (found[28:35, 27:36] == 1).all()
    assert len(objects) == 1


def test_a_vessel_in_a_lumen_stays_its_own(in_memory: Make) -> None:
    found, objects = labelled(nested("#"), in_memory)
    assert (found == 1).sum() == 63 - 9
    assert (found[30:33, 30:33] == 2).all()
    assert [o.first_px for o in objects] == [(28, 27), (30, 30)]


def test_a_weak_smear_around_a_vessel_is_dropped_and_does_not_become_it(in_memory: Make) -> None:
    found, objects = labelled(nested("#", outer="+"), in_memory, WEAK_DROPPED)
    assert (found > 0).sum() == 9
    assert (found[30:33, 30:33] == 1).all()
    assert [o.box for o in objects] == [Box(30, 30, 3, 3)]


def test_small_objects_are_dropped_by_their_area_over_all_blocks(in_memory: Make) -> None:
    plane = np.zeros((100, 100), np.uint8)
    # 2 x 8 pixels over a border, and 15 in one block.
    plane[50:52, 28:36] = plane[10, 10:25] = 255
    found, objects = labelled(plane, in_memory, replace(PLAIN, min_area_px=16))
    assert [o.box for o in objects] == [Box(50, 28, 2, 8)]
    assert (found > 0).sum() == 16
    assert not labelled(plane, in_memory, replace(PLAIN, min_area_px=17))[1]


def test_an_object_needs_its_peak_in_one_of_its_blocks_only(in_memory: Make) -> None:
    plane = on_canvas("+" * 30, "+" * 30, top=50, left=20)
    how = replace(PLAIN, peak=0.9)
    assert not labelled(plane, in_memory, how)[1]
    plane[51, 49] = 230
    assert len(labelled(plane, in_memory, how)[1]) == 1


@pytest.mark.parametrize(
    ("threshold", "least"), [(0.5, 128), (0.7, 179), (0.4, 102), (1 / 255, 1), (0.001, 1)]
)
def test_a_pixel_belongs_from_the_threshold_on(
    in_memory: Make, threshold: float, least: int
) -> None:
    """0.7 of 255 is 178.5, so 178 is still below."""
    plane = np.zeros((40, 40), np.uint8)
    plane[5, 5], plane[20, 20] = least - 1, least
    found, _ = labelled(plane, in_memory, replace(PLAIN, threshold=threshold, peak=0.0))
    assert np.argwhere(found).tolist() == [[20, 20]]


def test_a_stored_map_is_labelled_as_one_in_memory(pyramid: Make) -> None:
    field = ndimage.gaussian_filter(np.random.default_rng(5).normal(size=(90, 75)), 2)
    plane = np.round(255 * (field - field.min()) / np.ptp(field)).astype(np.uint8)
    how = replace(PLAIN, threshold=0.6, min_area_px=8)
    found, objects = labelled(plane, pyramid, how)
    assert len(objects) > 5
    assert np.array_equal(found, whole_plane(plane, how))


def test_an_empty_map_has_no_vessels(in_memory: Make) -> None:
    found, objects = labelled(np.zeros((70, 50), np.uint8), in_memory)
    assert objects == []
    assert not found.any()


def test_a_full_map_is_one_vessel(in_memory: Make) -> None:
    found, objects = labelled(np.full((70, 50), 200, np.uint8), in_memory)
    assert (found == 1).all()
    assert [o.box for o in objects] == [Box(0, 0, 70, 50)]
