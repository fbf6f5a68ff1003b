from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from pathoflow.phantom import (
    CellKind,
    PhantomSpec,
    Truth,
    duct_mask,
    lumen_mask,
    necrosis_mask,
    nuclei_in,
    plan_slide,
    stroma_mask,
    training_patch,
)
from pathoflow.space import Box, Frame, Size

#: 2 µm per pixel on slides of 0.5.
FRAME = Frame(4.0, 4.0)
MASKS: list[Callable[[Truth, Box, Frame], NDArray[np.bool_]]] = [
    lumen_mask,
    necrosis_mask,
    duct_mask,
    stroma_mask,
]


def truth_of(seed: int, family: str, background: str, **more: object) -> Truth:
    spec = PhantomSpec(seed, (3600, 3600), 0.5, family, background=background, **more)  # type: ignore[arg-type]
    return Truth(plan_slide(spec))


@pytest.fixture(scope="module")
def cirrhotic() -> Truth:
    return truth_of(6, "test", "cirrhosis", mvi_vessels=3)


@pytest.fixture(scope="module")
def normal() -> Truth:
    return truth_of(8, "train", "normal", mvi_vessels=3)


def whole(truth: Truth) -> Box:
    return FRAME.size(truth.plan.size).box()


def holds(shape: BaseGeometry, box: Box) -> NDArray[np.bool_]:
    """Whether pixel centres lie in a level-0 shape, asked of shapely."""
    y, x = np.mgrid[box.top : box.bottom, box.left : box.right] + 0.5
    return np.asarray(shapely.contains_xy(shape, x * 4, y * 4))


@pytest.mark.parametrize("mask", MASKS)
def test_a_part_is_that_part_of_the_whole(
    cirrhotic: Truth, mask: Callable[[Truth, Box, Frame], NDArray[np.bool_]]
) -> None:
    box = whole(cirrhotic)
    found = mask(cirrhotic, box, FRAME)
    assert found.any()
    for piece in box.pieces(Size(373, 411)):
        assert np.array_equal(mask(cirrhotic, piece, FRAME), found[piece.within(box).slices])


def test_lumens_are_the_labelled_ones(normal: Truth) -> None:
    box = whole(normal)
    assert np.array_equal(lumen_mask(normal, box, FRAME), normal.lumen_labels(box, FRAME) > 0)


def test_without_a_tumour_stroma_is_tracts_without_vessels_and_ducts() -> None:
    truth = truth_of(3, "train", "normal", tumour=False, vessels=30)
    box, plan = whole(truth), truth.plan
    ducts = shapely.union_all([truth.polygon(d.outer) for t in plan.tracts for d in t.ducts])
    fibrous = shapely.union_all([truth.polygon(tract.stroma) for tract in plan.tracts])
    holes = shapely.union_all([o for kind, o in truth.artefacts if kind in ("tear", "dropout")])
    spared = shapely.union_all([*truth.walls, holes])
    expected = fibrous.difference(ducts).difference(spared).intersection(truth.tissue)
    assert np.array_equal(stroma_mask(truth, box, FRAME), holds(expected, box))
    assert np.array_equal(
        duct_mask(truth, box, FRAME),
        holds(ducts.difference(spared).intersection(truth.tissue), box),
    )
    assert expected.area > 0 < ducts.area
    assert not necrosis_mask(truth, box, FRAME).any()


def test_the_coat_of_the_mass_is_stroma_but_for_vessels_ducts_and_slits(normal: Truth) -> None:
    box = whole(normal)
    coat = normal.capsule_mask(box, FRAME)
    other = normal.vessel_mask(box, FRAME) | normal.hole_mask(box, FRAME)
    other |= duct_mask(normal, box, FRAME)
    assert (coat & ~other).sum() > 1000
    assert stroma_mask(normal, box, FRAME)[coat & ~other].all()


def test_scar_of_a_cirrhotic_liver_is_stroma_and_tumour_is_not(cirrhotic: Truth) -> None:
    box = whole(cirrhotic)
    tumour, stroma = cirrhotic.tumour_mask(box, FRAME), stroma_mask(cirrhotic, box, FRAME)
    assert cirrhotic.plan.tissue.decay.septa_um == 0
    assert not (stroma & tumour & ~cirrhotic.capsule_mask(box, FRAME)).any()
    tracts = shapely.union_all([cirrhotic.polygon(t.stroma) for t in cirrhotic.plan.tracts])
    scar = stroma & ~cirrhotic.capsule_mask(box, FRAME) & ~holds(tracts, box)
    assert scar.sum() > 2000


def test_classes_that_exclude_each_other_do(cirrhotic: Truth, normal: Truth) -> None:
    for truth in (cirrhotic, normal):
        box = whole(truth)
        found = [mask(truth, box, FRAME) for mask in MASKS]
        assert np.sum(found, axis=0).max() == 1
        assert not (found[3] & truth.vessel_mask(box, FRAME)).any()
        assert not (found[1] & ~truth.mass_mask(box, FRAME)).any()
        assert truth.tissue_mask(box, FRAME)[found[3] | found[1] | found[2]].all()


@pytest.mark.parametrize("name", ["cirrhotic", "normal"])
def test_necrosis_is_pink_and_almost_without_living_nuclei(
    name: str, request: pytest.FixtureRequest
) -> None:
    truth: Truth = request.getfixturevalue(name)
    necrosis = necrosis_mask(truth, whole(truth), FRAME)
    y, x = np.nonzero(necrosis)
    box = Box(int(np.median(y)) - 60, int(np.median(x)) - 60, 120, 120)
    here = necrosis[box.slices]
    living = truth.tumour_mask(box, FRAME) & ~stroma_mask(truth, box, FRAME)
    living &= ~(here | truth.vessel_mask(box, FRAME) | truth.hole_mask(box, FRAME))
    places = np.floor(nuclei_in(truth.plan, box, FRAME).of(CellKind.TUMOUR)).astype(int)
    at = places - [box.top, box.left]
    density = {
        said: mask[at[:, 0], at[:, 1]].sum() / mask.sum()
        for said, mask in (("dead", here), ("living", living))
    }
    assert density["dead"] < 0.05 * density["living"]
    pixels = training_patch(truth.plan, FRAME, box).astype(float)
    # Red over blue: eosin where nuclei have gone.
    redness = pixels[..., 0] - pixels[..., 2]
    assert redness[here].mean() > redness[living].mean() + 10


def test_ducts_hold_the_nuclei_of_ducts(normal: Truth) -> None:
    """In a normal liver there are no rows of ductules along scars."""
    inside = total = 0
    for tract in normal.plan.tracts:
        for duct in tract.ducts:
            centre, reach = duct.outer.centre_um, int(duct.outer.reach_um / 2) + 4
            box = Box(int(centre.y / 2), int(centre.x / 2), 1, 1).grow(reach)
            places = np.floor(nuclei_in(normal.plan, box, FRAME).of(CellKind.DUCT)).astype(int)
            at = places - [box.top, box.left]
            inside += duct_mask(normal, box, FRAME)[at[:, 0], at[:, 1]].sum()
            total += len(places)
    assert total > 15
    assert inside >= 0.97 * total
