"""A painted slide of plain ellipses, its result, and a reader of the page that is not the one that wrote it."""

from __future__ import annotations

import copy
import math
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.report import Pictures, take_pictures
from pathoflow.space import Box, Frame, Mpp, Size

PINK, PURPLE, LUMEN = (226, 170, 196), (150, 96, 158), (250, 250, 250)


@dataclass(frozen=True)
class Ellipse:
    """Centre and half axes, level-0 pixels."""

    y: float
    x: float
    ry: float
    rx: float

    def holds(self, y: NDArray[Any], x: NDArray[Any]) -> NDArray[np.bool_]:
        return ((y - self.y) / self.ry) ** 2 + ((x - self.x) / self.rx) ** 2 <= 1

    def ring(self, n: int = 72) -> list[tuple[float, float]]:
        angles = [2 * math.pi * k / n for k in range(n)]
        ring = [
            (round(self.x + self.rx * math.cos(a), 2), round(self.y + self.ry * math.sin(a), 2))
            for a in angles
        ]
        return [*ring, ring[0]]


TISSUE = (Ellipse(12_000, 13_000, 10_500, 11_500), Ellipse(6_000, 27_500, 4_500, 1_900))
TUMOUR = Ellipse(13_500, 8_500, 6_500, 5_500)
# As result.json stores them: not in the order of suspicion.
VESSELS = (
    Ellipse(4_200, 12_000, 160, 220),
    Ellipse(9_800, 15_600, 240, 120),
    Ellipse(9_500, 15_000, 70, 70),
    Ellipse(16_400, 15_900, 90, 140),
    Ellipse(12_000, 17_900, 900, 420),
    Ellipse(20_500, 14_300, 110, 110),
    Ellipse(7_300, 19_800, 60, 60),
    Ellipse(15_000, 21_300, 200, 160),
    Ellipse(5_500, 27_400, 130, 90),
    Ellipse(8_600, 27_900, 45, 45),
    Ellipse(18_000, 18_700, 75, 150),
    Ellipse(11_900, 4_700, 55, 80),
)


@dataclass(frozen=True)
class PaintedSlide:
    """What `take_pictures` asks of a slide; every pixel is computed from the ellipses."""

    size: Size = Size(24_000, 30_000)
    mpp: Mpp = Mpp(0.5, 0.5)

    def read(self, box: Box, *, mpp: float) -> NDArray[np.uint8]:
        frame = Frame.at(mpp, self.mpp)
        y = ((np.arange(box.top, box.bottom) + 0.5) * frame.scale_y)[:, None]
        x = ((np.arange(box.left, box.right) + 0.5) * frame.scale_x)[None, :]
        pixels = np.full((*box.size.shape, 3), 255, np.uint8)
        for piece in TISSUE:
            pixels[piece.holds(y, x)] = PINK
        pixels[TUMOUR.holds(y, x)] = PURPLE
        for vessel in VESSELS:
            pixels[vessel.holds(y, x)] = LUMEN
        inside = (y >= 0) & (y < self.size.height) & (x >= 0) & (x < self.size.width)
        pixels[~inside] = 255
        return pixels


# p_mvi, cells, interval, share of lumen, attachment, distance µm, method, kind, location, flags
_FOUND: tuple[tuple[Any, ...], ...] = (
    (0.31, 4, [2, 9], 0.02, "floating", 2915.3, "auto", "portal", "peritumoral_near", []),
    (0.964, 212, [180, 251], 0.61, "adherent", 410.0, "auto", "portal", "peritumoral_near", []),
    (0.871, 38, [24, 61], 0.34, "floating", 275.4, "auto", "capsular", "capsular", ["BLUR"]),
    (0.62, 12, [7, 18], 0.11, "adherent", 980.6, "auto", "hepatic", "peritumoral_near", []),
    (0.983, 640, [560, 730], 0.78, "filling", 1890.2, "auto", "portal", "peritumoral_near", []),
    (0.04, 0, [0, 2], 0.0, "unknown", 1012.0, "auto", "hepatic", "peritumoral_near", []),
    (0.003, 0, [0, 1], 0.0, None, 3650.9, "auto", "unknown", "peritumoral_near", []),
    (0.0, 0, [0, 1], 0.0, None, 3810.0, "auto", "portal", "peritumoral_near", ["PEN"]),
    (0.553, 9, [5, 14], 0.08, "floating", None, None, "portal", "unknown", []),
    (None, None, None, None, None, None, None, "unknown", "unknown", ["TILE_UNREADABLE"]),
    (0.12, 1, [0, 4], 0.01, "unknown", 2780.0, "auto", "lymphatic", "peritumoral_near", []),
    (0.0, 0, [0, 1], 0.0, None, 0.0, "auto", "unknown", "intratumoral", ["FOLD"]),
)


