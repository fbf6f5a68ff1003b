from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from shapely import Point as Place
from shapely import box

from pathoflow.cells import (
    CellCount,
    CellCounter,
    CountCalibration,
    NamedNuclei,
    NucleusClass,
)
from pathoflow.cells.count import lies_inside
from pathoflow.errors import TileUnreadable
from pathoflow.loopnet import GridSettings, Opinion
from pathoflow.networks import Network
from pathoflow.pipeline.lumen import LumenReader, _lumen
from pathoflow.pipeline.maps import Map
from pathoflow.pipeline.settings import CandidateSettings
from pathoflow.slide import Slide
from pathoflow.space import Frame, Mpp, Size
from pathoflow.store import PyramidSpec, create_pyramid
from pathoflow.tissue import StainScale
from pathoflow.vessels import Vessel

MPP = Mpp.square(0.5)
FRAME = Frame.at(2.0, MPP)


@pytest.fixture
def make_reader(
    slide: Slide, make_network: Callable[..., Network], tmp_path: Path
) -> Callable[..., LumenReader]:
    """A reader whose tumour map holds these bytes; the slide covers 300 x 400 pixels of it."""

    def make(values: Any, stain: StainScale | None = None) -> LumenReader:
        pyramid = create_pyramid(
            tmp_path / "analysis.zarr",
            "probability/tumour",
            Size(300, 400),
            PyramidSpec.on_slide("uint8", Mpp.square(2.0), MPP),
        )
        pyramid.write(pyramid.size.box(), np.broadcast_to(values, (300, 400)).astype(np.uint8))
        tumour = Map(pyramid, FRAME, make_network("tumour"))
        return LumenReader(slide, tumour, CandidateSettings(wall_um=0), CellCounter(), stain)

    return make


def test_the_lumen_is_the_vessel_less_its_wall(make_vessel: Callable[..., Vessel]) -> None:
    # A radius of 100 px less 4 µm at 0.5 µm/px leaves 92 px.
    assert _lumen(make_vessel(radius=100), 4.0, MPP).area == pytest.approx(
        math.pi * 92**2, rel=2e-3
    )


def test_a_vessel_thinner_than_two_walls_is_its_own_lumen(
    make_vessel: Callable[..., Vessel],
) -> None:
    thin = make_vessel(radius=7)
    assert _lumen(thin, 4.0, MPP) == thin.outline


def test_a_lumen_cut_in_two_by_its_wall_is_the_larger_half(
    make_vessel: Callable[..., Vessel],
) -> None:
    dumbbell = Place(0, 0).buffer(60).union(Place(300, 0).buffer(40)).union(box(0, -6, 300, 6))
    lumen = _lumen(make_vessel(outline=dumbbell), 4.0, MPP)
    assert lumen.area == pytest.approx(math.pi * 52**2, rel=0.02)


