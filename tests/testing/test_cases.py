from __future__ import annotations

from pathlib import Path

from pathoflow.space import Box
from pathoflow.store import open_pyramid
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import MadeVessel, made_vessel_id


def test_a_made_case_has_its_slides_and_their_maps(tmp_path: Path) -> None:
    made = MadeCase(tmp_path)
    made.slide("A", [MadeVessel()] * 2)
    made.maps("A", tumour=Box(400, 800, 800, 1600))
    case = made.write()
    assert [v.id for v in case.vessels] == [made_vessel_id("A", 0), made_vessel_id("A", 1)]
    labels = open_pyramid(tmp_path / "A" / "analysis.zarr", "labels/vessels")
    # 120 x 90 level-0 pixels from (2000, 1000) on, at 4 pixels per pixel; rows 500 to 521 have their centre inside.
    assert int((labels.read(labels.size.box()) == 1).sum()) in (30 * 22, 30 * 23)
    tumour = open_pyramid(tmp_path / "A" / "analysis.zarr", "labels/tumour")
    assert int(tumour.read(tumour.size.box()).sum()) == 200 * 400
