from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest
import torch
from scipy import ndimage

from pathoflow.errors import UsageError
from pathoflow.evsnet.purity import Side
from pathoflow.evsnet.samples import (
    Labelled,
    Predicted,
    SampleSettings,
    Shown,
    released_shown_to,
    shown_to,
    softened,
    wrong_place,
    wrong_size,
)

SIDES: tuple[Side, ...] = get_args(Side)
SHARP = SampleSettings(blurs=(1,))


def discs(n: int, side: int = 48) -> torch.Tensor:
    y, x = np.mgrid[:side, :side]
    places = np.random.default_rng(0).uniform(16, side - 16, (n, 2))
    radii = np.linspace(6, 11, n)
    made = [(y - a) ** 2 + (x - b) ** 2 < r**2 for (a, b), r in zip(places, radii, strict=True)]
    return torch.from_numpy(np.stack(made)[:, None].astype(np.float32))


M = discs(6)
X = torch.rand(6, 3, 48, 48, generator=torch.Generator().manual_seed(0))
LABELLED = Labelled(X, M)
GUESS = Predicted(X, torch.full_like(M, 0.3))


def groups(
    side: Side,
    labelled: Labelled = LABELLED,
    guesses: tuple[Predicted | None, Predicted | None] = (GUESS, GUESS),
    settings: SampleSettings = SHARP,
) -> dict[str, Shown]:
    draw = (settings, torch.Generator().manual_seed(1))
    return {g.what: g for g in shown_to(side, labelled, *guesses, draw)}


@pytest.mark.parametrize("side", SIDES)
def test_the_exact_mask_is_true_and_so_is_a_pure_one(side: Side) -> None:
    found = groups(side)
    assert [g.what for g in found.values() if g.true] == ["exact", "pure"]
    assert torch.equal(found["exact"].masks, M)
    tight = found["pure"].masks - M
    assert (tight <= 0).all() if side == "foreground" else (tight >= 0).all()
    assert (tight != 0).flatten(1).any(1).all()
    assert "pure" not in groups(side, settings=replace(SHARP, pure=0.0))
    assert (found["exact"].counts == 1).all()
    weights = {k: g.weight for k, g in found.items()}
    assert weights == {
        "exact": 1.0,
        "pure": 1.0,
        "wrong size": 0.6,
        "wrong place": 0.6,
        "on labelled": 0.3,
        "on unlabelled": 0.5,
    }


@pytest.mark.parametrize(("side", "sign"), [("foreground", 1), ("background", -1)])
def test_a_wrong_size_makes_the_cut_out_of_its_critic_impure(side: Side, sign: int) -> None:
    wrong = groups(side)["wrong size"].masks
    assert (sign * (wrong - M) >= 0).all()
    assert (sign * (wrong - M).flatten(1).sum(1) > 0).all()


def test_wrong_sizes_are_dilations_and_erosions_by_each_of_the_kernels() -> None:
    many, draw = M[:1].repeat(60, 1, 1, 1), torch.Generator().manual_seed(0)
    square = [np.ones((k, k), bool) for k in (3, 7)]
    for side, change in (
        ("foreground", ndimage.binary_dilation),
        ("background", ndimage.binary_erosion),
    ):
        found = wrong_size(side, many, (3, 7), draw)  # type: ignore[arg-type]
        wanted = {int(change(M[0, 0].numpy() > 0, s).sum()) for s in square}
        assert set(found.flatten(1).sum(1).int().tolist()) == wanted


@pytest.mark.parametrize("side", SIDES)
def test_a_wrong_place_has_the_area_of_the_right_one(side: Side) -> None:
    wrong = groups(side)["wrong place"].masks
    assert torch.equal(wrong.flatten(1).sum(1), M.flatten(1).sum(1))
    assert not (wrong == M).flatten(1).all(1).any()


def test_wrong_places_are_shifts_deformations_and_masks_of_others() -> None:
    """A shift has the outline it had; what is deformed or grown from another mask has not."""
    many = M.repeat(30, 1, 1, 1)
    wrong = wrong_place(many, torch.Generator().manual_seed(0))

    def outline(mask: torch.Tensor) -> torch.Tensor:
        along_y, along_x = (mask - mask.roll(1, axis) for axis in (-2, -1))
        return along_y.abs().flatten(1).sum(1) + along_x.abs().flatten(1).sum(1)

    same = (outline(wrong) == outline(many)).float().mean()
    assert 0.25 < float(same) < 0.55


@pytest.mark.parametrize("side", SIDES)
def test_a_false_mask_counts_where_its_cut_out_is_impure(side: Side) -> None:
    for what in ("wrong size", "wrong place"):
        group = groups(side)[what]
        differs = group.masks != M
        inside = group.masks > 0 if side == "foreground" else group.masks == 0
        assert torch.equal(group.counts > 0, differs & inside)


