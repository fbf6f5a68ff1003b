from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathoflow.errors import NoSpace
from pathoflow.space import Box, Mpp, Size
from pathoflow.store import Label, Pyramid, PyramidSpec, create_pyramid, open_pyramid

SHARD = 64
SIZE = Size(150, 100)


def spec(dtype: str = "uint8", **more: Any) -> PyramidSpec:
    return PyramidSpec(dtype, Mpp(2.0, 2.0), n_levels=3, chunk_px=16, shard_px=SHARD, **more)


def make(root: Path, name: str = "probability/vessel", dtype: str = "uint8") -> Pyramid:
    return create_pyramid(root / "analysis.zarr", name, SIZE, spec(dtype))


def fill(pyramid: Pyramid, pixels: np.ndarray) -> None:
    for shard in pyramid.size.box().pieces(Size(SHARD, SHARD)):
        pyramid.write(shard, pixels[(..., *shard.slices)])


def noise(seed: int = 0, high: int = 256, dtype: str = "uint8") -> np.ndarray:
    return np.random.default_rng(seed).integers(0, high, SIZE.shape).astype(dtype)


def test_what_was_written_is_read_back_in_any_box(tmp_path: Path) -> None:
    pyramid, pixels = make(tmp_path), noise()
    fill(pyramid, pixels)
    box = Box(60, 30, 70, 65)
    assert np.array_equal(pyramid.read(box), pixels[60:130, 30:95])


def test_what_lies_outside_reads_as_zero(tmp_path: Path) -> None:
    pyramid = make(tmp_path)
    fill(pyramid, np.full(SIZE.shape, 9, np.uint8))
    found = pyramid.read(Box(-2, 98, 4, 4))
    assert found.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [9, 9, 0, 0], [9, 9, 0, 0]]
    assert not pyramid.read(Box(500, 500, 3, 3)).any()


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 64, 32),
        Box(0, 0, 63, 64),
        Box(16, 0, 64, 64),
        Box(0, 64, 64, 35),
        Box(128, 64, 64, 64),
        Box(-64, 0, 64, 64),
        Box(0, 0, 0, 0),
    ],
)
def test_half_a_shard_or_one_beyond_the_border_is_refused(tmp_path: Path, box: Box) -> None:
    with pytest.raises(ValueError, match="whole shards"):
        make(tmp_path).write(box, np.zeros(box.size.shape, np.uint8))


@pytest.mark.parametrize(
    "box", [Box(0, 0, 64, 64), Box(0, 0, 128, 100), Box(128, 64, 22, 36), SIZE.box()]
)
def test_whole_shards_and_those_cut_by_the_border_are_taken(tmp_path: Path, box: Box) -> None:
    pyramid = make(tmp_path)
    pyramid.write(box, np.ones(box.size.shape, np.uint8))
    assert pyramid.read(SIZE.box()).sum() == box.size.area


@pytest.mark.parametrize("pixels", [np.zeros((64, 64), np.uint16), np.zeros((64, 63), np.uint8)])
def test_pixels_of_another_kind_or_shape_are_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"takes uint8 of shape \(64, 64\)"):
        make(tmp_path).write(Box(0, 0, 64, 64), pixels)


def test_coarser_probabilities_are_means_of_all_they_cover(tmp_path: Path) -> None:
    pyramid, pixels = make(tmp_path), noise()
    fill(pyramid, pixels)
    pyramid.build_levels()
    whole = pixels.astype(float)
    # 150 x 100 is even; each coarser value is the mean of four, rounded half up.
    expected = np.floor(whole.reshape(75, 2, 50, 2).mean(axis=(1, 3)) + 0.5)
    assert np.array_equal(pyramid.read(Box(0, 0, 75, 50), level=1), expected)
    # Level 2 averages level 1, so it is off the true mean by at most two roundings.
    inner = pyramid.read(Box(0, 0, 37, 25), level=2)
    assert np.abs(inner - whole[:148].reshape(37, 4, 25, 4).mean(axis=(1, 3))).max() <= 1.0


