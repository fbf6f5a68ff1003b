"""Quality of the slide: its codes with what to do about them, and a map of what was not judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pathoflow.report.advice import advise
from pathoflow.report.jpeg import jpeg_uri
from pathoflow.report.overview import draw_rings
from pathoflow.report.pictures import Pictures
from pathoflow.report.svg import ScaleBar, scale_bar
from pathoflow.report.wording import say_area, say_word

#: Drawn on the overview, so not on the quality map.
_NOT_QUALITY = ("tissue", "tumour")
#: Longest side of the map: it shows areas, not detail.
_MAP_PX = 700
#: Patterns that differ in direction and weight, not only in colour; further names share the last.
PATTERNS = ("diagonal", "counter", "dots", "grid", "level")
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One quality code."""

    code: str
    severity: str
    message: str
    area: str
    advice: str


@dataclass(frozen=True, slots=True)
class Region:
    """Areas of one reason on the quality map."""

    name: str
    pattern: str
    path: str


@dataclass(frozen=True, slots=True)
class QualityMap:
    """A small overview with hatched areas; paths are in pixels of the large one, hence ``width`` and ``height``."""

    image: str
    width: int
    height: int
    tissue: str
    regions: tuple[Region, ...]
    bar: ScaleBar


def code_rows(result: Mapping[str, Any]) -> list[CodeRow]:
    """The codes of ``result``, gravest first."""
    rows = [_row(code) for code in result.get("codes") or ()]
    return sorted(rows, key=lambda row: _gravity(row.severity))


def draw_quality(pictures: Pictures | None) -> QualityMap | None:
    """The map, or None where no areas were handed over with the pictures."""
    if pictures is None:
        return None
    names = [name for name in sorted(pictures.outlines) if name not in _NOT_QUALITY]
    if not names:
        return None
    overview = pictures.overview
    step = max(1, max(overview.height, overview.width) // _MAP_PX)
    regions = tuple(
        Region(
            say_word(name),
            PATTERNS[min(index, len(PATTERNS) - 1)],
            draw_rings(pictures, name),
        )
        for index, name in enumerate(names)
    )
    return QualityMap(
        image=jpeg_uri(overview.pixels[::step, ::step], quality=70),
        width=overview.width,
        height=overview.height,
        tissue=draw_rings(pictures, "tissue"),
        regions=regions,
        bar=scale_bar(overview.mpp, overview.width),
    )


def _row(code: Mapping[str, Any]) -> CodeRow:
    area_um2 = code.get("area_um2")
    name = str(code.get("code"))
    return CodeRow(
        code=name,
        severity=str(code.get("severity") or "info"),
        message=str(code.get("message") or ""),
        # 0 too says that the code has no place of its own (a missing mpp covers no area).
        area=say_area(area_um2) if area_um2 else "none stated",
        advice=advise(name),
    )


def _gravity(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
