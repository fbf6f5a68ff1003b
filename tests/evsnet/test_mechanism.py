"""What EVS-Net stands on, tried on painted patches that the critics have never seen.

Two critics learn from eight labelled patches; no network takes part, its predictions are guesses from the colour.
Measured with seeds 0, 1, 2: the share in % of unseen pairs in which the exact mask is preferred to one of the same area
in the wrong place; and P/M after 20 steps from the exact mask, moved by the foreground critic, the background critic and
both.

    what critics learn from              place: foreground   background   both         P/M: seed 0, 1, 2
    the default                          99 82 99            98 95 89     99 95 96     .77 1.55 1.22, .46 1.33 .91, .69 1.38 1.04
    pure = 0                             100 98              98 99        100 99       .76 1.45 1.15, .70 1.07 .82
    where = "whole"                      81 65               89 78        94 88        .64 1.50 1.17, .44 1.35 .73
    the default, four layers             79 75               79 85        80 83        .87 1.42 1.19, .61 1.20 .86
    "whole", pure = 0, four layers       71 68               71 61        77 72        .97 1.11 1.11, .77 .99 .79
    the released formulas, four layers   39 49               62 63        46 61        .89 1.18 .98, .94 1.42 1.21

So critics that call a mask false as a whole remain meters of area in part, and the released one prefers the right place
no more often than chance. A score for every 8 x 8 pixels, false where the cut-out is impure, looks at the picture. True
masks of the pure wrong size give each critic its own direction. How well both balance varies from seed to seed: with seed
0 they do so barely. The tests run with seed 2, and hold with the others. (The last line was measured on patches of the
same kind by another draw, kernel 5, without the margin.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.evsnet.losses import competing_loss, critic_loss
from pathoflow.evsnet.purity import BackgroundPurityCritic, ForegroundPurityCritic, PurityCritic
from pathoflow.evsnet.samples import Labelled, Predicted, SampleSettings, shown_to
from pathoflow.evsnet.wrong_place import deformed, of_another, overlap, shifted
from pathoflow.training.organs import (
    LOCAL_CRITIC,
    Critic,
    CriticShape,
    box_blur,
    dilated,
    eroded,
    hinge_true,
    random_turns,
    turn_each,
)

SIDE, BATCH, STEPS = 48, 8, 300
Image = NDArray[np.float64]


def noise(rng: np.random.Generator, scale: float) -> Image:
    made: Image = 2 * scale * ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), scale)
    return made


def radius(rng: np.random.Generator, sizes: tuple[float, float], around: float) -> Image:
    """Distance from the middle of a wavy ellipse, 1 on its outline; its semi-axes are shares of the side."""
    y, x = np.mgrid[:SIDE, :SIDE]
    cy, cx = SIDE * rng.uniform(0.5 - around, 0.5 + around, 2)
    a, b = SIDE * rng.uniform(*sizes, 2)
    tilt, phase = rng.uniform(0, 2 * np.pi, 2)
    u = (x - cx) * np.cos(tilt) + (y - cy) * np.sin(tilt)
    v = (y - cy) * np.cos(tilt) - (x - cx) * np.sin(tilt)
    made: Image = np.hypot(u / a, v / b) / (1 + 0.12 * np.sin(3 * np.arctan2(v, u) + phase))
    return made


def paint(rng: np.random.Generator) -> tuple[Image, Image]:
    """Tissue with nuclei, vacuoles of the colour of a lumen but without a wall, and one vessel with both."""
    tissue, wall, lumen, nucleus = (
        np.array(c)[:, None, None]
        for c in ((0.80, 0.52, 0.62), (0.72, 0.36, 0.60), (0.95, 0.93, 0.95), (0.45, 0.30, 0.55))
    )
    rgb = tissue + 0.06 * noise(rng, 2) + 0.05 * noise(rng, 5)
    for colour, many, sizes in ((nucleus, 14, (0.02, 0.04)), (lumen, 3, (0.04, 0.07))):
        for _ in range(many):
            rgb = np.where(radius(rng, sizes, 0.5) < 1, colour, rgb)
    r = radius(rng, (0.16, 0.27), 0.2)
    rgb = np.where(r < 1, wall + 0.03 * noise(rng, 1), rgb)
    rgb = np.where(r < 1 - 3 / (0.21 * SIDE), lumen + 0.02 * noise(rng, 1), rgb)
    blurred = ndimage.gaussian_filter(rgb, (0, 1, 1)) * rng.uniform(0.92, 1.08, (3, 1, 1))
    return blurred + rng.normal(0, 0.02, rgb.shape), (r < 1)[None].astype(float)


def patches(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    pixels, masks = zip(*(paint(rng) for _ in range(n)), strict=True)
    return torch.from_numpy(np.stack(pixels)).float(), torch.from_numpy(np.stack(masks)).float()


def guesses(x: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """What a poor network says: all that is bright, vacuoles too, with a margin that is too narrow or too wide."""
    bright = box_blur(x.mean(1, keepdim=True), 3)
    p = torch.sigmoid(30 * (bright - bright.mean((2, 3), keepdim=True) - 0.12))
    margins = torch.randint(5, (len(p),), generator=draw).tolist()
    return torch.cat([dilated(one[None], 2 * k + 1) for one, k in zip(p, margins, strict=True)])


def stained(x: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(len(x), *shape, generator=draw)

    mixed = torch.einsum("nij,njhw->nihw", torch.eye(3) + 0.05 * normal(3, 3), x - 0.5)
    return mixed * (1 + 0.08 * normal(1, 1, 1)) + 0.5 + 0.05 * normal(3, 1, 1)


@dataclass
class Pair:
    foreground: PurityCritic
    background: PurityCritic

    def scores(self, x: torch.Tensor, m: torch.Tensor) -> dict[str, torch.Tensor]:
        """Of every patch what a network would be told, by each critic and by both: scores up to the margin."""
        f, b = (-hinge_true(c(x, m)).flatten(1).mean(1) for c in (self.foreground, self.background))
        return {"foreground": f, "background": b, "both": f + b}


def learned(seed: int, shape: CriticShape, settings: SampleSettings) -> Pair:
    """Critics after a training on eight labelled and 32 other patches."""
    draw = torch.Generator().manual_seed(seed)
    (x, m), (other, _) = patches(8, 100 + seed), patches(32, 200 + seed)
    pair = Pair(
        ForegroundPurityCritic(Critic(shape, draw)), BackgroundPurityCritic(Critic(shape, draw))
    )
    critics = (pair.foreground, pair.background)
    weights = [w for c in critics for w in c.parameters()]
    optimiser = torch.optim.Adam(weights, lr=2e-3, betas=(0.0, 0.9))
    for _ in range(STEPS):
        pick, turns = torch.randint(8, (BATCH,), generator=draw), random_turns(BATCH, draw)
        labelled = Labelled(stained(turn_each(x[pick], turns), draw), turn_each(m[pick], turns))
        pick = torch.randint(32, (BATCH,), generator=draw)
        seen = stained(other[pick], draw)
        on = [Predicted(z, guesses(z, draw)) for z in (labelled.pixels, seen)]
        loss = sum(
            critic_loss(c, shown_to(c.side, labelled, on[0], on[1], (settings, draw)))
            for c in critics
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[union-attr]
        optimiser.step()
    for critic in critics:
        critic.eval().requires_grad_(False)
    return pair


def preferred(pair: Pair, one: torch.Tensor, other: torch.Tensor) -> dict[str, float]:
    """Share of unseen patches on which each critic, and both together, score ``one`` above ``other``."""
    a, b = (pair.scores(UNSEEN, box_blur(m, 3)) for m in (one, other))
    return {who: float((a[who] > b[who]).float().mean()) for who in a}


def displaced(draw: torch.Generator) -> list[torch.Tensor]:
    """The masks of the unseen patches moved in three ways, their areas kept."""
    n = len(EXACT)
    ways = (
        [shifted(m, draw) for m in EXACT],
        [deformed(m, draw) for m in EXACT],
        [of_another(EXACT[i], EXACT[(i + 1) % n], draw) for i in range(n)],
    )
    return [torch.stack(way) for way in ways]


def preferred_place(pair: Pair) -> dict[str, float]:
    """Share of clearly displaced masks below which the exact one scores higher, over all three ways."""
    won: dict[str, list[torch.Tensor]] = {}
    exact = pair.scores(UNSEEN, box_blur(EXACT, 3))
    for masks in displaced(torch.Generator().manual_seed(5)):
        clear = overlap(masks, EXACT) < 0.8
        moved = pair.scores(UNSEEN, box_blur(masks, 3))
        for who, scores in moved.items():
            won.setdefault(who, []).append((exact[who] > scores)[clear])
    return {who: float(torch.cat(parts).float().mean()) for who, parts in won.items()}


def settled(critics: list[PurityCritic], start: torch.Tensor) -> float:
    """P/M after 20 steps in which critics alone move the logits of 8 unseen masks, by at most 1 a step."""
    x = UNSEEN[: len(start)]
    z = torch.logit(box_blur(start, 7).clamp(0.02, 0.98)).requires_grad_()
    for _ in range(20):
        (slope,) = torch.autograd.grad(competing_loss(critics, x, torch.sigmoid(z)), z)
        with torch.no_grad():
            z -= slope / slope.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12)
    return area_ratio(z > 0)


def area_ratio(masks: torch.Tensor) -> float:
    """P/M: mean over the first unseen patches of predicted by true area."""
    predicted, true = ((m > 0.5).flatten(1).sum(1) for m in (masks, EXACT[: len(masks)]))
    return float((predicted / true).mean())


UNSEEN, EXACT = patches(32, 999)


@pytest.fixture(scope="module")
def pair() -> Pair:
    return learned(2, LOCAL_CRITIC, SampleSettings())


def test_each_critic_ranks_an_exact_mask_above_one_whose_cut_out_is_impure(pair: Pair) -> None:
    for kernel in (5, 9):
        assert preferred(pair, EXACT, dilated(EXACT, kernel))["foreground"] > 0.9
        assert preferred(pair, EXACT, eroded(EXACT, kernel))["background"] > 0.9


def test_the_other_wrong_size_is_left_to_the_other_critic(pair: Pair) -> None:
    """Too tight a vessel is pure, and so is too tight a background: neither alone finds the edge."""
    assert preferred(pair, EXACT, eroded(EXACT, 5))["foreground"] < 0.5
    assert preferred(pair, EXACT, dilated(EXACT, 5))["background"] < 0.5
    for wrong in (dilated(EXACT, 9), eroded(EXACT, 9)):
        assert preferred(pair, EXACT, wrong)["both"] > 0.6


def test_an_exact_mask_is_ranked_above_one_of_the_same_area_in_the_wrong_place(pair: Pair) -> None:
    for masks in displaced(torch.Generator().manual_seed(5)):
        assert torch.equal(masks.flatten(1).sum(1), EXACT.flatten(1).sum(1))
    shares = preferred_place(pair)
    assert shares["both"] >= 0.85
    assert shares["foreground"] > 0.7
    assert shares["background"] > 0.7


def test_alone_each_critic_moves_the_edge_its_own_way_and_both_leave_it_where_it_is(
    pair: Pair,
) -> None:
    exact = EXACT[:8]
    inwards = settled([pair.foreground], exact)
    outwards = settled([pair.background], exact)
    both = settled([pair.foreground, pair.background], exact)
    assert inwards < 0.9
    assert outwards > 1.1
    assert abs(both - 1) < min(1 - inwards, outwards - 1)


def test_both_together_move_a_wrong_edge_towards_the_right_one(pair: Pair) -> None:
    for wrong in (dilated(EXACT[:8], 5), eroded(EXACT[:8], 5)):
        after = settled([pair.foreground, pair.background], wrong)
        assert abs(after - 1) < abs(area_ratio(wrong) - 1)


@pytest.mark.parametrize(("side", "sign"), [("foreground", -1), ("background", 1)])
def test_on_a_wrong_rim_the_gradient_points_to_the_true_edge(
    pair: Pair, side: str, sign: int
) -> None:
    """Background within a dilated mask lowers the foreground critic's score, vessel left out the other's."""
    change = dilated if side == "foreground" else eroded
    m = change(EXACT, 5).requires_grad_()
    (slope,) = torch.autograd.grad(pair.scores(UNSEEN, m)[side].sum(), m)
    rim = (m.detach() != EXACT).float()
    assert float((sign * (slope * rim).flatten(1).sum(1) > 0).float().mean()) > 0.9