def test_the_map_speaks_by_its_most_suspicious_tenth(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    """A square of 100 x 100 map pixels: 20 columns say 200, the rest 10."""
    values = np.full((300, 400), 10)
    values[:, 100:120] = 200
    vessel = make_vessel(outline=box(400, 400, 800, 800))
    content = make_reader(values).read(vessel)
    assert content.tumour_probability == pytest.approx(200 / 255)
    assert content.tumour_fraction == pytest.approx(0.20)
    assert (content.n_cells, content.interval, content.attachment) == (None, None, None)


def test_a_few_loud_pixels_are_no_suspicion(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    values = np.zeros((300, 400))
    values[70:74, 70:74] = 255
    content = make_reader(values, StainScale()).read(make_vessel(outline=box(400, 400, 800, 800)))
    assert content.tumour_probability == 0
    assert (content.n_cells, content.tumour_fraction) == (0, 0.0)


@pytest.mark.parametrize(("stain", "n_cells"), [(None, None), (StainScale(), 0)])
def test_where_nuclei_are_too_coarse_nothing_was_counted_not_even_none(
    make_reader: Callable[..., LumenReader],
    make_vessel: Callable[..., Vessel],
    stain: StainScale | None,
    n_cells: int | None,
) -> None:
    assert make_reader(0, stain).read(make_vessel()).n_cells == n_cells


def test_a_vessel_outside_of_the_map_says_nothing(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    content = make_reader(255).read(make_vessel(y=-500, x=-500, radius=50))
    assert (content.tumour_probability, content.tumour_fraction) == (0, 0)


class FourPieces:
    """Finds three tumour cells, sure of each, in every piece that it is shown, in the piece's first corner."""

    tells_endothelium = False

    def find(self, rgb: Any, inside: Any, mpp: float, stain: Any) -> NamedNuclei:
        assert rgb.shape[:2] == inside.shape
        corner = np.argwhere(inside)[0] + 20.0
        sure = np.tile(np.eye(6)[0], (3, 1))
        return NamedNuclei(np.array([corner] * 3), sure, "told")

    def count_found(self, nuclei: NamedNuclei, inside: Any, mpp: float) -> CellCount:
        calibration = CountCalibration(1.0, 0.0, 9)
        area = float(inside.sum()) * mpp**2
        return CellCount(3, 3.0, 0.0, nuclei.centres_px, 1000.0, area, {}, calibration, "told")


class Judge:
    """A classifier that says how many cells it was shown."""

    card = SimpleNamespace(grid=GridSettings(side=4, place_px=8))

    def judge_grids(self, grids: Any, n_nuclei: Any) -> list[Opinion]:
        (grid,), (n,) = grids, n_nuclei
        return [Opinion(0.5, float(len(grid)), True, np.zeros(n), f"{n} nuclei")]


def test_counts_of_pieces_add_up(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    """A lumen of 400 x 400 px in four pieces, each with 3 cells of 1,000 µm² together."""
    reader = make_reader(255, StainScale())
    reader = replace(
        reader, counter=FourPieces(), settings=CandidateSettings(wall_um=0, piece_px=200)
    )
    content = reader.read(make_vessel(outline=box(400, 400, 800, 800)))
    assert content.n_cells == 4 * 3
    assert content.interval == (12, 12)
    assert (content.box, content.method) == ("le50", "told")
    assert content.tumour_fraction == pytest.approx(4 * 1000 / (200 * 200))
    # Cells in the first corner of the lumen lie 10 µm from its wall.
    assert content.attachment == "adherent"
    assert content.classifier_odds is None


def test_the_classifier_is_shown_the_cells_of_all_pieces_at_once(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    reader = make_reader(255, StainScale())
    reader = replace(
        reader,
        counter=FourPieces(),
        settings=CandidateSettings(wall_um=0, piece_px=200),
        classifier=Judge(),
    )
    content = reader.read(make_vessel(outline=box(400, 400, 800, 800)))
    assert (content.classifier_odds, content.classifier_reason) == (12, "12 nuclei")


def test_a_lumen_that_is_known_takes_the_place_of_the_inset(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    values = np.zeros((300, 400))
    values[:, 100:120] = 255
    vessel = make_vessel(outline=box(400, 400, 800, 800))
    whole, half = (
        make_reader(values).read(vessel, lumen) for lumen in (None, box(400, 400, 600, 800))
    )
    # 20 of 100 columns of the vessel, 20 of 50 of its left half.
    assert whole.tumour_fraction == pytest.approx(0.2)
    assert half.tumour_fraction == pytest.approx(0.4)


def test_pixels_that_cannot_be_read_leave_the_count_open(
    make_reader: Callable[..., LumenReader],
    make_vessel: Callable[..., Vessel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise TileUnreadable("one tile is damaged.")

    reader = make_reader(255, StainScale())
    monkeypatch.setattr(reader.slide, "read", fail)
    content = reader.read(make_vessel())
    assert content.n_cells is None
    assert content.tumour_fraction == 1


def test_contents_come_in_the_order_of_the_vessels(
    make_reader: Callable[..., LumenReader], make_vessel: Callable[..., Vessel]
) -> None:
    values = np.zeros((300, 400))
    values[:, 200:] = 255
    vessels = [make_vessel(x=x, radius=60) for x in (200, 1200, 400)]
    found = [one.tumour_probability for one in make_reader(values).read_all(vessels, [None] * 3)]
    assert found == [0, 1, 0]


class Lined(FourPieces):
    """Finds endothelium at places of the slide, level-0 (x, y), wherever it is asked to look."""

    tells_endothelium = True
    places = ((402.0, 500.0), (797.0, 600.0), (600.0, 423.0), (600.0, 426.5), (393.0, 700.0))

    def __init__(self) -> None:
        self.corner = (0, 0)

    def find(self, rgb: Any, inside: Any, mpp: float, stain: Any) -> NamedNuclei:
        top, left = self.corner
        centres = np.array([(y - top, x - left) for x, y in self.places])
        order = list(NucleusClass)
        sure = np.tile(np.eye(6)[order.index(NucleusClass.ENDOTHELIUM)], (len(centres), 1))
        return NamedNuclei(centres, sure, "told").where(lies_inside(centres, inside))


def test_endothelium_is_counted_along_the_outline_and_nowhere_else(
    make_reader: Callable[..., LumenReader],
    make_vessel: Callable[..., Vessel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four lie within 12 µm of the outline, on either side; one lies 13 µm deep."""
    counter = Lined()
    reader = replace(make_reader(255, StainScale()), counter=counter)
    read = reader.slide.read

    def remember(box: Any, **how: Any) -> Any:
        counter.corner = (box.top, box.left)
        return read(box, **how)

    monkeypatch.setattr(reader.slide, "read", remember)
    content = reader.read(make_vessel(outline=box(400, 400, 800, 800)))
    # 400 px of 0.5 µm a side: 800 µm round.
    assert content.lining_per_100_um == pytest.approx(100 * 4 / 800)
