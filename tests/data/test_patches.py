from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pathoflow.data import PatchSet, Pictures, join, join_pictures
from pathoflow.data.patches import same_mpp, spread
from pathoflow.errors import UsageError


def patches(n: int = 2, side: int = 8, **changed: Any) -> PatchSet:
    """Noise with noise for masks; keywords replace fields."""
    rng = np.random.default_rng(0)
    fields: dict[str, Any] = {
        "pixels": rng.integers(0, 256, (n, side, side, 3), np.uint8),
        "masks": rng.random((n, 2, side, side)) < 0.5,
        "known": rng.random((n, side, side)) < 0.5,
        "classes": ("vessel", "tumour"),
        "mpp": 2.0,
        "groups": tuple(f"P{i}" for i in range(n)),
    }
    return PatchSet(**{**fields, **changed})


@pytest.mark.parametrize("ratio", [2, 4])
def test_reducing_averages_colours_and_takes_the_majority(ratio: int) -> None:
    whole = patches()
    small = whole.reduced(ratio)
    assert small.pixels.shape == (2, 8 // ratio, 8 // ratio, 3)
    assert small.mpp == 2.0 * ratio
    assert (small.classes, small.groups) == (whole.classes, whole.groups)
    for n, y, x in np.ndindex(2, 8 // ratio, 8 // ratio):
        at = (slice(y * ratio, (y + 1) * ratio), slice(x * ratio, (x + 1) * ratio))
        for channel in range(3):
            mean = whole.pixels[n][at][..., channel].astype(float).mean()
            assert abs(small.pixels[n, y, x, channel] - mean) <= 0.5
        for mask, reduced in (
            (whole.known[n], small.known[n]),
            (whole.masks[n, 0], small.masks[n, 0]),
            (whole.masks[n, 1], small.masks[n, 1]),
        ):
            assert reduced[y, x] == (2 * int(mask[at].sum()) >= ratio**2)


def test_reducing_by_one_changes_nothing() -> None:
    whole = patches()
    assert whole.reduced(1) is whole


def test_white_stays_white() -> None:
    white = patches(1, 4, pixels=np.full((1, 4, 4, 3), 255, np.uint8))
    assert (white.reduced(2).pixels == 255).all()


def test_what_cannot_be_halved_evenly_is_refused() -> None:
    with pytest.raises(UsageError, match="8 x 8 px cannot be reduced 3 times"):
        patches().reduced(3)


def test_taking_keeps_everything_of_a_patch_together() -> None:
    whole = patches(4)
    some = whole.take([3, 1])
    assert some.groups == ("P3", "P1")
    for place, index in enumerate((3, 1)):
        for name in ("pixels", "masks", "known"):
            assert np.array_equal(getattr(some, name)[place], getattr(whole, name)[index])
    assert len(whole.take([])) == 0


def test_pictures_have_no_masks_to_read() -> None:
    pictures = patches().without_labels()
    assert isinstance(pictures, Pictures)
    assert not hasattr(pictures, "masks")
    assert not hasattr(pictures, "known")
    assert np.array_equal(pictures.take([1]).pixels, patches().pixels[1:])
    assert pictures.take([1]).groups == ("P1",)


def test_each_class_has_its_own_truth() -> None:
    whole = patches()
    assert np.array_equal(whole.truth("tumour"), whole.masks[:, 1])
    with pytest.raises(UsageError, match='no class "duct" on these patches: choose one of vessel'):
        whole.truth("duct")


def test_cutting_covers_every_pixel_and_drops_what_is_not_known() -> None:
    side = 10
    pixels = np.zeros((1, side, side, 3), np.uint8)
    pixels[0, :, :, 0], pixels[0, :, :, 1] = np.mgrid[:side, :side]
    known = np.ones((1, side, side), bool)
    # The lower right square of 4 is the only one without any known pixel.
    known[0, 6:, 6:] = False
    masks = np.zeros((1, 2, side, side), bool)
    masks[0, 1, 5, 7] = True
    small = patches(1, side, pixels=pixels, known=known, masks=masks).cut(4)
    assert len(small) == 8, "3 x 3 squares at 0, 3 and 6 less one"
    corners = [tuple(int(v) for v in one[0, 0, :2]) for one in small.pixels]
    assert corners == [(y, x) for y in (0, 3, 6) for x in (0, 3, 6) if (y, x) != (6, 6)]
    for (y, x), mask in zip(corners, small.masks, strict=True):
        assert np.array_equal(mask, masks[0, :, y : y + 4, x : x + 4])
    assert small.groups == ("P0",) * 8


def test_cutting_to_the_same_side_changes_nothing_and_to_a_larger_one_is_refused() -> None:
    whole = patches()
    assert whole.cut(8) is whole
    with pytest.raises(UsageError, match="cannot be cut into squares of 9 px"):
        whole.cut(9)


def test_cutting_what_nobody_knows_leaves_nothing() -> None:
    assert len(patches(known=np.zeros((2, 8, 8), bool)).cut(4)) == 0


@pytest.mark.parametrize(
    ("length", "side", "starts"),
    [(8, 8, [0]), (9, 8, [0, 1]), (16, 8, [0, 8]), (17, 8, [0, 4, 9]), (384, 256, [0, 128])],
)
def test_pieces_cover_a_length_evenly(length: int, side: int, starts: list[int]) -> None:
    assert spread(length, side) == starts


def test_joining_puts_one_after_the_other() -> None:
    one, other = patches(2), patches(3, groups=("A", "B", "C"))
    both = join([one, other])
    assert both.groups == ("P0", "P1", "A", "B", "C")
    assert np.array_equal(both.masks[2:], other.masks)
    assert np.array_equal(both.known[:2], one.known)
    assert np.array_equal(
        join_pictures([one.without_labels(), other.without_labels()]).pixels, both.pixels
    )


def test_joining_takes_scales_that_differ_by_rounding_and_two_unknown_ones() -> None:
    assert len(join([patches(), patches(mpp=2.001)])) == 4
    assert math.isnan(join([patches(mpp=math.nan), patches(mpp=math.nan)]).mpp)
    assert not same_mpp(2.0, math.nan)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"classes": ("tumour", "vessel")}, r"\(tumour, vessel\) and \(vessel, tumour\)"),
        ({"mpp": 2.01}, "2 and 2.01 µm per pixel cannot be joined"),
        ({"mpp": math.nan}, "2 and nan µm"),
        ({"side": 4}, "8 x 8 and 4 x 4 px"),
    ],
)
def test_what_does_not_fit_is_not_joined(other: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        join([patches(), patches(**other)])


def test_nothing_is_not_joined() -> None:
    with pytest.raises(UsageError, match="no patches to join"):
        join([])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pixels": np.zeros((2, 8, 8, 3))}, "pixels must be uint8"),
        ({"pixels": np.zeros((2, 8, 8), np.uint8)}, "pixels must be uint8"),
        ({"masks": np.zeros((2, 8, 8), bool)}, r"masks must be bool of shape \(2, 2, 8, 8\)"),
        ({"known": np.ones((2, 8, 8))}, r"known must be bool of shape \(2, 8, 8\), not float64"),
        ({"classes": ("vessel", "vessel")}, "each once"),
        ({"mpp": 0.0}, "must be positive"),
        ({"groups": ("P0",)}, "2 patches need as many groups, not 1"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        replace(patches(), **changed)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"groups.*must be positive"):
        Pictures(np.zeros((1, 2, 2, 3), np.uint8), -1.0, ())
