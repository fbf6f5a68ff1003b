"""Painted slides with their truth as maps: shape and kind against the plan."""

from __future__ import annotations

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from scipy import ndimage

from pathoflow.phantom import Artefacts, PhantomSpec, Truth, plan_slide
from pathoflow.phantom.plan.vessel import Vessel as PlannedVessel
from pathoflow.space import Box, Frame, Mpp, Point, Size
from pathoflow.space.raster import paint_outlines, polygons_in
from pathoflow.vessels import (
    DescribeSettings,
    Kind,
    MuscularWall,
    Region,
    Vessel,
    VesselDescription,
    describe_vessels,
)
from pathoflow.vessels.trace import trace_mask

SETTINGS = DescribeSettings()
ROLES = {"central": "hepatic", "sublobular": "hepatic"}


class Painted:
    """A painted slide's vessels as they are traced at 2 µm per pixel, and its truth as maps of 0 and 255."""

    def __init__(self, in_memory: type) -> None:
        spec = PhantomSpec(
            seed=4,
            size_px=(6000, 6000),
            mpp=0.5,
            family="train",
            vessels=60,
            artefacts=Artefacts.none(),
        )
        self.plan = plan_slide(spec)
        self.truth = truth = Truth(self.plan)
        self.frame = Frame.at(2.0, self.plan.mpp)
        box = Size(1496, 1496).box()
        labels = truth.vessel_labels(box, self.frame)
        ducts = [truth.polygon(duct.outer) for tract in self.plan.tracts for duct in tract.ducts]
        duct = paint_outlines(ducts, box, self.frame) & (labels == 0)
        tracts = [truth.polygon(tract.stroma) for tract in self.plan.tracts]
        stroma = paint_outlines(tracts, box, self.frame) | truth.capsule_mask(box, self.frame)
        stroma &= (labels == 0) & ~duct & ~truth.tumour_mask(box, self.frame)
        lumen = truth.lumen_labels(box, self.frame) > 0
        self.maps = {
            name: SimpleNamespace(
                pyramid=in_memory(np.where(mask, 255, 0).astype(np.uint8), 4), frame=self.frame
            )
            for name, mask in (("lumen", lumen), ("stroma", stroma), ("duct", duct))
        }
        self.planned: list[PlannedVessel] = []
        self.vessels: list[Vessel] = []
        for one in truth.each_vessel():
            mask = labels == one.index + 1
            if mask.sum() >= 120:
                self.planned.append(one)
                self.vessels.append(self._traced(one, mask))
        self.tumours = [Region(part, part.area / 4, 1.0) for part in polygons_in(truth.mass)]

    def _traced(self, one: PlannedVessel, mask: np.ndarray) -> Vessel:
        rows, columns = ndimage.find_objects(mask.astype(np.uint8))[0]
        box = Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
        outline = trace_mask(mask[rows, columns], box, self.frame)
        area = outline.area * self.plan.mpp.pixel_area_um2
        middle = Point(outline.centroid.y, outline.centroid.x)
        level0 = self.frame.box_to_level0(box)
        diameter = 2 * math.sqrt(area / math.pi)
        return Vessel(
            str(one.index), one.index + 1, outline, middle, level0, area, diameter, 0.9,
            one.is_truncated,
        )  # fmt: skip

    def described(self, *names: str) -> list[VesselDescription]:
        maps = {name: self.maps[name] for name in names}
        return describe_vessels(self.vessels, maps, self.tumours, self.plan.mpp, SETTINGS)


@pytest.fixture(scope="module")
def painted(in_memory_type: type) -> Painted:
    return Painted(in_memory_type)


@pytest.fixture(scope="module")
def in_memory_type() -> type:
    from tests.vessels.conftest import InMemory

    return InMemory


def test_kinds_are_those_of_the_plan_where_the_maps_are_true(painted: Painted) -> None:
    found = painted.described("lumen", "stroma", "duct")
    pairs = Counter(
        (one.kind, str(description.suggestion.kind))
        for one, description in zip(painted.planned, found, strict=True)
    )
    right = sum(n for (true, said), n in pairs.items() if true == said)
    assert len({true for true, _ in pairs}) == 4
    assert right / sum(pairs.values()) >= 0.95, pairs


