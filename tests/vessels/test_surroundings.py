"""Made-up tracts on a map of 2 µm per pixel; the slide's level 0 has 0.5 µm."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from shapely import Point as Spot
from shapely import Polygon, affinity

from pathoflow.space import Box, Frame, Mpp, Point
from pathoflow.vessels import Vessel
from pathoflow.vessels.surroundings import Neighbourhood, Surroundings, SurroundingsSettings

FRAME, SLIDE = Frame(4.0, 4.0), Mpp.square(0.5)
SIDE = 512


def vessel(y_um: float, x_um: float, radius_um: float) -> Vessel:
    disc = affinity.scale(Spot(x_um, y_um).buffer(radius_um), 2, 2, origin=(0, 0))
    left, top, right, bottom = (int(v) for v in disc.bounds)
    return Vessel(
        "id", 1, disc, Point(2 * y_um, 2 * x_um), Box.spanning(top, left, bottom, right),
        3.14 * radius_um**2, 2 * radius_um, 0.9, False,
    )  # fmt: skip


def disc(y_um: float, x_um: float, radius_um: float) -> np.ndarray:
    rows, columns = (np.mgrid[:SIDE, :SIDE] + 0.5) * 2
    return (rows - y_um) ** 2 + (columns - x_um) ** 2 <= radius_um**2


def looked(
    in_memory: type,
    vessels: list[Vessel],
    settings: SurroundingsSettings | None = None,
    **maps: np.ndarray,
) -> list[Surroundings]:
    stored = {
        name: SimpleNamespace(
            pyramid=in_memory(np.where(mask, 255, 0).astype(np.uint8), 3), frame=FRAME
        )
        for name, mask in maps.items()
    }
    look = Neighbourhood(vessels, stored, SLIDE, settings or SurroundingsSettings()).look()
    by_place = {at: around for at, _, around in look}
    return [by_place[at] for at in range(len(vessels))]


def test_a_duct_and_a_vessel_in_the_same_stroma_are_companions(in_memory: type) -> None:
    vein, artery = vessel(500, 500, 40), vessel(500, 580, 20)
    duct = disc(500, 425, 15)
    stroma = disc(500, 500, 130) & ~duct & ~disc(500, 500, 40) & ~disc(500, 580, 20)
    first, second = looked(in_memory, [vein, artery], stroma=stroma, duct=duct)
    assert first.n_ducts == 1
    # From the vein's wall at 460 to the duct's at 440.
    assert first.duct_um == pytest.approx(20, abs=2.5)
    assert first.neighbours == (1,)
    assert first.stroma_share == 1.0
    assert second.neighbours == (0,)
    # From 560 over the vein's far side to 440.
    assert second.n_ducts == 0


def test_what_lies_near_but_in_other_stroma_is_no_companion(in_memory: type) -> None:
    vein, other = vessel(500, 500, 40), vessel(500, 620, 20)
    duct = disc(500, 400, 15)
    # Two islands of stroma, round the duct and round the other vessel; the vein lies among liver cells.
    stroma = (disc(500, 400, 30) & ~duct) | disc(500, 620, 40)
    (first, _) = looked(in_memory, [vein, other], stroma=stroma, duct=duct)
    assert (first.n_ducts, first.duct_um, first.neighbours) == (0, None, ())
    assert first.stroma_share == 0.0


def test_what_lies_too_far_is_no_companion_even_in_the_same_stroma(in_memory: type) -> None:
    vein = vessel(500, 300, 40)
    duct = disc(500, 470, 15)
    (found,) = looked(in_memory, [vein], stroma=disc(500, 400, 250) & ~duct, duct=duct)
    # From 340 to 455 are 115 µm.
    assert found.n_ducts == 0
    wide = SurroundingsSettings(near_um=150)
    (found,) = looked(in_memory, [vein], wide, stroma=disc(500, 400, 250) & ~duct, duct=duct)
    assert found.n_ducts == 1
    assert found.duct_um == pytest.approx(115, abs=2.5)


def test_specks_of_the_duct_map_are_no_ducts(in_memory: type) -> None:
    duct = disc(500, 430, 15) | disc(430, 500, 4)
    (found,) = looked(in_memory, [vessel(500, 500, 40)], stroma=disc(500, 500, 130), duct=duct)
    assert found.n_ducts == 1


def test_half_a_ring_of_stroma_is_half(in_memory: type) -> None:
    half = np.zeros((SIDE, SIDE), bool)
    half[:250] = True
    (found,) = looked(in_memory, [vessel(500, 500, 60)], stroma=half)
    assert found.stroma_share == pytest.approx(0.5, abs=0.02)
    assert found.n_ducts is None


def test_what_no_map_tells_is_unknown(in_memory: type) -> None:
    assert looked(in_memory, [vessel(500, 500, 40)]) == [Surroundings()]
    # Ducts alone: nobody knows which stroma they lie in.
    assert looked(in_memory, [vessel(500, 500, 40)], duct=disc(500, 430, 15)) == [Surroundings()]
    only_lumen = looked(in_memory, [vessel(500, 500, 40)], lumen=disc(500, 500, 30))
    assert only_lumen == [Surroundings()]


def test_a_large_vessel_on_a_coarser_level_sees_the_same(in_memory: type) -> None:
    duct = disc(500, 170, 30)
    stroma = disc(500, 500, 450) & ~duct
    large = vessel(500, 500, 260)
    fine, coarse = (
        looked(
            in_memory, [large], SurroundingsSettings(max_window_px=px), stroma=stroma, duct=duct
        )[0]
        for px in (1_000_000, 30_000)
    )
    assert fine.n_ducts == coarse.n_ducts == 1
    assert coarse.duct_um == pytest.approx(fine.duct_um, abs=8)
    assert coarse.stroma_share == pytest.approx(fine.stroma_share, abs=0.05)


def test_the_lumen_map_under_a_vessel_holds_all_of_it(in_memory: type) -> None:
    lumen = np.where(disc(500, 500, 30), 255, 0).astype(np.uint8)
    maps = {"lumen": SimpleNamespace(pyramid=in_memory(lumen), frame=FRAME)}
    ((at, patch, _),) = Neighbourhood(
        [vessel(500, 500, 40)], maps, SLIDE, SurroundingsSettings()
    ).look()
    assert at == 0
    assert patch is not None
    assert patch.values.sum() == lumen.sum()
    assert patch.values.shape == patch.box.size.shape


def test_vessels_of_no_pixel_are_passed_over(in_memory: type) -> None:
    thin = vessel(500, 500, 40)
    sliver = Polygon([(1000.1, 1000.1), (1000.2, 1000.1), (1000.2, 1000.2)])
    from dataclasses import replace

    (found,) = looked(in_memory, [replace(thin, outline=sliver)], stroma=disc(500, 500, 100))
    assert found == Surroundings()