def test_as_a_whole_a_false_mask_counts_unless_it_is_hardly_wrong() -> None:
    whole = replace(SHARP, where="whole", most_overlap=0.7)
    group = groups("foreground", settings=whole)["wrong size"]
    share = (group.masks * M).flatten(1).sum(1) / group.masks.flatten(1).sum(1)
    assert 0 < int((share <= 0.7).sum()) < len(M)
    assert torch.equal(group.counts.flatten(1).amin(1) > 0, share <= 0.7)
    assert torch.equal(group.counts.flatten(1).amax(1) > 0, share <= 0.7)


@pytest.mark.parametrize("where", ["impure", "whole"])
@pytest.mark.parametrize("side", SIDES)
def test_an_empty_picture_has_no_wrong_size_and_no_wrong_place(side: Side, where: str) -> None:
    empty = Labelled(X, torch.zeros_like(M))
    found = groups(side, empty, settings=replace(SHARP, where=where))  # type: ignore[arg-type]
    assert float(found["wrong size"].counts.sum()) == 0
    assert float(found["wrong place"].counts.sum()) == 0
    assert (found["exact"].counts == 1).all()


def test_predictions_are_shown_as_they_are_and_get_no_gradient() -> None:
    p = torch.rand_like(M).requires_grad_()
    found = groups("foreground", guesses=(Predicted(X, p), Predicted(X, p)))
    for what in ("on labelled", "on unlabelled"):
        assert torch.equal(found[what].masks, p.detach())
        assert not found[what].masks.requires_grad
    # Of a labelled picture it is known where a prediction is wrong, of an unlabelled one nothing.
    wanted = (p.detach() > 0.5) & (M == 0)
    assert torch.equal(found["on labelled"].counts > 0, wanted)
    assert (found["on unlabelled"].counts == 1).all()


@pytest.mark.parametrize("side", SIDES)
def test_where_nothing_is_known_nothing_counts(side: Side) -> None:
    known = torch.ones_like(M)
    known[..., :20, :] = 0
    found = groups(side, Labelled(X, M, known))
    for what in ("exact", "pure", "wrong size", "wrong place", "on labelled"):
        assert float(found[what].counts[..., :20, :].sum()) == 0
    assert float(found["exact"].counts[..., 20:, :].min()) == 1


def test_true_and_wrong_masks_are_softened_alike() -> None:
    found = softened(M[:1].repeat(90, 1, 1, 1), (1, 3, 5), torch.Generator().manual_seed(0))
    sizes = [ndimage.uniform_filter(M[0, 0].numpy(), k) for k in (1, 3, 5)]
    kinds = [sum(np.allclose(f[0].numpy(), s, atol=1e-6) for f in found) for s in sizes]
    assert sum(kinds) == 90
    assert min(kinds) > 15
    shown = groups("foreground", settings=SampleSettings())
    for what in ("exact", "pure", "wrong size", "wrong place"):
        assert len(shown[what].masks.unique()) > 2


def test_without_predictions_there_are_only_masks() -> None:
    assert set(groups("background", guesses=(None, None))) == {
        "exact",
        "pure",
        "wrong size",
        "wrong place",
    }


@pytest.mark.parametrize(
    ("side", "change"),
    [("foreground", ndimage.minimum_filter), ("background", ndimage.maximum_filter)],
)
def test_the_released_code_takes_the_shrunk_cut_out_for_true(side: Side, change) -> None:  # type: ignore[no-untyped-def]
    true, fake = released_shown_to(side, LABELLED, GUESS)
    wanted = change(M.numpy(), (1, 1, 11, 11), mode="nearest")
    np.testing.assert_array_equal(true.masks.numpy(), wanted)
    assert true.true
    assert not fake.true
    assert torch.equal(fake.masks, GUESS.probabilities)


def test_there_is_no_way_in_for_the_mask_of_an_unlabelled_picture() -> None:
    assert {f.name for f in fields(Predicted)} == {"pixels", "probabilities"}
    # And no mask of a labelled one is ever shown with an unlabelled picture.
    unlabelled = Predicted(1 - X, torch.full_like(M, 0.25))
    for side in SIDES:
        for group in groups(side, guesses=(GUESS, unlabelled)).values():
            if torch.equal(group.pixels, 1 - X):
                assert (group.masks == 0.25).all()
            else:
                assert torch.equal(group.pixels, X)


def test_critics_look_at_one_class() -> None:
    two = Predicted(X, torch.zeros(6, 2, 48, 48))
    with pytest.raises(UsageError, match="predictions have 2 channels"):
        groups("foreground", guesses=(None, two))


def test_draws_come_from_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    one, same = (groups("foreground", settings=SampleSettings()) for _ in range(2))
    assert all(torch.equal(one[k].masks, same[k].masks) for k in one)
    assert torch.equal(torch.random.get_rng_state(), before)
