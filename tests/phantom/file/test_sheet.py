from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pathoflow.phantom import Artefacts, PhantomSpec, Plan, make_sheet, paint, plan_slide
from pathoflow.phantom.file import sheet
from pathoflow.phantom.painter.slide import box_mean
from pathoflow.space import Box, Point

SPEC = PhantomSpec(
    seed=2, size_px=(700, 700), mpp=1.0, family="train", vessels=3, mvi_vessels=0, tumour=False,
    artefacts=Artefacts.none(),
)  # fmt: skip


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets without painting: this is about their layout."""
    monkeypatch.setattr(
        sheet,
        "crop_at",
        lambda plan, centre, mpp: np.full((sheet.SIDE_PX, sheet.SIDE_PX, 3), 60, np.uint8),
    )


def test_a_crop_has_the_pixels_of_the_slide_round_its_place(plan: Plan) -> None:
    centre = Point(700.0, 800.0)
    assert plan.spec.mpp == 1.0
    whole = paint(plan, Box(600, 700, 200, 200))
    assert np.array_equal(sheet.crop_at(plan, centre, 1.0, 200), whole)
    assert np.array_equal(sheet.crop_at(plan, centre, 2.0, 100), box_mean(whole, 2))


def test_a_finer_power_shows_the_same_section(plan: Plan) -> None:
    centre = next(vessel for vessel in plan.vessels if vessel.is_mvi).outer.centre_um
    coarse = sheet.crop_at(plan, centre, 1.0, 80).astype(float)
    fine = sheet.crop_at(plan, centre, 0.25, 320)
    assert box_mean(fine, 4).mean(axis=(0, 1)) == pytest.approx(coarse.mean(axis=(0, 1)), abs=4)
    # The same place, not only the same colours: dark stays dark.
    grey = box_mean(fine, 4).mean(axis=2)
    assert np.corrcoef(grey.ravel(), coarse.mean(axis=2).ravel())[0, 1] > 0.7


def test_a_scale_that_does_not_divide_the_powers_is_painted_at_the_finest(plan: Plan) -> None:
    from dataclasses import replace

    odd = replace(plan, spec=replace(plan.spec, mpp=0.8, size_px=(1875, 2125)))
    centre = Point(700.0, 800.0)
    assert np.array_equal(
        sheet.crop_at(odd, centre, 1.0, 60),
        box_mean(sheet.crop_at(odd, centre, 0.25, 240), 4),
    )


@pytest.mark.usefixtures("plain")
def test_the_sheet_names_every_row_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sheet.png"
    heard: list[float] = []
    rows = make_sheet(SPEC, path, progress=heard.append)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert {"portal tract", "artery", "bile duct", "liver"} <= {row.shows for row in rows}
    assert heard[-1] == 1.0
    tracts = [row for row in rows if row.shows == "portal tract"]
    centres = [t.stroma.centre_um for t in plan_slide(SPEC).tracts]
    assert tracts[0].centre_px in [(round(c.y, 1), round(c.x, 1)) for c in centres]
    with Image.open(path) as picture:
        pixels = np.asarray(picture)
    crops = (pixels == 60).all(axis=2).sum()
    # Bars and their lengths cover a little of every crop.
    assert 0.93 < crops / (len(rows) * 4 * sheet.SIDE_PX**2) <= 1
    assert [p.name for p in path.parent.iterdir()] == ["sheet.png"]


@pytest.mark.usefixtures("plain")
def test_a_blind_sheet_keeps_its_key_beside_it(tmp_path: Path) -> None:
    seen = make_sheet(SPEC, tmp_path / "seen.png")
    blind = make_sheet(SPEC, tmp_path / "blind.png", is_blind=True)
    assert sorted((r.shows, r.centre_px) for r in blind) == sorted(
        (r.shows, r.centre_px) for r in seen
    )
    assert [r.shows for r in blind] != [r.shows for r in seen]
    key = json.loads((tmp_path / "blind.json").read_text("utf-8"))
    assert [row["shows"] for row in key["rows"]] == [row.shows for row in blind]
    assert (key["data"], key["seed"], key["family"]) == ("synthetic", "2", "train")
    assert not (tmp_path / "seen.json").exists()
