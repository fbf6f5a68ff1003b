from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pathoflow.errors import UsageError
from pathoflow.training.organs import LabelledPatches, paste_foregrounds


def labelled(n: int, grey: float, squares: bool, side: int = 24) -> LabelledPatches:
    """Patches of one grey, with a square of 6 px in the middle of a corner if asked for."""
    pixels, masks = torch.full((n, 3, side, side), grey), torch.zeros(n, 1, side, side)
    if squares:
        masks[..., 9:15, 9:15] = 1
        pixels = pixels + masks * 0.5
    return LabelledPatches(pixels, masks, torch.ones(n, 1, side, side))


def test_what_is_pasted_brings_its_mask_and_its_pixels() -> None:
    source, target = labelled(40, 0.2, squares=True), labelled(40, 0.9, squares=False)
    pasted = paste_foregrounds(source, target, torch.Generator().manual_seed(0), seam_px=1)
    areas = pasted.masks.flatten(1).sum(1)
    # A square of 36 px; shifts by up to 12 px cut some of it off, and move it each time elsewhere.
    assert float(areas.max()) == 36
    assert (areas > 0).all()
    assert len({tuple(m.flatten().tolist()) for m in pasted.masks}) > 30
    wanted = torch.where(pasted.masks > 0, 0.7, 0.9).expand_as(pasted.pixels)
    torch.testing.assert_close(pasted.pixels, wanted)
    assert (pasted.known == 1).all()


def test_the_seam_goes_over_gradually_and_takes_nothing_from_around_the_foreground() -> None:
    source, target = labelled(1, 0.2, squares=True), labelled(1, 0.9, squares=False)
    pasted = paste_foregrounds(source, target, torch.Generator().manual_seed(3), seam_px=3)
    inside = pasted.masks[0, 0] > 0
    values = pasted.pixels[0, 0]
    assert (values[~inside] == target.pixels[0, 0][~inside]).all()
    # Between the two greys, and pure in the middle.
    assert (values[inside] > 0.7 - 1e-6).all()
    assert (values[inside] < 0.9).all()
    assert float(values[inside].min()) == pytest.approx(0.7)


def test_labels_of_the_target_stay_and_what_was_unknown_stays_unknown() -> None:
    source, target = labelled(30, 0.2, squares=True), labelled(30, 0.9, squares=True)
    known = target.known.clone()
    known[..., :8, :] = 0
    pasted = paste_foregrounds(
        source, replace(target, known=known), torch.Generator().manual_seed(0)
    )
    assert (pasted.masks >= target.masks).all()
    newly_known = (pasted.known > 0) & (known == 0)
    assert newly_known.any()
    assert (pasted.masks[newly_known] == 1).all()
    assert (pasted.known >= known).all()


def test_foreground_that_is_not_known_is_not_pasted() -> None:
    source, target = labelled(5, 0.2, squares=True), labelled(5, 0.9, squares=False)
    blind = replace(source, known=torch.zeros_like(source.known))
    pasted = paste_foregrounds(blind, target, torch.Generator().manual_seed(0))
    assert torch.equal(pasted.pixels, target.pixels)
    assert torch.equal(pasted.masks, target.masks)


def test_every_class_is_foreground() -> None:
    source, target = labelled(2, 0.2, squares=True), labelled(2, 0.9, squares=False)
    two = [
        replace(p, masks=torch.cat([torch.zeros_like(p.masks), p.masks], 1))
        for p in (source, target)
    ]
    pasted = paste_foregrounds(two[0], two[1], torch.Generator().manual_seed(0))
    assert float(pasted.masks[:, 0].sum()) == 0
    assert float(pasted.masks[:, 1].sum()) > 0


def test_a_patch_without_labels_is_no_target() -> None:
    source, target = labelled(3, 0.2, squares=True), labelled(3, 0.9, squares=False)
    known = target.known.clone()
    known[1] = 0
    with pytest.raises(UsageError, match="patch 1 of the targets has no label"):
        paste_foregrounds(source, replace(target, known=known), torch.Generator())


def test_source_and_target_must_fit() -> None:
    with pytest.raises(UsageError, match="do not fit onto patches"):
        paste_foregrounds(labelled(2, 0, True), labelled(3, 0, True), torch.Generator())
