from __future__ import annotations

import numpy as np
import pytest

from pathoflow.tissue import planes


@pytest.fixture(autouse=True)
def _small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "_BAND_PX", 50)


@pytest.fixture
def labels() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 7, (23, 17)).astype(np.int32)


def test_bands_cover_every_row_once_and_in_order() -> None:
    # 50 pixels are two rows of 17.
    rows = [row for band in planes.bands((23, 17)) for row in range(band.start, band.stop)]
    assert rows == list(range(23))
    assert [band.stop - band.start for band in planes.bands((23, 17))] == [2] * 11 + [1]


def test_a_row_wider_than_a_band_is_a_band() -> None:
    assert list(planes.bands((2, 1000))) == [slice(0, 1), slice(1, 2)]


def test_labels_are_counted(labels: np.ndarray) -> None:
    counts = planes.count_labels(labels, 8)
    assert counts.tolist() == [int((labels == label).sum()) for label in range(9)]


@pytest.mark.parametrize("dtype", [bool, np.uint32, np.float32])
def test_looking_up_is_indexing(labels: np.ndarray, dtype: type) -> None:
    table = np.arange(7).astype(dtype)
    found = planes.look_up(table, labels)
    assert found.dtype == dtype
    assert np.array_equal(found, table[labels])


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
@pytest.mark.parametrize("shape", [(23, 17), (23, 17, 3)])
def test_every_nth_pixel_of_a_mask_is_taken_whatever_the_bands(
    step: int, shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(2)
    pixels, mask = rng.integers(0, 256, shape).astype(np.uint8), rng.random((23, 17)) < 0.4
    # Whole bands without any of it must not put the count out of step.
    mask[4:9] = False
    assert np.array_equal(planes.every_nth(pixels, mask, step), pixels[mask][::step])


def test_nothing_of_an_empty_mask_is_taken() -> None:
    assert planes.every_nth(np.ones((23, 17, 3)), np.zeros((23, 17), bool), 5).shape == (0, 3)