def test_walls_and_lumina_are_those_of_the_plan(painted: Painted) -> None:
    errors = []
    for one, description in zip(painted.planned, painted.described("lumen"), strict=True):
        inner, outer = painted.truth.lumen(one), painted.truth.wall(one)
        border = shapely.line_interpolate_point(
            inner.exterior, np.arange(300) / 300, normalized=True
        )
        true_um = float(np.median(shapely.distance(outer.exterior, border))) * 0.5
        assert description.shape.wall_thickness_um is not None
        errors.append(description.shape.wall_thickness_um - true_um)
        # Half a pixel all round a small artery's lumen.
        assert description.shape.lumen_fraction == pytest.approx(inner.area / outer.area, abs=0.08)
    assert abs(np.mean(errors)) < 0.3
    assert np.std(errors) < 0.4


def test_muscle_is_told_only_where_it_is(painted: Painted) -> None:
    for one, description in zip(
        painted.planned, painted.described("lumen", "stroma", "duct"), strict=True
    ):
        if description.suggestion.muscular_wall is not MuscularWall.UNKNOWN:
            said = description.suggestion.muscular_wall is MuscularWall.YES
            assert said == one.has_muscle, (one.role, description.suggestion.reasons)


def test_without_maps_everything_but_the_shape_is_unknown(painted: Painted) -> None:
    for description in painted.described():
        assert description.suggestion.kind is Kind.UNKNOWN
        assert description.suggestion.probability is None
        assert description.shape.lumen is None
        assert description.shape.lumen_fraction is None
        assert description.shape.elongation >= 1
        assert description.evidence.in_capsule is None


def test_the_map_of_lumens_alone_tells_arteries_and_nothing_else(painted: Painted) -> None:
    said = Counter(
        (one.kind == "artery", description.suggestion.kind)
        for one, description in zip(painted.planned, painted.described("lumen"), strict=True)
    )
    assert said[True, Kind.ARTERY] >= 0.8 * sum(
        n for (is_artery, _), n in said.items() if is_artery
    )
    assert said[False, Kind.ARTERY] == 0
    assert said[False, Kind.PORTAL] == 0


def test_order_and_company_of_the_vessels_change_nothing(painted: Painted) -> None:
    maps = painted.maps
    forth = describe_vessels(painted.vessels, maps, painted.tumours, painted.plan.mpp, SETTINGS)
    back = describe_vessels(
        painted.vessels[::-1], maps, painted.tumours, painted.plan.mpp, SETTINGS
    )[::-1]
    assert [one.suggestion for one in forth] == [one.suggestion for one in back]
    assert [one.shape for one in forth] == [one.shape for one in back]


def test_a_vein_of_3_mm_and_a_slit_of_20_um_are_described_in_one_pass(in_memory: type) -> None:
    rows, columns = (np.mgrid[:2000, :2000] + 0.5) * 2
    away = np.hypot(rows - 1900, columns - 1900)
    slit = (np.abs(rows - 3720) < 10) & (np.abs(columns - 2000) < 150)
    frame, slide = Frame(4.0, 4.0), Mpp.square(0.5)
    lumen = (away < 1460) | ((np.abs(rows - 3720) < 6) & (np.abs(columns - 2000) < 146))
    maps = {
        "lumen": SimpleNamespace(
            pyramid=in_memory(np.where(lumen, 255, 0).astype(np.uint8), 3), frame=frame
        )
    }
    vessels = []
    for mask in (away < 1500, slit):
        outline = trace_mask(mask, Size(2000, 2000).box(), frame)
        area = outline.area / 4
        vessels.append(
            Vessel("", 1, outline, Point(0, 0), Box(0, 0, 1, 1), area, 2 * math.sqrt(area / math.pi), 1.0, False)
        )  # fmt: skip
    large, thin = (one.shape for one in describe_vessels(vessels, maps, [], slide, SETTINGS))
    assert large.lumen_fraction == pytest.approx((1460 / 1500) ** 2, rel=0.05)
    # Looked at in pixels of 4 µm.
    assert large.wall_thickness_um == pytest.approx(40, abs=2)
    assert thin.elongation == pytest.approx(15, rel=0.12)
    assert thin.wall_thickness_um == pytest.approx(4, abs=0.7)


def test_no_vessels_are_described_as_none(in_memory: type) -> None:
    empty = SimpleNamespace(pyramid=in_memory(np.zeros((64, 64), np.uint8)), frame=Frame(4.0, 4.0))
    assert describe_vessels([], {"stroma": empty}, [], Mpp.square(0.5), SETTINGS) == []
