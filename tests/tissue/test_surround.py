import numpy as np
import pytest

from pathoflow.tissue import planes
from pathoflow.tissue.surround import (
    bands_with_reach,
    highest_beside,
    mean_around,
    mean_around_of,
)


@pytest.fixture
def plane(rng):
    return rng.uniform(0, 2, (40, 30, 3)).astype(np.float32)


def test_bands_come_with_their_surroundings(monkeypatch):
    monkeypatch.setattr(planes, "_BAND_PX", 100)
    rows = np.arange(35)
    pieces = list(bands_with_reach((35, 20), 3))
    assert len(pieces) == 7
    assert np.concatenate([rows[own] for own, _, _ in pieces]).tolist() == rows.tolist()
    for own, around, within in pieces:
        assert rows[around][within].tolist() == rows[own].tolist()
        assert around.start == max(0, own.start - 3)
        assert around.stop == min(35, own.stop + 3)


def test_the_mean_of_a_square_is_that_of_its_pixels(plane):
    found = mean_around(plane, 5)
    assert found[20, 15] == pytest.approx(plane[18:23, 13:18].mean(axis=(0, 1)), rel=1e-5)


def test_only_the_chosen_pixels_count(plane):
    where = np.zeros((40, 30), bool)
    where[19:22, 10:16] = True
    found = mean_around_of(plane, where, 5)
    # Rows 19 to 21 and columns 13 to 15 of the square round (20, 15) are chosen.
    assert found[20, 15] == pytest.approx(plane[19:22, 13:16].mean(axis=(0, 1)), rel=1e-4)
    assert not found[5, 5].any()


def test_the_highest_of_four_neighbours_and_the_border_repeats(plane):
    found = highest_beside(plane, 4)
    for y, x in ((20, 15), (1, 15), (38, 29)):
        four = [
            plane[np.clip(y + dy, 0, 39), np.clip(x + dx, 0, 29)]
            for dy, dx in ((-4, 0), (4, 0), (0, -4), (0, 4))
        ]
        assert found[y, x].tolist() == np.max(four, axis=0).tolist()
