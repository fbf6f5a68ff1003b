"""Vessels as a pathologist meets them, one situation each, all painted on one slide: the scenarios by number.

Which vessels there are is settled by `PARTS`; the seed was chosen by what is painted besides (nests in clefts before an infiltrating
front, sinusoids in the mass), not by what the machine makes of it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import Point as Place
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

import pathoflow as pf
from pathoflow.inference import InferenceSettings
from pathoflow.mvi import (
    Case,
    Decisions,
    Location,
    MviCriteria,
    Role,
    Status,
    VesselDecision,
    VesselEvidence,
    judge_vessel,
    read_cases,
)
from pathoflow.phantom import Artefacts, CellKind, PhantomSpec, Truth
from pathoflow.phantom.plan.vein import SLIT_LENGTH, Form
from pathoflow.phantom.plan.vessel import Contents
from pathoflow.pipeline import RunSettings, run_slide, write_cases
from pathoflow.pipeline.batch import outcome_of
from pathoflow.pipeline.settings import CandidateSettings
from pathoflow.report.ranking import rank_vessels
from pathoflow.review import Reason
from pathoflow.store import Result, load_result
from pathoflow.testing.staged import Part, StagedPlan, stage, write_plan

SPEC = PhantomSpec(
    seed=6,
    size_px=(4600, 4600),
    mpp=0.5,
    family="test",
    background="normal",
    artefacts=Artefacts.none(),
)
#: More cells than any of these veins holds, so that the body fills it.
PACKED = 2000
#: Tiles of the second analysis: vessels of the slide lie on many of their borders.
TILE_PX, TILE_UM = 128, 128 * 2.0


def is_filled(contents: Contents) -> bool:
    return contents.plug is not None and contents.plug.attachment == "filling"


def is_adherent(contents: Contents) -> bool:
    return contents.plug is not None and contents.plug.attachment == "adherent"


def is_one_floating_body(contents: Contents) -> bool:
    plug = contents.plug
    return plug is not None and plug.attachment == "floating" and not plug.others


def is_blood_alone(contents: Contents) -> bool:
    return is_filled(contents) and {c.kind for c in contents.cells} == {CellKind.RED_CELL}


def nuclei_um(contents: Contents) -> float:
    """Mean radius of the nuclei of packed leucocytes: lobes of neutrophils are half as wide as lymphocytes."""
    is_packed = contents.plug is not None and contents.plug.tissue == "leucocytes"
    return float(contents.cells[0].radius_um.mean()) if is_packed else np.nan


def is_fibrin(contents: Contents) -> bool:
    is_right = contents.plug is not None and contents.plug.tissue == "fibrin"
    return is_right and contents.count(CellKind.LEUCOCYTE) < 25


PARTS: Mapping[str, Part] = {
    "filled": Part("portal", 110, "tumour", PACKED, is_filled),
    "floating": Part("central", 220, "tumour", 12, is_one_floating_body),
    "adherent": Part("portal", 150, "tumour", 25, is_adherent),
    "ring": Part("sublobular", 240),
    "slit": Part("central", 300 / SLIT_LENGTH, aspect=15.0, form=Form.SLIT),
    "red cells": Part("central", 150, "red_cells", None, is_blood_alone),
    "neutrophils": Part("central", 130, "leucocytes", PACKED, lambda c: nuclei_um(c) < 2.3),
    "lymphocytes": Part("central", 130, "leucocytes", PACKED, lambda c: nuclei_um(c) > 2.3),
    "fibrin": Part("central", 140, "thrombus", PACKED, is_fibrin),
    "hepatocytes": Part("central", 120, "hepatocytes", PACKED),
    "touching": Part("portal", 150, has_touching_twin=True),
    "duct": Part("portal", 90, "tumour", PACKED, is_duct=True),
    "plain portal": Part("portal", 60),
    "plain central": Part("central", 70),
    "wide central": Part("central", 180, form=Form.ANGULAR),
}
INVADED = ("filled", "floating", "adherent")


@dataclass(frozen=True)
class Scene:
    """What was painted beside what was found."""

    plan: StagedPlan
    result: Result

    @cached_property
    def truth(self) -> Truth:
        return Truth(self.plan)

    @cached_property
    def outlines(self) -> list[BaseGeometry]:
        return [shape(row["outline"]) for row in self.result.vessels]

    def wall(self, name: str, profile: int = 0) -> BaseGeometry:
        return self.truth.wall(self.plan.named(name, profile))

    def on(self, place: BaseGeometry) -> list[dict[str, Any]]:
        """All that was outlined there, also if it is but a part of the place or more than it."""
        return [
            row
            for row, outline in zip(self.result.vessels, self.outlines, strict=True)
            if outline.intersection(place).area > 0.1 * min(outline.area, place.area)
        ]

    def found(self, name: str, profile: int = 0) -> dict[str, Any]:
        """The outline of a vessel: one alone covers it, and little else."""
        wall = self.wall(name, profile)
        (row,) = [row for row in self.on(wall) if iou(shape(row["outline"]), wall) >= 0.5]
        return row

    def scores(self, name: str) -> list[float]:
        return [row["p_mvi"] for row in self.on(self.wall(name))]

    @property
    def criteria(self) -> Mapping[str, float]:
        found: Mapping[str, float] = self.result.data["provenance"]["settings"]["criteria"]
        return found

    def called(self, name: str) -> list[float]:
        return [p for p in self.scores(name) if p >= self.criteria["p_called"]]


def iou(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(one.intersection(other).area / one.union(other).area)


@lru_cache(maxsize=1)
def plan() -> StagedPlan:
    return stage(SPEC, PARTS)


@pytest.fixture(scope="session")
def folder(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """``stage.tiff`` and its result ``out/stage``, made with one tile over nearly everything."""

    def make(there: Path) -> None:
        write_plan(plan(), there / "stage.tiff")
        run_slide(there / "stage.tiff", there / "out")

    return made_once("vessel-stories", make)


@pytest.fixture
def scene(folder: Path) -> Scene:
    return Scene(plan(), load_result(folder / "out" / "stage"))


def test_scenario_03_vessels_on_tile_borders_are_whole(scene: Scene, folder: Path) -> None:
    """Tiles of 256 µm in blocks of four against one tile of two millimetres.

    1. Of the vessels that were outlined, some lie over the border of two tiles, others over a corner of four.
    2. Each is one object with the small tiles too, and the same one: IoU of at least 0.95.
    """
    settings = RunSettings(
        inference=InferenceSettings(tile_px=TILE_PX, block_px=2 * TILE_PX),
        # Nobody asks for cells here.
        candidates=CandidateSettings(min_tumour_probability=1.0),
    )
    cut = Scene(plan(), run_slide(folder / "stage.tiff", folder / "cut", settings))
    side_px = TILE_UM / SPEC.mpp
    corners = [Place(x * side_px, y * side_px) for x in range(1, 9) for y in range(1, 9)]
    over_border, over_corner = 0, 0
    for wall in scene.truth.walls:
        whole = [row for row in scene.on(wall) if iou(shape(row["outline"]), wall) >= 0.5]
        left, top, right, bottom = np.floor(np.array(wall.bounds) / side_px)
        if not whole or (left == right and top == bottom):
            continue
        over_corner += any(wall.contains(corner) for corner in corners)
        over_border += (left == right) != (top == bottom)
        outline = shape(whole[0]["outline"])
        again = [shape(row["outline"]) for row in cut.on(outline)]
        assert len(again) == 1
        assert iou(again[0], outline) >= 0.95
    assert over_border >= 2
    assert over_corner >= 2


def test_scenario_05_a_ring_is_one_vessel_with_its_lumen_and_its_wall(scene: Scene) -> None:
    """Wall of 15 µm round an empty lumen: one object without holes, not two nested ones.

    The outline runs a little inside the true one where the wall is frayed, so walls are measured thinner than they are.
    """
    (row,) = scene.on(scene.wall("ring"))
    vein = scene.plan.named("ring")
    outline = shape(row["outline"])
    assert iou(outline, scene.wall("ring")) >= 0.85
    assert len(outline.interiors) == 0
    assert outline.contains(scene.truth.lumen(vein).buffer(-2 / SPEC.mpp))
    wall_um = float(np.median(vein.outer.radius_um - vein.lumen.radius_um))
    assert row["wall_thickness_um"] == pytest.approx(wall_um, rel=0.4)
    assert row["lumen_fraction"] == pytest.approx(
        vein.lumen.area_um2 / vein.outer.area_um2, abs=0.1
    )


def test_scenario_06_a_collapsed_vein_is_found_and_called_long(scene: Scene) -> None:
    """A lumen of 20 x 300 µm; the narrow ends of the slit may be missed."""
    assert 2 * scene.plan.named("slit").lumen.reach_um == pytest.approx(300, rel=0.01)
    row = scene.found("slit")
    assert row["elongation"] > 5
    assert row["elongation"] == max(one["elongation"] for one in scene.result.vessels)


def test_scenario_07_a_thrombus_that_fills_its_vein_is_called(scene: Scene) -> None:
    row = scene.found("filled")
    assert row["attachment"] == "filling"
    assert row["p_mvi"] >= scene.criteria["p_called"]
    assert row["kind"] == "portal"


def test_scenario_08_a_cluster_of_twelve_cells_floats_in_a_wide_vein(scene: Scene) -> None:
    assert scene.plan.named("floating").n_tumour_cells == 12
    row = scene.found("floating")
    assert row["p_mvi"] >= scene.criteria["p_listed"]
    assert row["attachment"] == "floating"
    assert abs(row["n_tumour_cells"] - 12) <= 3


def test_scenario_09_blood_alone_is_no_candidate(scene: Scene) -> None:
    row = scene.found("red cells")
    assert row["p_mvi"] < scene.criteria["p_called"]
    assert row["id"] not in {v["id"] for v in scene.result.candidates}
    order = [ranked.id for ranked in rank_vessels(scene.result.data)]
    invaded = [order.index(scene.found(name)["id"]) for name in INVADED]
    assert order.index(row["id"]) > max(invaded)


@pytest.mark.parametrize("name", ["neutrophils", "lymphocytes"])
def test_scenario_10_a_vein_packed_with_leucocytes_is_not_called(scene: Scene, name: str) -> None:
    assert scene.called(name) == []


def test_scenario_10_inflammation_is_a_reason_to_reject() -> None:
    assert Reason("inflammation") is Reason.INFLAMMATION


def test_scenario_11_a_fibrin_thrombus_with_few_leucocytes_is_not_called(scene: Scene) -> None:
    assert 0 < scene.plan.named("fibrin").contents.count(CellKind.LEUCOCYTE) < 25
    assert scene.called("fibrin") == []


def test_scenario_12_hepatocytes_squeezed_into_a_central_vein_are_not_called(
    scene: Scene,
) -> None:
    assert scene.plan.named("hepatocytes").contents.plug.tissue == "hepatocytes"
    assert scene.called("hepatocytes") == []


@pytest.mark.xfail(
    strict=True,
    reason="No flag or reason says what a harmless content is: cells are counted by kind, and only tumour cells are told.",
)
def test_scenario_12_a_plug_of_hepatocytes_is_named(scene: Scene) -> None:
    (row,) = scene.on(scene.wall("hepatocytes"))
    said = " ".join([*row["flags"], *row["p_mvi_reasons"]])
    assert "hepatocyte" in said.lower()


def test_scenario_13_a_nest_in_a_cleft_is_not_above_true_invasion(scene: Scene) -> None:
    """Nests before the front that shrank away from the liver round them: white rims without a wall."""
    nests = scene.plan.tissue.islands
    in_clefts = [
        slit.outer for slit in scene.plan.tissue.retractions if any(slit.inner is n for n in nests)
    ]
    assert len(in_clefts) >= 2
    looks = [row for ring in in_clefts for row in scene.on(scene.truth.polygon(ring))]
    true = [scene.found(name)["p_mvi"] for name in INVADED]
    assert max((row["p_mvi"] for row in looks), default=0.0) <= min(true)


def test_scenario_14_sinusoids_inside_the_tumour_are_no_candidates(scene: Scene) -> None:
    """The mass is trabecular: more than half of its fields have sinusoids."""
    assert scene.plan.look.pattern[0] > 0.5
    mass = scene.truth.mass
    assert mass.area * SPEC.mpp**2 > 500_000
    outlines = [shape(row["outline"]) for row in scene.result.candidates]
    assert [one for one in outlines if one.intersection(mass).area > 0.5 * one.area] == []


def test_scenario_14_what_lies_inside_the_tumour_counts_only_when_asked_for() -> None:
    evidence = VesselEvidence(
        "v", 0.95, 0.95, 0.5, n_cells=40, location=Location.INTRATUMORAL, dist_edge_um=0.0
    )
    assert not judge_vessel(evidence).is_candidate
    assert judge_vessel(evidence, MviCriteria(include_intratumoral=True)).is_candidate


def case_of(scene: Scene, folder: Path, out: Path) -> Case:
    """The slide as a case of its own, in ``out``."""
    shutil.copytree(folder / "out" / "stage", out / "stage")
    table = out / "cases.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = [("slide", "case", "block", "site"), ("stage.tiff", "C-15", "A", "interface")]
        csv.writer(file).writerows(rows)
    outcome = outcome_of(Path("stage.tiff"), "stage", scene.result)
    write_cases(out, read_cases(table), [outcome], MviCriteria())
    return pf.load_case(out / "cases" / "C-15")


def test_scenario_15_a_bile_duct_with_tumour_is_shown_and_leaves_the_count(
    scene: Scene, folder: Path, tmp_path: Path
) -> None:
    """The machine takes a duct that carcinoma fills for a vessel, which no outline can help; the reader takes it out."""
    candidates = {v["id"] for v in scene.result.candidates}
    (row,) = [row for row in scene.on(scene.wall("duct")) if row["id"] in candidates]
    case = case_of(scene, folder, tmp_path)
    accepted = {vessel.id: VesselDecision(Status.ACCEPTED) for vessel in case.vessels}
    before = case.decide(Decisions(accepted))
    after = case.decide(Decisions({**accepted, row["id"]: VesselDecision(Status.REJECTED)}))
    assert row["id"] in {vessel.id for vessel in before.in_role(Role.COUNTED)}
    assert row["id"] not in {vessel.id for vessel in after.in_role(Role.COUNTED)}
    assert sum(one.n for one in after.kinds) == sum(one.n for one in before.kinds) - 1


def test_scenario_16_two_touching_veins_of_one_tract_are_two_objects(scene: Scene) -> None:
    first, second = scene.wall("touching"), scene.wall("touching", 1)
    assert first.distance(second) * SPEC.mpp < 0.1
    assert scene.found("touching")["id"] != scene.found("touching", 1)["id"]