def test_coarser_labels_hold_no_value_that_is_not_below_them(tmp_path: Path) -> None:
    pyramid, labels = (
        make(tmp_path, "labels/vessels", "uint32"),
        noise(high=4, dtype="uint32") * 1000,
    )
    fill(pyramid, labels)
    pyramid.build_levels()
    for level in (1, 2):
        step = 2**level
        coarse = pyramid.read(pyramid.levels[level].size.box(), level)
        for y, x in np.ndindex(coarse.shape):
            assert coarse[y, x] in labels[y * step : (y + 1) * step, x * step : (x + 1) * step]


def test_levels_do_not_depend_on_shards(tmp_path: Path) -> None:
    small, large, pixels = make(tmp_path / "a"), None, noise(1)
    large = create_pyramid(
        tmp_path / "b", "probability/vessel", SIZE, PyramidSpec("uint8", Mpp(2, 2), n_levels=3)
    )
    fill(small, pixels)
    large.write(SIZE.box(), pixels)
    small.build_levels()
    large.build_levels()
    for level, info in enumerate(small.levels):
        assert np.array_equal(
            small.read(info.size.box(), level), large.read(info.size.box(), level)
        )


def test_levels_are_made_of_the_smallest_shards_too(tmp_path: Path) -> None:
    size, tiny = Size(6, 10), PyramidSpec("uint8", Mpp(2, 2), n_levels=2, chunk_px=2, shard_px=2)
    pyramid = create_pyramid(tmp_path / "a", "probability/vessel", size, tiny)
    pixels = np.arange(60, dtype=np.uint8).reshape(6, 10)
    pyramid.write(size.box(), pixels)
    pyramid.build_levels()
    expected = np.floor(pixels.reshape(3, 2, 5, 2).mean(axis=(1, 3)) + 0.5)
    assert np.array_equal(pyramid.read(Box(0, 0, 3, 5), level=1), expected)


def test_rgb_keeps_its_channels_apart(tmp_path: Path) -> None:
    pyramid = create_pyramid(tmp_path / "a", "images/overview", SIZE, spec(is_rgb=True))
    pixels = np.stack([noise(0), noise(1), noise(2)])
    fill(pyramid, pixels)
    pyramid.build_levels()
    assert np.array_equal(pyramid.read(Box(3, 4, 5, 6)), pixels[:, 3:8, 4:10])
    red = np.floor(pixels[0].astype(float).reshape(75, 2, 50, 2).mean(axis=(1, 3)) + 0.5)
    assert np.array_equal(pyramid.read(Box(0, 0, 75, 50), level=1)[0], red)


def test_empty_shards_are_no_files_not_even_when_they_were_full_before(tmp_path: Path) -> None:
    pyramid = make(tmp_path)

    def files() -> list[str]:
        folder = pyramid.root / pyramid.name / "s0" / "c"
        return sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )

    pixels = np.zeros(SIZE.shape, np.uint8)
    fill(pyramid, pixels)
    assert files() == []
    pixels[70, 70] = 1
    fill(pyramid, pixels)
    assert files() == ["1/1"]
    fill(pyramid, pixels * 0)
    assert files() == []


def test_threads_that_keep_to_their_shards_lose_nothing(tmp_path: Path) -> None:
    pyramid, pixels = make(tmp_path), noise(3)
    with ThreadPoolExecutor(4) as pool:
        shards = SIZE.box().pieces(Size(SHARD, SHARD))
        list(pool.map(lambda shard: pyramid.write(shard, pixels[shard.slices]), shards))
    assert np.array_equal(pyramid.read(SIZE.box()), pixels)


