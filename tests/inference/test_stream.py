from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pathoflow.inference import Entry, InferenceSettings, plan_slide, stream_blocks

Make = Callable[..., Any]
SETTINGS = InferenceSettings(tile_px=32, block_px=64)


def test_blocks_may_be_streamed_in_any_order_and_in_any_parts(
    make_target: Make, run: Make, network: Make
) -> None:
    whole = run(make_target(network()), "whole")
    whole.go()
    job = run(make_target(network()), "parts")
    outputs = {"vessel": job.output()}
    blocks = plan_slide(job.target, SETTINGS).blocks
    told: list[Entry] = []
    for part in (blocks[5:], blocks[:2], blocks[2:5]):
        stream_blocks(job.target, tuple(reversed(part)), outputs, SETTINGS, told.append)
    assert job.files() == whole.files()
    # Each block is told of once, with the checksums that a run from end to end records.
    ledger = whole.ledger()
    assert len(told) == len(ledger) == 12
    assert all(entry == ledger.entry(entry.block) for entry in told)


def test_a_block_is_told_of_only_after_its_pixels_are_stored(
    make_target: Make, run: Make, network: Make, constant: Any
) -> None:
    job = run(make_target(network(constant(2.0))))
    output = job.output()
    blocks = {planned.block.row: planned for planned in plan_slide(job.target, SETTINGS).blocks}
    seen = []

    def on_block(entry: Entry) -> None:
        row = int(entry.block.split("/")[1].split("-")[0])
        seen.append(output.read(blocks[row].block.box).min())

    stream_blocks(job.target, list(blocks.values()), {"vessel": output}, SETTINGS, on_block)
    assert seen == [round(255 / (1 + np.exp(-2.0)))] * 3


class _Device:
    """A network on a device that works by itself: answers are fetched long after they were begun."""

    def __init__(self, network: Any, log: list[str]) -> None:
        self.card, self._network, self._log, self._n = network.card, network, log, 0
        self.device = type("cuda", (), {"type": "cuda"})()

    def start(self, pixels: np.ndarray) -> Callable[[], np.ndarray]:
        number = self._n
        self._n += 1
        self._log.append(f"start {number}")

        def fetch() -> np.ndarray:
            self._log.append(f"fetch {number}")
            return self._network.predict(pixels)  # type: ignore[no-any-return]

        return fetch

    def rest(self) -> None:
        self._log.append("rest")


def test_a_device_is_given_the_next_tiles_before_the_last_answer_is_fetched(
    make_target: Make, run: Make, network: Make
) -> None:
    log: list[str] = []
    plain = run(make_target(network()), "plain")
    plain.go()
    job = run(make_target(_Device(network(), log)), "device", batch=1)
    job.go()
    assert job.files() == plain.files()
    assert log[:6] == ["start 0", "start 1", "fetch 0", "start 2", "fetch 1", "start 3"]
    assert log[-3:] == ["fetch 33", "fetch 34", "rest"]


def test_an_error_of_the_network_ends_the_stream(
    make_target: Make, run: Make, network: Make, monkeypatch: Any
) -> None:
    answering = network()
    job = run(make_target(answering))

    def start(pixels: np.ndarray) -> Callable[[], np.ndarray]:
        raise RuntimeError("the device is gone")

    object.__setattr__(answering, "start", start)
    with pytest.raises(RuntimeError, match="the device is gone"):
        job.go()
