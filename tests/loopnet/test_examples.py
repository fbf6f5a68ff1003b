from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pathoflow.errors import UsageError
from pathoflow.loopnet.examples import VesselExamples

Toy = Callable[..., VesselExamples]


def test_grids_hold_the_cells_of_their_vessel_and_white(examples: Toy) -> None:
    found = examples(4)
    pixels, filled = found.pixels([2, 0]), found.filled([2, 0])
    assert pixels.shape == (2, 24, 24, 3)
    places = pixels.reshape(2, 3, 8, 3, 8, 3).transpose(0, 1, 3, 2, 4, 5)
    assert np.array_equal((places < 255).any(axis=(3, 4, 5)), filled)
    span = found.span(2)
    assert filled[0].sum() == found.n_cells[2] == span.stop - span.start
    first = int(found.at[span.start])
    assert np.array_equal(places[0, first // 3, first % 3], found.cells[span.start])


def test_some_of_the_vessels_keep_their_own_cells(examples: Toy) -> None:
    found = examples(6)
    some = found.take([5, 1])
    assert np.array_equal(some.pixels([0, 1]), found.pixels([5, 1]))
    assert some.groups == (found.groups[5], found.groups[1])
    assert (
        some.is_cancer.sum()
        == found.is_cancer[found.span(5)].sum() + found.is_cancer[found.span(1)].sum()
    )
    assert len(found.take([])) == 0


def test_contents_are_counted(examples: Toy) -> None:
    assert examples(8).count() == {"empty": 2, "leucocytes": 2, "tumour": 4}


def test_arrays_that_do_not_fit_are_refused(examples: Toy) -> None:
    found = examples(4)
    with pytest.raises(UsageError, match="4 vessels need a label, a content and a group each"):
        replace(found, groups=("a",))
    with pytest.raises(UsageError, match="cells need a place and a truth each"):
        replace(found, at=found.at[1:])
    with pytest.raises(UsageError, match="every vessel needs a cell"):
        replace(
            found,
            n_cells=found.n_cells * 0,
            cells=found.cells[:0],
            at=found.at[:0],
            is_cancer=found.is_cancer[:0],
        )