def vessel_id(index: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"painted vessel {index}"))


def _vessel(index: int) -> dict[str, Any]:
    shape = VESSELS[index]
    p_mvi, cells, interval, share, attachment, distance, method, kind, location, flags = _FOUND[
        index
    ]
    area_um2 = math.pi * shape.ry * shape.rx * 0.25
    return {
        "id": vessel_id(index),
        "outline": {"type": "Polygon", "coordinates": [[list(place) for place in shape.ring()]]},
        "centroid_px": [shape.y, shape.x],
        "area_um2": round(area_um2, 2),
        "equivalent_diameter_um": round(2 * math.sqrt(area_um2 / math.pi), 2),
        "kind": kind,
        "location": location,
        "truncated": index == 8,
        "p_vessel": 0.9,
        "p_mvi": p_mvi,
        "n_tumour_cells": cells,
        "n_tumour_cells_interval": interval,
        "tumour_in_lumen_fraction": share,
        "attachment": attachment,
        "dist_edge_um": distance,
        "dist_method": method,
        "flags": flags,
    }


_UNREVIEWED = "This is the program's proposal from candidates that no reader has reviewed."
_SYSTEMS = {
    "SNUH": {
        "grade": "severe",
        "possible": ["severe"],
        "reasons": [
            _UNREVIEWED,
            "5 invaded vessels, up to 640 tumour cells in one vessel: severe.",
        ],
    },
    "NHC": {
        "grade": "undetermined",
        "possible": ["M1", "M2b"],
        "reasons": [
            _UNREVIEWED,
            "5 invaded vessels, 4 of them within 10 mm of the tumour (farthest 1.9 mm), 1 of them at an unknown "
            "distance: undetermined, M1 or M2b.",
            "The distance of 1 vessel is unknown: measure it, or state whether the block was cut near the tumour "
            "or far from it.",
        ],
    },
    "TCGP": {"grade": "undetermined", "possible": ["M1", "M2"], "reasons": [_UNREVIEWED]},
    "Iguchi": {"grade": "high", "possible": ["high"], "reasons": [_UNREVIEWED]},
}

_CODES = [
    {
        "code": "RESUMED",
        "severity": "info",
        "message": "An interrupted run was continued at block 7 of 12.",
    },
    {
        "code": "BLUR",
        "severity": "warning",
        "message": "6.1 % of the tissue is out of focus.",
        "area_um2": 5_270_000.0,
    },
    {
        "code": "PEN",
        "severity": "warning",
        "message": "A pen mark covers tissue; the area was excluded.",
        "area_um2": 1_940_000.0,
    },
]


def _result() -> dict[str, Any]:
    return {
        "schema": 1,
        "status": "ok_with_warnings",
        "codes": copy.deepcopy(_CODES),
        "slide": {
            "id": "LIV-0417_B3",
            "file_sha256": "5f" * 32,
            "size_px": [24_000, 30_000],
            "mpp": [0.5, 0.5],
            "mpp_source": "header",
            "vendor": "aperio",
        },
        "tissue": {"area_um2": 1.0155e8, "excluded_area_um2": 1.94e6, "pieces": 2},
        "tumour": {"area_um2": 2.808e7, "regions": 1},
        "vessels": [_vessel(index) for index in range(len(VESSELS))],
        "mvi": {"n_candidates": 5, "systems": copy.deepcopy(_SYSTEMS), "reviewed": False},
        "provenance": {
            "pathoflow": "0.1.0",
            "commit": "0f3c9a1",
            "networks": [
                {"name": "vessel-starter", "sha256": "ab" * 32},
                {"name": "tissue-starter", "sha256": "cd" * 32},
            ],
            "settings": {"inference": {"batch": 8}, "candidates": {"p_called": 0.5}},
            "device": "cpu",
            "dtype": "float32",
            "torch": "2.13.0",
            "started_utc": "2026-03-02T21:14:07Z",
            "finished_utc": "2026-03-02T22:16:12Z",
            "tiles": {"done": 412, "skipped": 96, "failed": 0},
            "synthetic": False,
            "bounds_px": None,
        },
    }


