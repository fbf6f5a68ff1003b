from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom.plan.artefact import (
    Artefact,
    BlurDisc,
    Bubble,
    Dropout,
    Dust,
    Fold,
    PenLine,
)
from pathoflow.phantom.plan.artefacts import plan_artefacts
from pathoflow.phantom.plan.tissue import TissuePlan, plan_tissue
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.recipe.spec import PEN_COLOURS, Artefacts, PhantomSpec
from pathoflow.phantom.shapes.stroke import Stroke

EVERY = Artefacts(PEN_COLOURS, folds=3, bubbles=4, blurs=5, dust=20, tears=0, dropouts=6)
SPEC = PhantomSpec(seed=3, size_px=(20_000, 24_000), mpp=0.5, family="test", artefacts=EVERY)


@pytest.fixture(scope="module")
def tissue() -> TissuePlan:
    return plan_tissue(SPEC, np.random.default_rng(1))


@pytest.fixture(scope="module")
def found(tissue: TissuePlan) -> tuple[Artefact, ...]:
    many = [plan_artefacts(SPEC, tissue, np.random.default_rng(seed)) for seed in range(6)]
    return tuple(artefact for each in many for artefact in each)


def test_the_recipe_gets_what_it_asks_for(found: tuple[Artefact, ...]) -> None:
    count = Counter(artefact.kind for artefact in found)
    expected = {"pen": 4, "fold": 3, "bubble": 4, "blur": 5, "dust": 20, "dropout": 6}
    assert count == {kind: 6 * number for kind, number in expected.items()}
    pens = Counter(artefact.colour for artefact in found if artefact.kind == "pen")
    assert pens == dict.fromkeys(PEN_COLOURS, 6)


def test_a_clean_slide_has_none(tissue: TissuePlan) -> None:
    for family in ("train", "test", "stress"):
        spec = replace(SPEC, family=family, artefacts=Artefacts.none())
        assert plan_artefacts(spec, tissue, np.random.default_rng(0)) == ()


def test_what_the_recipe_leaves_open_comes_at_the_rates_of_the_family(tissue: TissuePlan) -> None:
    spec = replace(SPEC, family="stress", artefacts=Artefacts())
    runs = 50
    count = Counter(
        artefact.kind
        for seed in range(runs)
        for artefact in plan_artefacts(spec, tissue, np.random.default_rng(seed))
    )
    rates = FAMILIES["stress"].artefacts
    area = sum(piece.area_um2 for piece in tissue.pieces) / 1e6
    wanted = {
        "pen": rates.pen,
        "fold": rates.folds,
        "bubble": rates.bubbles,
        "blur": rates.blurs,
        "dust": rates.dust_per_mm2 * area,
        "dropout": rates.dropouts,
    }
    for kind, mean in wanted.items():
        # Four standard deviations of a Poisson mean.
        assert count[kind] / runs == pytest.approx(mean, abs=4 * (mean / runs) ** 0.5), kind  # type: ignore[index]


def test_asking_for_more_of_one_kind_leaves_the_others(tissue: TissuePlan) -> None:
    more = replace(SPEC, artefacts=replace(EVERY, folds=9))
    first = plan_artefacts(SPEC, tissue, np.random.default_rng(8))
    second = plan_artefacts(more, tissue, np.random.default_rng(8))
    for kind in ("pen", "bubble", "dust", "dropout"):
        a, b = ([x.extent_um for x in every if x.kind == kind] for every in (first, second))
        assert a == b


def test_sizes_are_those_of_real_artefacts(found: tuple[Artefact, ...]) -> None:
    for artefact in found:
        match artefact:
            case PenLine():
                assert 200 <= artefact.shape.half_um.min() <= artefact.shape.half_um.max() <= 750
            case Fold():
                assert 30 <= 2 * artefact.shape.half_um.max() <= 150
                assert np.hypot(*artefact.shift_um) > 2 * artefact.shape.half_um.max()
            case Bubble():
                across = 2 * np.sqrt(artefact.polygon_um().area / np.pi)
                assert 180 <= across <= 2100
            case BlurDisc():
                assert 2 <= artefact.defocus_um <= 6
                assert 350 <= 2 * np.sqrt(artefact.polygon_um().area / np.pi) <= 3000
            case Dust():
                assert artefact.soft_um <= 7
            case _:
                assert artefact.kind == "dropout"


def test_folds_lie_on_tissue(found: tuple[Artefact, ...], tissue: TissuePlan) -> None:
    for fold in found:
        if isinstance(fold, Fold):
            assert fold.shape.length_um > 300
            assert (tissue.tissue_distance(*fold.shape.points_um.T) < 0).all()


def test_pens_go_round_the_tumour_or_over_the_margin(
    found: tuple[Artefact, ...], tissue: TissuePlan
) -> None:
    assert tissue.tumour is not None
    rings = 0
    for pen in found:
        if not isinstance(pen, PenLine):
            continue
        to_tumour = tissue.tumour.signed_distance(*pen.shape.points_um.T)
        turn = np.unwrap(
            np.arctan2(
                *(pen.shape.points_um - [tissue.tumour.centre_um.y, tissue.tumour.centre_um.x]).T
            )
        )
        if abs(turn[-1] - turn[0]) > 5.5:
            rings += 1
            assert to_tumour.min() > -150
        else:
            depth = tissue.tissue_distance(*pen.shape.points_um.T)
            assert depth.min() < 0
    assert 6 <= rings <= 22


def test_lost_tiles_lie_on_one_grid_per_slide(tissue: TissuePlan) -> None:
    for seed in range(5):
        lost = [
            a
            for a in plan_artefacts(SPEC, tissue, np.random.default_rng(seed))
            if isinstance(a, Dropout)
        ]
        sides = {round(a.shape.side_um / SPEC.mpp) for a in lost}
        assert len(sides) == 1
        (side,) = sides
        assert side in (256, 512)
        for corner in ("top_um", "left_um"):
            assert len({round(getattr(a.shape, corner) / SPEC.mpp) % side for a in lost}) == 1


def test_everything_shrinks_with_a_small_slide() -> None:
    spec = replace(SPEC, size_px=(1500, 1500), mpp=1.0)
    small = plan_tissue(spec, np.random.default_rng(0))
    for artefact in plan_artefacts(spec, small, np.random.default_rng(0)):
        e = artefact.extent_um
        if not isinstance(artefact.shape, Stroke):
            assert max(e.bottom - e.top, e.right - e.left) < 800
        assert artefact.polygon_um().is_valid
