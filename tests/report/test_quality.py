from __future__ import annotations

from typing import Any

from pathoflow.report import Pictures
from pathoflow.report.quality import code_rows, draw_quality


def test_grave_codes_come_first_and_each_has_advice(result: dict[str, Any]) -> None:
    result["codes"].append(
        {"code": "NEW_ONE", "severity": "error", "message": "m", "area_um2": None}
    )
    rows = code_rows(result)
    assert [row.code for row in rows] == ["NEW_ONE", "BLUR", "PEN", "RESUMED"]
    assert [row.area for row in rows] == ["none stated", "5.27 mm²", "1.94 mm²", "none stated"]
    assert all(row.advice for row in rows)


def test_the_map_shows_every_area_but_tissue_and_tumour(pictures: Pictures) -> None:
    quality = draw_quality(pictures)
    assert quality is not None
    assert [region.name for region in quality.regions] == ["blur", "pen"]
    assert len({region.pattern for region in quality.regions}) == 2
    # Pen: (12000, 2600) of 30,000 px on 1400.
    assert quality.regions[1].path.startswith("M560 121.3")


def test_without_areas_there_is_no_map(slide: Any, result: dict[str, Any]) -> None:
    from pathoflow.report import take_pictures

    assert draw_quality(None) is None
    assert draw_quality(take_pictures(slide, result, outlines={"tissue": []})) is None
