from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.errors import UsageError
from pathoflow.phantom import Artefacts, PhantomSpec, Truth, paint
from pathoflow.phantom.plan.vein import SLIT_LENGTH, Form
from pathoflow.slide import open_slide
from pathoflow.space import Box, Mpp
from pathoflow.testing.staged import Part, StagedPlan, stage, write_plan

SPEC = PhantomSpec(
    seed=1,
    size_px=(800, 800),
    mpp=2.0,
    family="test",
    tumour=False,
    background="normal",
    artefacts=Artefacts.none(),
)
PARTS = {
    "twelve": Part("central", 150, "tumour", 12, lambda c: c.plug.attachment == "floating"),
    "slit": Part("central", 200 / SLIT_LENGTH, aspect=10.0, form=Form.SLIT),
    "touching": Part("portal", 100, has_touching_twin=True),
    "duct": Part("portal", 60, "tumour", 500, arteries=2, is_duct=True),
}


@lru_cache(maxsize=1)
def staged() -> StagedPlan:
    return stage(SPEC, PARTS)


def test_a_stage_has_exactly_its_parts() -> None:
    """Two lone veins; a tract with two veins and an artery; one with a body in a duct and two arteries."""
    kinds = [vessel.kind for vessel in staged().vessels]
    assert kinds == ["hepatic"] * 2 + ["portal", "portal", "artery"] + ["portal"] + ["artery"] * 2
    assert [vessel.index for vessel in staged().vessels] == list(range(8))
    assert len(staged().tracts) == 2
    assert staged().tree.first == {"twelve": 0, "slit": 1, "touching": 2, "duct": 5}


def test_a_part_holds_what_it_is_wanted_to_hold() -> None:
    vein = staged().named("twelve")
    assert vein.is_mvi
    assert vein.n_tumour_cells == 12
    assert vein.contents.plug.attachment == "floating"
    assert staged().named("slit").contents.name == "empty"


def test_a_part_is_as_large_as_it_says() -> None:
    # Outlines are wavy; the slit's ends are narrow.
    assert staged().named("twelve").diameter_um == pytest.approx(150 * np.sqrt(1.15), rel=0.1)
    assert 2 * staged().named("slit").lumen.reach_um == pytest.approx(200, rel=0.05)


def test_touching_twins_touch_and_do_not_overlap() -> None:
    first, second = (
        Polygon(staged().named("touching", k).outer.polygon_um()[:, ::-1]) for k in (0, 1)
    )
    assert first.distance(second) < 0.01
    assert first.intersection(second).area < 0.01 * second.area


def test_a_duct_that_holds_tumour_has_its_nuclei_round_the_body() -> None:
    body, tract = staged().named("duct"), staged().tracts[1]
    duct = tract.ducts[-1]
    assert body.n_tumour_cells > 0
    assert (body.outer.signed_distance(duct.cells.y_um, duct.cells.x_um) > 0).all()
    assert (duct.outer.signed_distance(duct.cells.y_um, duct.cells.x_um) < 0).all()


def test_vessels_and_tracts_are_found_by_place() -> None:
    for vessel in staged().vessels:
        assert vessel in staged().vessels_in(vessel.extent_um)
    for tract in staged().tracts:
        assert tract in staged().tracts_in(tract.extent_um)
    assert len(Truth(staged()).walls) == 8


def test_parts_without_room_are_refused() -> None:
    with pytest.raises(UsageError, match="find no room"):
        stage(replace(SPEC, size_px=(300, 300)), PARTS)


def test_a_content_that_never_comes_out_is_refused() -> None:
    with pytest.raises(UsageError, match="odd: red_cells never comes out"):
        stage(SPEC, {"odd": Part("central", 60, "red_cells", is_wanted=lambda _: False)})


def test_a_touching_twin_needs_a_tract() -> None:
    with pytest.raises(UsageError, match="needs a tract"):
        stage(SPEC, {"alone": Part("central", 60, has_touching_twin=True)})


def test_a_written_stage_opens_as_a_slide_of_its_scale(tmp_path: Path) -> None:
    write_plan(staged(), tmp_path / "stage.tiff")
    with open_slide(tmp_path / "stage.tiff") as slide:
        assert slide.size.shape == SPEC.size_px
        assert slide.mpp == Mpp.square(2.0)
        box = Box(256, 256, 256, 256)
        painted = paint(staged(), box).astype(int)
        # JPEG with thinned colours changes single pixels, not the picture.
        assert np.abs(slide.read(box).astype(int) - painted).mean() < 0.25 * painted.std()