@pytest.fixture
def result() -> dict[str, Any]:
    """A slide with twelve vessels, five of them candidates, one of these on another piece of tissue."""
    return _result()


@pytest.fixture
def failed_result() -> dict[str, Any]:
    """A slide without a pixel size: nothing was judged."""
    failed = _result()
    failed |= {
        "status": "failed",
        "codes": [
            {
                "code": "MPP_MISSING",
                "severity": "error",
                "message": "LIV-0417_B3.tiff states no pixel size.",
            }
        ],
        "tissue": {"area_um2": None, "excluded_area_um2": None, "pieces": None},
        "tumour": {"area_um2": None, "regions": None},
        "vessels": [],
        "mvi": {"n_candidates": None, "systems": {}, "reviewed": False},
    }
    failed["slide"]["mpp"] = None
    failed["slide"]["mpp_source"] = None
    return failed


@pytest.fixture(scope="session")
def slide() -> PaintedSlide:
    return PaintedSlide()


# Taken once: pictures are read by every test and changed by none.
@pytest.fixture(scope="session")
def pictures(slide: PaintedSlide) -> Pictures:
    outlines: dict[str, list[list[tuple[float, float]]]] = {
        "tissue": [piece.ring() for piece in TISSUE],
        "tumour": [TUMOUR.ring()],
        "blur": [Ellipse(17_500, 20_500, 1_900, 1_700).ring()],
        "pen": [
            [(12_000, 2_600), (15_500, 2_200), (15_600, 2_900), (12_100, 3_400), (12_000, 2_600)]
        ],
    }
    return take_pictures(slide, _result(), outlines=outlines)


@dataclass
class Element:
    """An element of a page: tag, attributes, text of it and its children, children."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def all(self, tag: str, css_class: str = "") -> list[Element]:
        """Descendants of a tag, and of a class where one is named, in order."""
        found = []
        for child in self.children:
            if child.tag == tag and (not css_class or css_class in child.classes):
                found.append(child)
            found += child.all(tag, css_class)
        return found

    def one(self, tag: str, css_class: str = "") -> Element:
        found = self.all(tag, css_class)
        assert len(found) == 1, f"{len(found)} of {tag}.{css_class} in {self.tag}"
        return found[0]

    def by_id(self, wanted: str) -> Element:
        found = [e for e in self.everything() if e.attrs.get("id") == wanted]
        assert len(found) == 1, f"{len(found)} elements with id {wanted}"
        return found[0]

    def everything(self) -> list[Element]:
        return [e for child in self.children for e in (child, *child.everything())]

    @property
    def classes(self) -> list[str]:
        return self.attrs.get("class", "").split()


class PageReader(HTMLParser):
    """Builds elements with the standard library's parser, and refuses tags that do not match.

    Text of another language than the wanted one is passed over, as the style sheet hides it.
    """

    _VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, language: str = "en") -> None:
        super().__init__()
        self.language = language
        self.root = Element("root", {}, None)
        self.here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in self._VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        plain = {name: value or "" for name, value in attrs}
        self.here.children.append(Element(tag, plain, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        above = []
        while element is not None:
            above.append(element)
            element = element.parent
        if {e.attrs.get("lang", "") for e in above if e.tag != "html"} <= {"", self.language}:
            for element in above:
                element.pieces.append(data)


def read_page(html: str, language: str = "en") -> Element:
    reader = PageReader(language)
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
    return reader.root


@pytest.fixture
def parse() -> Any:
    """`read_page`, for tests that cannot import from here."""
    return read_page
