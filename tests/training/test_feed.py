from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from pathoflow.data import PatchSet
from pathoflow.training.augment import Augmentation
from pathoflow.training.feed import Feed, pixel_weights

Patches = Callable[..., PatchSet]
STILL = Augmentation(crop_px=64, zoomed=0.0, small_object_px=0)


def test_masks_and_weights_come_with_the_pixels_they_belong_to(patches: Patches) -> None:
    own = patches(5)
    known = own.known.copy()
    known[:, :, 50:] = False
    feed = Feed(replace(own, known=known), None, STILL, batch=4, seed=0)
    batch = feed.labelled(1)
    assert batch.pixels.shape == (4, 3, 64, 64)
    assert batch.masks.shape == batch.weight.shape == (4, 1, 64, 64)
    assert torch.equal(batch.plain.amin(1, keepdim=True) > 0.9, batch.masks > 0.5)
    assert batch.weight.mean() == pytest.approx(50 / 64)


def test_a_step_shows_the_same_whenever_it_is_asked(feed: Feed) -> None:
    first = feed.labelled(3)
    feed.unlabelled(3)
    feed.labelled(4)
    again = feed.labelled(3)
    assert torch.equal(first.pixels, again.pixels)
    assert not torch.equal(first.pixels, feed.labelled(4).pixels)
    assert not torch.equal(first.pixels, feed.labelled(3, part=1).pixels)
    assert not torch.equal(first.pixels, feed.labelled(3, stream="second").pixels)


def test_every_patch_is_drawn_before_any_comes_again(patches: Patches) -> None:
    feed = Feed(patches(5), None, STILL, batch=12, seed=0)
    counts = torch.bincount(feed.labelled(1).index, minlength=5)
    assert sorted(counts.tolist()) == [2, 2, 2, 3, 3]
    few = Feed(patches(5), None, STILL, batch=3, seed=0)
    assert len(set(few.labelled(1).index.tolist())) == 3


def test_maps_move_along_with_their_pictures(patches: Patches) -> None:
    own = patches(6)
    feed = Feed(own, own.without_labels(), STILL, batch=4, seed=0)
    maps = torch.from_numpy(own.pixels.min(3)[:, None]).float() / 255
    batch = feed.unlabelled(2, maps=maps)
    assert batch.maps.shape == (4, 1, 64, 64)
    torch.testing.assert_close(batch.maps, batch.plain.amin(1, keepdim=True), atol=1e-4, rtol=0)


def test_an_unlabelled_batch_holds_no_masks(feed: Feed) -> None:
    batch = feed.unlabelled(1)
    assert batch.masks.shape[1] == batch.weight.shape[1] == batch.maps.shape[1] == 0
    assert batch.pixels.shape == (3, 3, 32, 32)


def test_without_unlabelled_patches_none_are_given(patches: Patches) -> None:
    feed = Feed(patches(2), None, STILL, batch=2, seed=0)
    with pytest.raises(ValueError, match=r"data\.unlabelled"):
        feed.unlabelled(1)


def test_small_objects_weigh_more_and_the_unknown_nothing() -> None:
    truth = np.zeros((1, 1, 100, 120), bool)
    # 50 x 60 = 3,000 px; 20 x 25 = 500 px, the root of 4; 4 x 5 = 20 px, the root of 100 but at most 4.
    truth[0, 0, 5:55, 5:65] = truth[0, 0, 60:80, 5:30] = truth[0, 0, 90:94, 50:55] = True
    known = np.ones((1, 100, 120), bool)
    known[:, :, 100:] = False
    weights = pixel_weights(truth, known, 2000)
    assert np.unique(weights[0, 5:55, 5:65]).tolist() == [1]
    assert np.unique(weights[0, 60:80, 5:30]).tolist() == [2]
    assert np.unique(weights[0, 90:94, 50:55]).tolist() == [4]
    assert np.unique(weights[~truth[:, 0] & known]).tolist() == [1]
    assert np.unique(weights[~known]).tolist() == [0]
    assert np.unique(pixel_weights(truth, known, 0)[known]).tolist() == [1]


def test_each_picture_is_weighed_by_itself() -> None:
    truth = np.zeros((2, 1, 60, 60), bool)
    truth[0, 0, :50, :50], truth[1, 0, :10, :20] = True, True
    weights = pixel_weights(truth, np.ones((2, 60, 60), bool), 2000)
    # 2,500 px weigh 1; 200 px the root of 10, rounded.
    assert weights[0].max() == 1
    assert weights[1, :10, :20].min() == weights[1].max() == 3
