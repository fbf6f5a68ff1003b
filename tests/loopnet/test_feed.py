from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pathoflow.errors import UsageError
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.feed import FeedSettings, VesselFeed, chances, turned

Toy = Callable[..., VesselExamples]


def test_every_healthy_content_is_drawn_as_often_however_rare(examples: Toy) -> None:
    found = examples(20).take([1, 0, 4, 8, 2])
    assert found.contents == ("tumour", "leucocytes", "leucocytes", "leucocytes", "empty")
    assert chances(found, 0.4).tolist() == pytest.approx([0.4, 0.1, 0.1, 0.1, 0.3])


def test_vessels_of_one_kind_alone_teach_nothing(examples: Toy) -> None:
    with pytest.raises(UsageError, match="of 2 vessels 0 are invaded"):
        VesselFeed(examples(4).take([0, 2]), FeedSettings(), 0)
    with pytest.raises(UsageError, match="of 1 vessels 1 are invaded"):
        VesselFeed(examples(4).take([1]), FeedSettings(), 0)


def test_a_step_draws_the_same_again_and_others_draw_anew(examples: Toy) -> None:
    feeds = [VesselFeed(examples(8), FeedSettings(batch=4), 1) for _ in range(2)]
    one, same, other = feeds[0].draw(3), feeds[1].draw(3), feeds[0].draw(4)
    for name in ("x", "truth", "places"):
        assert torch.equal(getattr(one, name), getattr(same, name))
    assert not torch.equal(one.x, other.x)


def test_blanks_stay_nothing_and_places_are_turned_with_their_cells(examples: Toy) -> None:
    batch = VesselFeed(examples(8), FeedSettings(batch=12), 1).draw(1)
    assert batch.x.shape == (12, 3, 24, 24)
    shown = batch.x.abs().amax(1).unfold(1, 8, 8).unfold(2, 8, 8).amax((3, 4)) > 0
    assert torch.equal(shown, batch.places != 0)
    healthy = batch.truth == 0
    assert 0 < healthy.sum() < 12
    assert set(batch.places[healthy].unique().tolist()) == {0, 1}
    assert set(batch.places[~healthy].unique().tolist()) == {-1, 0}


def test_stain_strays_but_cells_do_not_vanish(examples: Toy) -> None:
    feed = VesselFeed(examples(8), FeedSettings(batch=8), 1)
    means = [feed.draw(step).x.amax().item() for step in range(1, 5)]
    assert min(means) > 1
    assert np.std(means) > 0


def test_a_square_has_eight_symmetries_and_the_first_is_itself() -> None:
    square = torch.arange(9).reshape(3, 3)
    found = {tuple(turned(square, turn).flatten().tolist()) for turn in range(8)}
    assert len(found) == 8
    assert torch.equal(turned(square, 0), square)
    assert turned(square, 1).tolist() == [[2, 5, 8], [1, 4, 7], [0, 3, 6]]
    assert torch.equal(turned(square.expand(3, 3, 3), 6)[1], turned(square, 6))
