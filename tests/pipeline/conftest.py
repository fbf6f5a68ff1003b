"""A slide in memory and hand-made records of what stages find: nothing is painted, no network answers."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from shapely import Point as Place
from shapely import Polygon

from pathoflow.mvi import EdgeDistance, Location, MachineFinding, Standing, VesselEvidence
from pathoflow.networks import Architecture, Network, NetworkCard, Normalisation
from pathoflow.pipeline.compose import VesselFinding
from pathoflow.pipeline.lumen import LumenContent
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Mpp, Point
from pathoflow.testing import ArrayReader
from pathoflow.tissue import Flag, QualityReport, StainScale, TissueMask
from pathoflow.vessels import DescribeSettings, Vessel, describe_vessels

MPP = Mpp.square(0.5)


@pytest.fixture
def slide(tmp_path: Path) -> Slide:
    """0.6 x 0.8 mm of plain pink at 0.5 µm/px; its file holds other bytes, for the fingerprint alone."""
    path = tmp_path / "case.tiff"
    path.write_bytes(b"a slide")
    return Slide(ArrayReader(np.full((1200, 1600, 3), (226, 170, 196), np.uint8), MPP, path=path))


@pytest.fixture
def make_card() -> Callable[..., NetworkCard]:
    """A card of a network that answers for these classes at 2 µm/px, threshold 0.5."""

    def make(*classes: str, sha256: str = "a" * 64) -> NetworkCard:
        return NetworkCard(
            name=f"{classes[0]}-net",
            version="1.0",
            title="For tests",
            architecture=Architecture("Unet", "mobilenet_v2"),
            classes=classes,
            mpp=2.0,
            halo_px=32,
            normalisation=Normalisation(),
            threshold=0.5,
            licence="MIT",
            training={},
            metrics={},
            limits=("Tests only.",),
            weights_sha256=sha256,
            synthetic=True,
        )

    return make


@pytest.fixture
def make_network(make_card: Callable[..., NetworkCard]) -> Callable[..., Network]:
    """A network with a card and without a module: for what only asks the card."""
    import torch

    def make(*classes: str, sha256: str = "a" * 64) -> Network:
        return Network(make_card(*classes, sha256=sha256), torch.nn.Identity(), torch.device("cpu"))

    return make


@pytest.fixture
def make_vessel() -> Callable[..., Vessel]:
    """A round vessel, or one of any outline; level-0 (x, y)."""

    def make(
        y: float = 600, x: float = 800, radius: float = 100, outline: Polygon | None = None
    ) -> Vessel:
        shape = outline or Place(x, y).buffer(radius, quad_segs=64)
        left, top, right, bottom = shape.bounds
        area_um2 = shape.area * 0.5 * 0.5
        return Vessel(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, shape.wkt)),
            label=1,
            outline=shape,
            centroid=Point(shape.centroid.y, shape.centroid.x),
            box=Box.spanning(int(top), int(left), math.ceil(bottom), math.ceil(right)),
            area_um2=area_um2,
            equivalent_diameter_um=2 * math.sqrt(area_um2 / math.pi),
            p_vessel=0.9,
            is_truncated=False,
        )

    return make


@pytest.fixture
def make_finding() -> Callable[..., VesselFinding]:
    """A vessel 120 µm from the tumour, with or without cells in it."""

    def make(vessel: Vessel, p_mvi: float = 0.7, n_cells: int | None = 12) -> VesselFinding:
        interval = None if n_cells is None else (max(0, n_cells - 2), n_cells + 3)
        standing = Standing.CALLED if p_mvi >= 0.5 else Standing.UNLISTED
        evidence = VesselEvidence(vessel.id, 0.9, 0.8, 0.3, n_cells, interval)
        [described] = describe_vessels([vessel], {}, [], Mpp.square(0.5), DescribeSettings())
        return VesselFinding(
            vessel,
            described,
            LumenContent(0.8, n_cells, interval, 0.3, "adherent" if n_cells else None),
            EdgeDistance(120.123456, None, None, 0, "auto"),
            Location.PERITUMORAL_NEAR,
            MachineFinding(evidence, p_mvi, standing),
        )

    return make


@pytest.fixture
def make_quality() -> Callable[..., QualityReport]:
    """50 x 80 pixels of tissue at 8 µm, of which 2 x 5 are left out."""

    def make(*flags: Flag) -> QualityReport:
        pixels = np.zeros((75, 100), bool)
        pixels[10:60, 10:90] = True
        excluded = np.zeros_like(pixels)
        excluded[20:22, 30:35] = True
        tissue = TissueMask(pixels, Frame.at(8.0, MPP), MPP).without(excluded, 0)
        return QualityReport(flags, tissue, 10 * 64.0, StainScale())

    return make
