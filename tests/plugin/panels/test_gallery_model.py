"""Ten thousand vessels as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.panels.gallery_model import CANDIDATE, GalleryModel

RING = np.array([[0, 0], [1, 0], [1, 1]], float)


def many(n: int) -> list[Candidate]:
    return [Candidate(str(i), "s", (RING,)) for i in range(n)]


def test_a_row_gives_its_vessel_and_nothing_beyond_the_end(qtbot: Any) -> None:
    model = GalleryModel()
    model.show(many(10_000))
    assert model.rowCount() == 10_000
    assert model.index(9_999, 0).data(CANDIDATE).id == "9999"
    assert model.data(model.index(10_000, 0), CANDIDATE) is None
    assert model.row_of("123") == 123
    assert model.row_of("x") is None


def test_a_new_verdict_paints_one_row_again_and_resets_nothing(qtbot: Any) -> None:
    model = GalleryModel()
    some = many(100)
    model.show(some)
    painted: list[int] = []
    resets: list[int] = []
    model.dataChanged.connect(lambda top, _: painted.append(top.row()))
    model.modelReset.connect(lambda: resets.append(1))
    some[7] = replace(some[7], verdict="accepted")
    model.show(some)
    assert painted == [7]
    assert resets == []
    model.show(some[::-1])
    assert resets == [1]
    model.touch("99")
    assert painted == [7, 0]
