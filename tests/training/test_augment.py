from __future__ import annotations

import pytest
import torch

from pathoflow.training import augment as module
from pathoflow.training.augment import augment


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


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave stain and size alone, so that only positions change."""
    monkeypatch.setattr(module, "_restain", lambda rgb, generator: rgb)
    monkeypatch.setattr(module, "_ZOOMED", 0.0)


def draws(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_masks_stay_on_the_pixels_they_were_drawn_on(plain: None) -> None:
    pixels, masks = pictures()
    seen = set()
    for seed in range(20):
        x, y = augment(pixels, masks, 16, draws(seed))
        assert torch.equal(x[:, :1] < 0.5, y > 0.5)
        seen |= {tuple(one.flatten().tolist()) for one in y[0]}
    assert len(seen) > 5, "one and the same picture comes in many positions"


def test_stained_pixels_still_show_where_the_mask_is() -> None:
    pixels, masks = pictures()
    for seed in range(10):
        x, y = augment(pixels, masks, 16, draws(seed))
        grey = x.mean(1, keepdim=True)
        # Blurred edges aside, black remains far darker than pink.
        right = ((grey < 0.35) == (y > 0.5)).float().mean()
        assert right > 0.95


def test_all_eight_positions_of_a_square_occur(plain: None) -> None:
    pixels, masks = pictures(1)
    found = {
        tuple(augment(pixels, masks, 24, draws(seed))[1].flatten().tolist()) for seed in range(80)
    }
    mask = masks[0, 0]
    expected = {
        tuple(turned.rot90(k).flatten().tolist())
        for turned in (mask, mask.flip(1))
        for k in range(4)
    }
    assert found == expected


def test_crops_come_from_everywhere_in_the_picture(plain: None) -> None:
    numbered = torch.arange(100.0).reshape(1, 1, 10, 10) / 100
    pixels = numbered.expand(1, 3, 10, 10)
    seen: set[float] = set()
    for seed in range(200):
        x, _ = augment(pixels, torch.zeros(1, 1, 10, 10), 4, draws(seed))
        seen |= set(x.flatten().tolist())
    assert len(seen) == 100


def test_zoomed_masks_stay_on_their_pixels_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_restain", lambda rgb, generator: rgb)
    monkeypatch.setattr(module, "_ZOOMED", 1.0)
    pixels, masks = pictures(6, side=60)
    shares = []
    for seed in range(10):
        x, y = augment(pixels, masks, 32, draws(seed))
        assert x.shape == (6, 3, 32, 32)
        wrong = (x[:, :1] < 0.46) != (y > 0.5)
        # Colours are blended along the rim of a blob, masks are not.
        rim = torch.nn.functional.max_pool2d(y, 3, 1, 1) + torch.nn.functional.max_pool2d(
            -y, 3, 1, 1
        )
        assert not (wrong & (rim == 0)).any()
        shares += y.sum((1, 2, 3)).tolist()
    # A blob of 54 pixels comes smaller and, up to twice as wide, larger.
    assert min(n for n in shares if n > 20) < 45
    assert max(shares) > 100


def test_a_zoom_out_of_a_small_picture_takes_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ZOOMED", 1.0)
    monkeypatch.setattr(module, "_ZOOM", (0.5, 0.5))
    pixels, masks = pictures(2, side=40)
    x, y = augment(pixels, masks, 32, draws())
    assert x.shape == (2, 3, 32, 32)
    assert float(y.sum()) == pytest.approx(float(masks.sum()) * 0.8**2, rel=0.15)


def test_several_masks_keep_their_own_values(plain: None) -> None:
    pixels, masks = pictures()
    both = torch.cat([masks, masks * 3 + 1], 1)
    _, y = augment(pixels, both, 16, draws())
    assert y.shape == (6, 2, 16, 16)
    assert torch.equal(y[:, 1], y[:, 0] * 3 + 1)


def test_shapes_and_range_are_kept_and_masks_stay_0_or_1() -> None:
    pixels, masks = pictures()
    x, y = augment(pixels, masks, 16, draws())
    assert x.shape == (6, 3, 16, 16)
    assert y.shape == (6, 1, 16, 16)
    assert 0 <= float(x.min()) <= float(x.max()) <= 1
    assert set(y.unique().tolist()) <= {0.0, 1.0}


def test_the_generator_decides_everything() -> None:
    pixels, masks = pictures()
    state = torch.random.get_rng_state()
    first, again = (augment(pixels, masks, 16, draws(5)) for _ in range(2))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], augment(pixels, masks, 16, draws(6))[0])
    assert torch.equal(torch.random.get_rng_state(), state), "nobody else's draws are touched"


def test_the_stain_varies_between_pictures_and_black_stays_dark() -> None:
    pixels = torch.tensor([0.8, 0.5, 0.7])[None, :, None, None].expand(40, 3, 8, 8)
    x, _ = augment(pixels, torch.zeros(40, 1, 8, 8), 8, draws())
    means = x.mean((2, 3))
    assert (means.std(0) > 0.02).all()
    assert (means.mean(0) - torch.tensor([0.8, 0.5, 0.7])).abs().max() < 0.1


def test_what_was_handed_in_stays_as_it_was() -> None:
    pixels, masks = pictures()
    before = pixels.clone(), masks.clone()
    augment(pixels, masks, 16, draws())
    assert torch.equal(pixels, before[0])
    assert torch.equal(masks, before[1])
