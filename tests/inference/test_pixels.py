from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pathoflow.inference import InferenceSettings, plan_slide
from pathoflow.inference.pixels import read_job
from pathoflow.inference.plan import jobs_of
from pathoflow.space import Box

Make = Callable[..., Any]


def first_job(target: Any, batch: int) -> Any:
    plan = plan_slide(target, InferenceSettings(tile_px=32, block_px=64))
    return next(iter(jobs_of(plan.blocks, batch)))


def test_tiles_come_with_their_halo_white_beyond_the_slide(
    picture: np.ndarray, make_target: Make, network: Make
) -> None:
    target = make_target(network())
    found = read_job(target, first_job(target, 2))
    assert found.rgb.shape == (2, 64, 64, 3)
    assert found.lost == [None, None]
    assert (found.rgb[0, :16] == 255).all()
    assert np.array_equal(found.rgb[0, 16:, 16:], picture[:48, :48])
    assert np.array_equal(found.rgb[1, 16:], picture[:48, 16:80])


def test_what_cannot_be_decoded_is_white_and_marked(
    picture: np.ndarray, make_target: Make, network: Make, monkeypatch: Any
) -> None:
    monkeypatch.setattr("pathoflow.inference.pixels._SALVAGE_PX", 16)
    target = make_target(network(), damaged=(Box(5, 20, 1, 1),))
    found = read_job(target, first_job(target, 1))
    # Rows 0 to 15 and columns 16 to 31 of the slide go with the damaged pixel; the tile begins at -16.
    (lost,) = found.lost
    assert lost is not None
    expected = np.zeros((64, 64), bool)
    expected[16:32, 32:48] = True
    assert np.array_equal(lost, expected)
    assert (found.rgb[0][expected] == 255).all()
    assert np.array_equal(found.rgb[0, 32:, 16:], picture[16:48, :48])
