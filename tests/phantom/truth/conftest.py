from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.phantom import PhantomSpec, Truth
from pathoflow.phantom.plan.vessel import Contents, Plug, Vessel
from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import Point, to_xy


def disc(y_um: float, x_um: float, radius_um: float) -> WavyRing:
    return WavyRing(Point(y_um, x_um), np.full(720, radius_um))


def tumour_cells(y_um: list[float], x_um: list[float]) -> Cells:
    n = len(y_um)
    ones = np.ones(n, np.float32)
    return Cells(
        np.array(y_um, float),
        np.array(x_um, float),
        4 * ones,
        ones,
        0 * ones,
        np.zeros(n, np.uint32),
        CellKind.TUMOUR,
    )


@dataclass
class Spot:
    """An artefact that is a disc."""

    kind: str
    ring: WavyRing

    def polygon_um(self) -> Polygon:
        return Polygon(to_xy(self.ring.polygon_um()))


@dataclass
class Drawing:
    """A plan made by hand: 10 x 10 mm at 0.5 µm, tissue and tumour are discs round the middle.

    The tissue's radius is 4,500 µm and the tumour's 1,000 µm; a coat of 200 µm lies on its right
    half.
    """

    vessels: tuple[Vessel, ...] = ()
    artefacts: tuple[Spot, ...] = ()
    tissue: Any = None
    spec: PhantomSpec = field(
        default_factory=lambda: PhantomSpec(seed=3, size_px=(20000, 20000), mpp=0.5, family="test")
    )

    def __post_init__(self) -> None:
        angle = np.arange(720) * (2 * np.pi / 720)
        self.tissue = self.tissue or SimpleNamespace(
            pieces=(disc(5000, 5000, 4500),),
            tumour=disc(5000, 5000, 1000),
            capsule=SimpleNamespace(thickness_um=np.where(np.cos(angle) > 0, 200.0, 0.0)),
            clefts=(),
            islands=(),
            retractions=(),
            satellites=(disc(8000, 5000, 150),),
        )
        self.size, self.mpp = self.spec.size, self.spec.pixel
        self.asked: list[Extent] = []

    @property
    def tree(self) -> Drawing:
        return self

    def __len__(self) -> int:
        return len(self.vessels)

    def vessel(self, index: int) -> Vessel:
        return self.vessels[index]

    def vessels_in(self, extent: Extent) -> list[Vessel]:
        self.asked.append(extent)
        return [v for v in self.vessels if extent.meets(v.extent_um)]


def vein(index: int, y_um: float, x_um: float, radius_um: float = 50, **facts: Any) -> Vessel:
    """A round vein whose wall takes a tenth of its radius."""
    facts.setdefault("contents", Contents("empty"))
    outer, lumen = disc(y_um, x_um, radius_um), disc(y_um, x_um, 0.9 * radius_um)
    return Vessel(index, facts.pop("kind", "hepatic"), outer, lumen, **facts)


def invaded(y_um: float, x_um: float, **facts: Any) -> Contents:
    """Two nests of radius 10 µm, 40 µm apart, with three cells."""
    plug = Plug(
        disc(y_um, x_um - 20, 10),
        0.0,
        "floating",
        others=(disc(y_um, x_um + 20, 10),),
        is_coated=True,
    )
    cells = tumour_cells([y_um, y_um, y_um + 2], [x_um - 20, x_um + 20, x_um + 20])
    return Contents("tumour", plug, "serum", (cells,), **facts)


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    """Veins at known places; see the names in `VEINS`."""
    return Drawing(
        (
            vein(0, 5000, 6500, contents=invaded(5000, 6500), role="central"),
            vein(1, 5000, 3500, role="sublobular", has_muscle=True, twin_of=2),
            vein(2, 5000, 3300, role="sublobular", has_muscle=True, twin_of=1),
            vein(3, 5000, 5000, kind="portal"),
            vein(4, 5000, 6150, role="capsular", kind="capsular"),
            vein(5, 9500, 5000, 100, is_truncated=True),
            vein(6, 3000, 5000, contents=invaded(3000, 5000, is_equivocal=True)),
        ),
        (
            Spot("pen", disc(5000, 3500, 80)),
            Spot("dust", disc(5000, 3300 + 40, 15)),
            Spot("bubble", disc(2000, 5000, 300)),
        ),
    )


@pytest.fixture(scope="module")
def drawn(drawing: Drawing) -> Truth:
    return Truth(drawing)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def hand() -> SimpleNamespace:
    """What drawings are made of, for tests that make their own."""
    return SimpleNamespace(Drawing=Drawing, Spot=Spot, disc=disc, invaded=invaded, vein=vein)