def test_any_order_of_writing_gives_the_same_files(
    tmp_path: Path, tree: Callable[[Path], dict[str, bytes]]
) -> None:
    pixels = noise(4)
    for name, order in (("a", 1), ("b", -1)):
        pyramid = make(tmp_path / name)
        for shard in list(SIZE.box().pieces(Size(SHARD, SHARD)))[::order]:
            pyramid.write(shard, pixels[shard.slices])
        pyramid.build_levels()
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert len(tree(tmp_path / "a")) > 9


def test_it_travels_to_another_process(tmp_path: Path) -> None:
    pyramid, pixels = make(tmp_path), noise(5)
    copy = pickle.loads(pickle.dumps(pyramid))
    copy.write(SIZE.box(), pixels)
    assert np.array_equal(pyramid.read(SIZE.box()), pixels)


def test_a_full_disk_is_a_sentence_and_keeps_the_old_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyramid, pixels = make(tmp_path), noise(6)
    fill(pyramid, pixels)

    def replace(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(NoSpace, match="free some space"):
            pyramid.write(Box(0, 0, 64, 64), np.ones((64, 64), np.uint8))
    assert np.array_equal(pyramid.read(SIZE.box()), pixels)
    assert not list(tmp_path.rglob("*.partial"))


def test_label_colours_are_replaced_and_refused_where_they_make_no_sense(tmp_path: Path) -> None:
    labels = make(tmp_path, "labels/vessels", "uint32")
    red = (255, 0, 0, 255)
    labels.describe_labels([Label(1, red), Label(2, red)])
    labels.describe_labels([Label(7, red, {"uuid": "u"})])
    ome = zarr.open_group(labels.root, path=labels.name, mode="r").attrs["ome"]
    assert ome["image-label"]["properties"] == [{"label-value": 7, "uuid": "u"}]  # type: ignore[index]
    with pytest.raises(ValueError, match="unique"):
        labels.describe_labels([Label(1, red), Label(1, red)])
    with pytest.raises(ValueError, match="positive"):
        labels.describe_labels([Label(0, red)])
    with pytest.raises(ValueError, match="not a label image"):
        make(tmp_path).describe_labels([])


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(-20, 160), st.integers(-20, 110), st.integers(0, 60), st.integers(0, 60))
def test_any_box_reads_like_a_padded_array(
    tmp_path: Path, top: int, left: int, height: int, width: int
) -> None:
    root = tmp_path / "analysis.zarr"
    if not root.exists():
        fill(make(tmp_path), noise(8))
    padded = np.pad(noise(8), 300)
    expected = padded[top + 300 : top + 300 + height, left + 300 : left + 300 + width]
    found = open_pyramid(root, "probability/vessel").read(Box(top, left, height, width))
    assert np.array_equal(found, expected)


@given(
    st.integers(0, 149), st.integers(0, 99), st.integers(1, 60), st.integers(1, 60)
)  # fmt: skip
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_repainted_box_gives_the_levels_of_building_all_anew(
    tmp_path: Path, top: int, left: int, height: int, width: int
) -> None:
    box = Box(top, left, height, width).intersect(SIZE.box())
    spec_of = spec("uint32")
    root = tmp_path / f"{top}-{left}-{height}-{width}"
    part = create_pyramid(root, "labels/part", SIZE, spec_of, overwrite=True)
    whole = create_pyramid(root, "labels/whole", SIZE, spec_of, overwrite=True)
    before, after = noise(1, 3, "uint32"), noise(2, 3, "uint32")
    fill(part, before)
    part.build_levels()
    part.repaint(box, after[box.slices])
    part.rebuild_levels(box)
    before[box.slices] = after[box.slices]
    fill(whole, before)
    whole.build_levels()
    for one, other in zip(part.arrays, whole.arrays, strict=True):
        assert np.array_equal(one[:], other[:])


def test_a_repainted_box_must_lie_on_the_image(tmp_path: Path) -> None:
    pyramid = make(tmp_path)
    with pytest.raises(ValueError, match="cannot take pixels"):
        pyramid.repaint(Box(140, 0, 20, 20), np.zeros((20, 20), np.uint8))
