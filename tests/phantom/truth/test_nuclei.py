from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage as ndi
from scipy.spatial import cKDTree

from pathoflow.phantom import (
    CellKind,
    PhantomSpec,
    Plan,
    TrueNuclei,
    Truth,
    nuclei_in,
    paint,
    plan_slide,
)
from pathoflow.phantom.painter.necrosis import dead
from pathoflow.space import Box, Frame, Size

LEVEL0 = Frame(1.0, 1.0)
#: Seed, family and background of slides at half a µm per pixel.
SLIDES = [(5, "train", "fibrosis"), (6, "test", "cirrhosis"), (8, "train", "normal")]


def draw(seed: int, family: str, background: str) -> Plan:
    size = (5000, 5000)
    spec = PhantomSpec(seed, size, 0.5, family, mvi_vessels=4, background=background)  # type: ignore[arg-type]
    return plan_slide(spec)


@pytest.fixture(scope="module", params=SLIDES, ids=lambda slide: f"{slide[1]}-{slide[2]}")
def slide(request: pytest.FixtureRequest) -> Plan:
    return draw(*request.param)


def boxes(plan: Plan, side: int = 260) -> list[Box]:
    """Around every vein of some kind, one with tumour first, and on the tumour's border."""
    vessels = sorted(plan.vessels, key=lambda vessel: not vessel.is_mvi)
    centres = [vessel.outer.centre_um for vessel in vessels]
    corners = [(c.y, c.x) for c in centres[:2] + centres[-2:]]
    if plan.tissue.tumour is not None:
        corners += [tuple(row) for row in plan.tissue.tumour.polygon_um()[[90, 450]]]
    mpp = plan.spec.mpp
    found = [
        Box(int(y / mpp) - side // 2, int(x / mpp) - side // 2, side, side) for y, x in corners
    ]
    return [box for box in found if plan.size.box().contains(box)]


def darkness(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Optical density of red light, which haematoxylin takes and eosin and blood hardly do."""
    return np.asarray(-np.log10((pixels[..., 0] + 1.0) / 256), np.float64)


@pytest.fixture(scope="module")
def views(slide: Plan) -> list[tuple[Box, NDArray[np.float64]]]:
    """Boxes and how dark they are painted."""
    return [(box, darkness(paint(slide, box))) for box in boxes(slide)]


def test_a_box_has_the_nuclei_of_its_pieces(slide: Plan) -> None:
    whole = boxes(slide)[0]
    found = nuclei_in(slide, whole, LEVEL0)
    parts = [nuclei_in(slide, piece, LEVEL0) for piece in whole.pieces(Size(97, 111))]
    places = np.concatenate([part.places_px for part in parts])
    kinds = np.concatenate([part.kinds for part in parts])
    order = np.lexsort((places[:, 1], places[:, 0]))
    assert len(found) > 10
    assert np.array_equal(found.places_px, places[order])
    assert np.array_equal(found.kinds, kinds[order])


def test_a_coarser_frame_has_the_same_nuclei_at_scaled_places(slide: Plan) -> None:
    box = Box(1000, 1200, 240, 240)
    fine = nuclei_in(slide, box, LEVEL0)
    coarse = nuclei_in(slide, Box(250, 300, 60, 60), Frame(4.0, 4.0))
    assert np.allclose(coarse.places_px * 4, fine.places_px)
    assert np.array_equal(coarse.kinds, fine.kinds)


def test_planned_tumour_cells_of_veins_are_listed_and_no_others_lie_there(slide: Plan) -> None:
    truth = Truth(slide)
    planned, listed, strays = 0, 0, 0
    for vessel in slide.vessels:
        cells = [c for c in vessel.contents.cells if c.kind is CellKind.TUMOUR]
        if not vessel.is_mvi:
            continue
        e = vessel.extent_um
        box = Box.spanning(*(int(v / 0.5) for v in (e.top, e.left, e.bottom, e.right)))
        found = nuclei_in(slide, box, LEVEL0).of(CellKind.TUMOUR)
        lumen = truth.lumen_labels(box, LEVEL0) == vessel.index + 1
        y, x = np.floor(found).astype(int).T
        found = found[lumen[y - box.top, x - box.left]]
        places = np.concatenate([np.stack([c.y_um, c.x_um], axis=1) / 0.5 for c in cells])
        planned += len(places)
        away = cKDTree(places).query(found)[0]
        listed += int((away < 1e-6).sum())
        strays += int((away >= 1e-6).sum())
    assert planned > 20
    assert strays == 0
    assert listed >= 0.97 * planned


#: What is listed and dark; red cells are not.
DARK = [kind for kind in CellKind if kind not in (CellKind.RED_CELL, CellKind.FAT)]


def test_listed_nuclei_are_dark_where_they_are_said_to_be(
    slide: Plan, views: list[tuple[Box, NDArray[np.float64]]]
) -> None:
    dark = total = 0
    for box, painted in views:
        density = ndi.uniform_filter(painted, 3)
        places = nuclei_in(slide, box, LEVEL0).of(*DARK) - [box.top, box.left]
        y, x = places.astype(int).T
        # Halfway between the tissue round about and the darkest ink there.
        bound = 0.5 * (ndi.uniform_filter(density, 61) + np.quantile(density, 0.99))
        dark += int((density[y, x] > 0.75 * bound[y, x]).sum())
        total += len(places)
    assert total > 150
    assert dark >= 0.95 * total


def test_few_dark_blobs_are_unlisted(
    slide: Plan, views: list[tuple[Box, NDArray[np.float64]]]
) -> None:
    unlisted = total = 0
    for box, painted in views:
        density = ndi.gaussian_filter(painted, 1.0)
        bound = 0.5 * (np.quantile(density, 0.5) + np.quantile(density, 0.99))
        blobs, number = ndi.label(density > bound)
        sizes = ndi.sum_labels(np.ones_like(density), blobs, np.arange(1, number + 1))
        listed = nuclei_in(slide, box.grow(12), LEVEL0).places_px - [box.top, box.left]
        y, x = np.floor(listed).astype(int).clip(0, box.height - 1).T
        named = set(np.unique(ndi.grey_dilation(blobs, size=5)[y, x]).tolist())
        # 10 µm² at half a µm per pixel.
        large = {k + 1 for k in np.flatnonzero(sizes >= 40).tolist()}
        total += len(large)
        unlisted += len(large - named)
    assert total > 100
    assert unlisted <= 0.04 * total


def test_nothing_is_listed_under_a_vessel_s_wall_or_in_its_empty_lumen(slide: Plan) -> None:
    truth = Truth(slide)
    for box in boxes(slide):
        labels = truth.vessel_labels(box, LEVEL0)
        foreign = nuclei_in(slide, box, LEVEL0).of(CellKind.HEPATOCYTE, CellKind.DUCT)
        y, x = np.floor(foreign).astype(int).T
        under = labels[y - box.top, x - box.left]
        for index in np.unique(under[under > 0]).astype(int) - 1:
            assert slide.vessels[index].contents.name == "hepatocytes"


def test_glass_has_no_nuclei(slide: Plan) -> None:
    assert len(nuclei_in(slide, Box(0, 0, 100, 100), LEVEL0)) == 0
    beyond = nuclei_in(slide, Box(-300, -300, 200, 200), LEVEL0)
    assert beyond.places_px.shape == (0, 2)


def test_dead_tumour_has_no_nuclei_but_dust() -> None:
    plan = draw(6, "test", "cirrhosis")
    mass = plan.tissue.tumour
    assert mass is not None
    assert plan.tissue.decay.necrosis > 0
    y, x = np.meshgrid(*[np.arange(0, 2500, 20.0)] * 2, indexing="ij")
    gone = dead(plan, y, x)
    at = np.unravel_index(int(np.argmax(gone)), gone.shape)
    box = Box(int(y[at] * 2) - 100, int(x[at] * 2) - 100, 200, 200)
    places = nuclei_in(plan, box, LEVEL0).of(CellKind.TUMOUR)
    # More than 0.26 dead is more than half covered; in a dead field it is 1.
    assert gone[at] == pytest.approx(1)
    if len(places):
        assert dead(plan, places[:, 0] * 0.5, places[:, 1] * 0.5).max() < 0.32


def test_kinds_are_asked_by_name() -> None:
    nuclei = TrueNuclei(np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([1, 6, 1], np.uint8))
    assert nuclei.of(CellKind.TUMOUR).tolist() == [[1, 2], [5, 6]]
    assert len(nuclei.of(CellKind.RED_CELL, CellKind.TUMOUR)) == len(nuclei) == 3
