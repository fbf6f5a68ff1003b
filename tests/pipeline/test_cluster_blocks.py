"""Blocks as they travel to another process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline.cluster_blocks import PackedMask, Parcel, SpreadBlocks
from pathoflow.pipeline.cluster_worker import Kit, NoLongerWanted
from pathoflow.pipeline.lease import lease_on
from pathoflow.space import Frame, Mpp
from pathoflow.tissue import TissueMask


@pytest.mark.parametrize("shape", [(1, 1), (75, 103), (8, 64)])
def test_a_mask_arrives_as_it_was_sent(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).random(shape) < 0.5
    mask = TissueMask(pixels, Frame.at(8.0, Mpp.square(0.5)), Mpp.square(0.5))
    back = PackedMask.of(mask).unpack()
    np.testing.assert_array_equal(back.pixels, pixels)
    assert (back.frame, back.slide_mpp) == (mask.frame, mask.slide_mpp)


def test_a_mask_of_ten_megapixels_travels_as_kilobytes() -> None:
    y, x = np.ogrid[:3000, :3300]
    disc = (y - 1500) ** 2 + (x - 1600) ** 2 < 1200**2
    mask = TissueMask(disc, Frame.at(8.0, Mpp.square(0.5)), Mpp.square(0.5))
    assert len(PackedMask.of(mask).bits) < 50_000


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit("run", "0", tmp_path / "mark", RunSettings(), ())


def test_a_block_is_made_only_for_the_owner_who_sent_it(kit: Kit, tmp_path: Path) -> None:
    mask = PackedMask(b"", (0, 0), Frame(1.0, 1.0), Mpp.square(1.0))
    with lease_on(tmp_path) as held:
        parcel = Parcel(Path("a.svs"), kit, 2.0, mask, {}, InferenceSettings(), tmp_path, held.text)
        parcel.check_owner()
    with pytest.raises(NoLongerWanted):
        parcel.check_owner()
    with lease_on(tmp_path), pytest.raises(NoLongerWanted):
        parcel.check_owner()


def test_a_single_block_stays_where_its_owner_is(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(
        "pathoflow.pipeline.cluster_blocks.stream_blocks", lambda *given: calls.append(given)
    )
    block: Any = object()
    given: Any = (object(), [block], {}, InferenceSettings(), print, print)
    SpreadBlocks(Path("a.svs"), kit)(*given)
    assert calls == [given]
