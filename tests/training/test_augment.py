from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pathoflow.training.augment import Augmentation, move, stain

STILL = Augmentation(crop_px=16, zoomed=0.0)


def pictures(n: int = 6, side: int = 24) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures in which a blob, off centre and without any symmetry, is black on pink; and the blobs as masks."""
    draw = torch.Generator().manual_seed(0)
    masks = torch.zeros(n, 1, side, side)
    for mask in masks:
        top, left = (int(torch.randint(2, side - 12, (), generator=draw)) for _ in "yx")
        mask[:, top : top + 9, left : left + 5] = 1
        mask[:, top : top + 3, left + 5 : left + 8] = 1
    colour = torch.tensor([0.9, 0.6, 0.8])[:, None, None]
    return colour * (1 - masks) + 0.02 * masks, masks


def draws(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_masks_stay_on_the_pixels_they_were_drawn_on() -> None:
    pixels, masks = pictures()
    seen = set()
    for seed in range(20):
        x, y = move(pixels, masks, STILL, draws(seed))
        assert torch.equal(x[:, :1] < 0.5, y > 0.5)
        seen |= {tuple(one.flatten().tolist()) for one in y[0]}
    assert len(seen) > 5, "one and the same picture comes in many positions"


def test_what_is_not_zoomed_keeps_its_values() -> None:
    pixels, masks = pictures()
    x, _ = move(pixels, masks, STILL, draws())
    allowed = torch.tensor([0.02, 0.6, 0.8, 0.9])
    assert (x[..., None] - allowed).abs().amin(-1).max() < 1e-4


def test_all_eight_positions_of_a_square_occur() -> None:
    pixels, masks = pictures(1)
    how = replace(STILL, crop_px=24)
    found = {tuple(move(pixels, masks, how, draws(s))[1].flatten().tolist()) for s in range(80)}
    mask = masks[0, 0]
    expected = {
        tuple(turned.rot90(k).flatten().tolist())
        for turned in (mask, mask.flip(1))
        for k in range(4)
    }
    assert found == expected


def test_crops_come_from_everywhere_in_the_picture() -> None:
    numbered = torch.arange(100.0).reshape(1, 1, 10, 10)
    seen: set[float] = set()
    for seed in range(200):
        _, y = move(numbered / 100, numbered, replace(STILL, crop_px=4), draws(seed))
        seen |= set(y.flatten().tolist())
    assert len(seen) == 100


def test_zoomed_masks_stay_on_their_pixels_too() -> None:
    pixels, masks = pictures(6, side=60)
    how = Augmentation(crop_px=32, zoomed=1.0)
    shares = []
    for seed in range(10):
        x, y = move(pixels, masks, how, draws(seed))
        assert x.shape == (6, 3, 32, 32)
        wrong = (x[:, :1] < 0.46) != (y > 0.5)
        # Colours are blended along the rim of a blob, masks are not.
        grown = torch.nn.functional.max_pool2d(y, 3, 1, 1)
        shrunk = -torch.nn.functional.max_pool2d(-y, 3, 1, 1)
        assert not (wrong & (grown == shrunk)).any()
        shares += y.sum((1, 2, 3)).tolist()
    # A blob of 54 pixels comes smaller and, up to twice as wide, larger.
    assert min(n for n in shares if n > 20) < 45
    assert max(shares) > 100


def test_a_zoom_out_of_a_small_picture_takes_all_of_it() -> None:
    pixels, masks = pictures(2, side=40)
    x, y = move(pixels, masks, Augmentation(crop_px=32, zoomed=1.0, zoom=(0.5, 0.5)), draws())
    assert x.shape == (2, 3, 32, 32)
    assert float(y.sum()) == pytest.approx(float(masks.sum()) * 0.8**2, rel=0.15)


def test_several_masks_keep_their_own_values() -> None:
    pixels, masks = pictures()
    _, y = move(pixels, torch.cat([masks, masks * 3 + 1], 1), STILL, draws())
    assert y.shape == (6, 2, 16, 16)
    assert torch.equal(y[:, 1], y[:, 0] * 3 + 1)


def test_stained_pixels_still_show_where_the_mask_is() -> None:
    pixels, masks = pictures()
    for seed in range(10):
        grey = stain(pixels, STILL, draws(seed)).mean(1, keepdim=True)
        # Blurred edges aside, black remains far darker than pink.
        assert ((grey < 0.35) == (masks > 0.5)).float().mean() > 0.95


def test_the_generator_decides_everything() -> None:
    pixels, masks = pictures()
    state = torch.random.get_rng_state()

    def both(seed: int) -> torch.Tensor:
        draw = draws(seed)
        return stain(move(pixels, masks, STILL, draw)[0], STILL, draw)

    assert torch.equal(both(5), both(5))
    assert not torch.equal(both(5), both(6))
    assert torch.equal(torch.random.get_rng_state(), state), "nobody else's draws are touched"


def test_the_stain_varies_between_pictures_and_stays_in_range() -> None:
    pixels = torch.tensor([0.8, 0.5, 0.7])[None, :, None, None].expand(40, 3, 8, 8)
    x = stain(pixels, STILL, draws())
    means = x.mean((2, 3))
    assert (means.std(0) > 0.02).all()
    assert (means.mean(0) - torch.tensor([0.8, 0.5, 0.7])).abs().max() < 0.1
    assert 0 <= float(x.min()) <= float(x.max()) <= 1


def test_a_stain_without_strength_is_none() -> None:
    pixels, _ = pictures()
    none = Augmentation(mixing=0, gain_common=0, gain=0, darkening=0, blurred=0, noise=0)
    torch.testing.assert_close(stain(pixels, none, draws()), pixels, atol=1e-6, rtol=0)


def test_what_was_handed_in_stays_as_it_was() -> None:
    pixels, masks = pictures()
    before = pixels.clone(), masks.clone()
    stain(move(pixels, masks, STILL, draws())[0], STILL, draws())
    assert torch.equal(pixels, before[0])
    assert torch.equal(masks, before[1])
