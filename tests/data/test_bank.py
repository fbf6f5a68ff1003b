from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pathoflow.data import bank
from pathoflow.data.bank import bank_path, paint_or_read


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)


def test_arrays_of_all_seeds_are_joined_in_their_order_and_kept(tmp_path: Path) -> None:
    made, told = [], []

    def paint(seed: int) -> dict[str, np.ndarray]:
        made.append(seed)
        return {"a": np.full((2, 3), seed), "b": np.array([seed > 4])}

    path = tmp_path / "cache" / "x.npz"
    for _ in range(2):
        found = paint_or_read(path, (7, 4), paint, told.append)
        assert found["a"].tolist() == [[7, 7, 7]] * 2 + [[4, 4, 4]] * 2
        assert found["b"].tolist() == [True, False]
    assert sorted(made) == [4, 7], "the second time they are read"
    assert told == ["painted slide 7: 1 of 2", "painted slide 4: 2 of 2"]
    assert list(path.parent.iterdir()) == [path]


def test_every_stamp_has_a_place_of_its_own(tmp_path: Path) -> None:
    stamps = [["1", [1, 2]], ["1", [2, 1]], ["2", [1, 2]], ["1", {"side": 2}]]
    paths = {bank_path(tmp_path, stamp) for stamp in stamps}
    assert len(paths) == 4
    assert bank_path(tmp_path, ["1", (1, 2)]) in paths, "a tuple is a list to JSON"


def test_a_painter_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def paint(seed: int) -> dict[str, np.ndarray]:
        raise ValueError(f"no slide {seed}")

    with pytest.raises(ValueError, match="no slide 7"):
        paint_or_read(tmp_path / "x.npz", (7,), paint, lambda _: None)
    assert list(tmp_path.iterdir()) == []
