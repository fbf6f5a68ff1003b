from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pathoflow.errors import ReaderRefused
from pathoflow.phantom import PhantomReader, Plan, open_phantom, paint
from pathoflow.slide.reader import SlideReader
from pathoflow.space import Box

RECIPE = (
    'seed = 3\nsize_px = [360, 540]\nmpp = 1.0\nfamily = "test"\nvessels = 1\nmvi_vessels = 0\n'
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PhantomReader:
    path = tmp_path_factory.mktemp("recipe") / "painted.toml"
    path.write_text(RECIPE)
    return open_phantom(path)


def test_a_recipe_opens_as_a_synthetic_slide(reader: PhantomReader) -> None:
    info = reader.info
    assert isinstance(reader, SlideReader)
    assert info.is_synthetic
    assert info.vendor == "pathoflow-phantom"
    assert info.size.shape == (360, 540)
    assert info.mpp is not None
    assert info.mpp.y == 1.0
    assert [level.size.shape for level in info.levels] == [(360, 540), (90, 135), (23, 34)]


def test_the_header_may_hide_the_resolution(tmp_path: Path) -> None:
    path = tmp_path / "hidden.toml"
    path.write_text(RECIPE + "[file]\nmpp_in_header = false\n")
    assert open_phantom(path).info.mpp is None


def test_level_0_is_what_is_painted_and_white_outside(reader: PhantomReader) -> None:
    box = Box(180, 470, 60, 60)
    assert np.array_equal(reader.read(0, box), paint(reader.plan, box))
    corner = reader.read(0, Box(350, 530, 20, 20))
    assert (corner[10:] == 255).all()
    assert (corner[:, 10:] == 255).all()


@pytest.mark.parametrize(("level", "step"), [(1, 4), (2, 16)])
def test_coarser_levels_are_rounded_means_of_level_0(
    reader: PhantomReader, level: int, step: int
) -> None:
    size = reader.info.levels[level].size
    whole = reader.read(level, size.box())
    fine = paint(reader.plan, reader.plan.size.box()).astype(float)
    for row, col in (
        (0, 0),
        (size.height // 2, size.width // 2),
        (size.height - 1, size.width - 1),
    ):
        block = fine[row * step : (row + 1) * step, col * step : (col + 1) * step]
        assert whole[row, col].tolist() == np.floor(block.mean(axis=(0, 1)) + 0.5).tolist()


def test_levels_beyond_the_painted_square_are_means_of_the_level_of_512(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathoflow.phantom.file.reader.paint", lambda plan, box: _ramp(box))
    path = tmp_path / "deep.toml"
    path.write_text(RECIPE.replace("[360, 540]", "[700, 1100]") + "[file]\nlevels = 11\n")
    deep = open_phantom(path)
    sizes = [level.size.shape for level in deep.info.levels]
    assert sizes[0] == (700, 1100)
    assert sizes[9:] == [(2, 3), (1, 2)]
    finer = deep.read(9, Box(0, 0, 2, 3)).astype(float)
    coarse = deep.read(10, Box(0, 0, 2, 2))
    assert coarse[0, 0].tolist() == np.floor(finer[:, :2].mean(axis=(0, 1)) + 0.5).tolist()
    assert coarse[0, 1].tolist() == np.floor(finer[:, 2:].mean(axis=(0, 1)) + 0.5).tolist()
    assert (coarse[1] == 255).all()


def test_what_is_kept_stays_below_the_limit(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    painted: list[Box] = []

    def count(_plan: Plan, box: Box) -> np.ndarray:
        painted.append(box)
        return np.zeros((*box.size.shape, 3), np.uint8)

    monkeypatch.setattr("pathoflow.phantom.file.reader.paint", count)
    # Room for two squares of level 0.
    monkeypatch.setattr("pathoflow.phantom.file.reader._CACHE_BYTES", 3 * 2 * 800_000)
    reader = PhantomReader(plan, Path("painted.toml"))
    for _ in range(2):
        reader.read(0, Box(0, 0, 512, 512))
    assert len(painted) == 1
    for left in (512, 1024, 0):
        reader.read(0, Box(0, left, 512, 512))
    assert [box.left for box in painted] == [0, 512, 1024, 0]
    # The coarser levels came along and need no painting.
    reader.read(2, Box(0, 0, 32, 96))
    assert len(painted) == 4


def test_a_first_look_paints_no_more_than_it_shows_and_a_second_one_fills_the_squares(
    monkeypatch: pytest.MonkeyPatch, plan: Plan
) -> None:
    painted: list[Box] = []

    def count(_plan: Plan, box: Box) -> np.ndarray:
        painted.append(box)
        return _ramp(box)

    monkeypatch.setattr("pathoflow.phantom.file.reader.paint", count)
    reader = PhantomReader(plan, Path("painted.toml"))
    first = Box(100, 300, 700, 800)
    assert np.array_equal(reader.read(0, first), _ramp(first))
    assert painted == [first]
    beside = Box(110, 290, 500, 600)
    assert np.array_equal(reader.read(0, beside), _ramp(beside))
    assert {box.size.shape for box in painted[1:]} == {(512, 512)}
    before = len(painted)
    assert np.array_equal(reader.read(0, beside), _ramp(beside))
    assert len(painted) == before


def _ramp(box: Box) -> np.ndarray:
    """Pixels that know where they are."""
    rows = np.arange(box.top, box.bottom)[:, None, None]
    columns = np.arange(box.left, box.right)[None, :, None]
    return ((3 * rows + 7 * columns + np.arange(3)) % 251).astype(np.uint8)


def test_threads_read_the_same_pixels(reader: PhantomReader) -> None:
    boxes = [Box(y, x, 20, 20) for y in range(0, 90, 25) for x in range(0, 135, 30)]
    expected = [reader.read(1, box.shift(0, 0)) for box in boxes]
    fresh = PhantomReader(reader.plan, reader.info.path)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda box: fresh.read(1, box), boxes))
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_closing_twice_is_fine(plan: Plan) -> None:
    reader = PhantomReader(plan, Path("painted.toml"))
    reader.close()
    reader.close()
    assert reader.read(0, Box(0, 0, 3, 3)).shape == (3, 3, 3)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("slide.svs", "", "toml"),
        ("settings.toml", "learning_rate = 1.0\n", "learning_rate"),
        ("broken.toml", "seed = = 1", "TOML"),
    ],
)
def test_other_files_are_refused_with_the_reason(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ReaderRefused, match=reason):
        open_phantom(path)
