from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pathoflow.inference import InferenceSettings, plan_slide
from pathoflow.inference.canvas import Canvas
from pathoflow.inference.plan import jobs_of

Make = Callable[..., Any]


def test_answers_land_on_the_middle_of_their_tiles_and_nothing_else_is_kept(
    picture: np.ndarray, make_target: Make, run: Make, network: Make
) -> None:
    tissue = np.ones(picture.shape[:2], bool)
    tissue[:10] = False
    target = make_target(network(), tissue=tissue)
    job = run(target)
    outputs = {"vessel": job.output()}
    planned = plan_slide(target, InferenceSettings(tile_px=32, block_px=64)).blocks[0]
    canvas = Canvas(planned.block, ["vessel"])
    expected = np.zeros((64, 64), np.uint8)
    for number, part in enumerate(jobs_of([planned], 1), start=1):
        # The halo says 200, the core the tile's number.
        answer = np.full((1, 1, 64, 64), 200, np.uint8)
        answer[..., 16:48, 16:48] = number
        canvas.add(part, ["vessel"], answer)
        lost = np.zeros((64, 64), bool)
        lost[:17, :17] = number == 4
        canvas.count(part, [lost])
        expected[part.tiles[0].core.slices] = number
    entry = canvas.write(target, outputs)
    expected[:10] = 0
    # Of the last tile's loss one pixel lies in its core, whose corner is (32, 32).
    expected[32, 32] = 0
    assert np.array_equal(outputs["vessel"].read(planned.block.box), expected)
    assert (entry.block, entry.tiles_done, entry.tiles_failed) == ("2/0-0", 4, 1)
    assert entry.unreadable_px == 1
