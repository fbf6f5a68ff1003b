"""Take the pictures of a report once, from the slide, so that it can be written again without the slide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.report.field import Field, Picture
from pathoflow.report.ranking import rank_vessels
from pathoflow.report.svg import rings_of
from pathoflow.space import Box, Frame, Mpp, Size

# What cannot be decoded is neither glass (white) nor tissue.
_UNREADABLE_GREY = 128
# Small enough that one damaged tile costs little of the picture.
_PIECE = Size(100, 100)

#: One closed line around something: level-0 places (x, y).
Ring = Sequence[tuple[float, float]]
#: Lines per name; "tissue" and "tumour" are drawn on the overview, every other name on the quality map.
Outlines = Mapping[str, Sequence[Ring]]


class PicturedSlide(Protocol):
    """What taking pictures needs of a slide."""

    @property
    def size(self) -> Size:
        """Height and width of level 0."""

    @property
    def mpp(self) -> Mpp:
        """Micrometres per level-0 pixel."""

    def read(self, box: Box, *, mpp: float) -> NDArray[np.uint8]:
        """Pixels of ``box``, in pixels of ``Frame.at(mpp, slide.mpp)``: ``(h, w, 3)``, white outside the slide."""


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """How many pictures, how large, and how much of the slide they show."""

    #: Longest side of the overview: sharp across a screen, some 200 kB as JPEG.
    overview_px: int = 1400
    #: Side of a gallery field: one physical size for all lets the eye compare vessels.
    field_um: float = 400.0
    #: Side of a gallery picture: 1 µm per pixel (10x) shows nuclei and lining.
    field_px: int = 400
    #: Free rim around a vessel too large for the field, as a part of its extent: context tells MVI from tumour.
    rim: float = 0.15
    #: Candidates with a picture; the rest stay in the table.
    max_fields: int = 60


@dataclass(frozen=True, slots=True)
class Pictures:
    """The overview, one field per pictured vessel (by id, most suspicious first), and outlines to draw."""

    overview: Picture
    gallery: Mapping[str, Picture] = field(default_factory=dict)
    outlines: Outlines = field(default_factory=dict)


def take_pictures(
    slide: PicturedSlide,
    result: Mapping[str, Any],
    settings: PictureSettings | None = None,
    *,
    outlines: Outlines | None = None,
) -> Pictures:
    """Read the overview and the field of every leading candidate.

    Parameters
    ----------
    slide
        Anything with ``size``, ``mpp`` and ``read``.
    result
        The content of ``result.json`` as far as it is known: ``vessels`` and ``mvi.n_candidates`` are read.
    settings
        Sizes and counts.
    outlines
        Level-0 rings (x, y) by name: ``tissue``, ``tumour``, and what was excluded (``excluded``, ``blur``, ``pen``,
        ``fold``, ``artefact``).

    Returns
    -------
    Pictures
        Ready for `save_pictures` and `render_page`.
    """
    settings = settings or PictureSettings()
    called = [item for item in rank_vessels(result) if item.is_candidate][: settings.max_fields]
    gallery = {item.id: take_field(slide, item.vessel, settings) for item in called}
    return Pictures(take_overview(slide, settings), gallery, dict(outlines or {}))


def take_overview(slide: PicturedSlide, settings: PictureSettings) -> Picture:
    """The whole slide, its longest side about ``settings.overview_px`` pixels; small slides are not enlarged."""
    longest_um = max(slide.size.height * slide.mpp.y, slide.size.width * slide.mpp.x)
    mpp = max(longest_um / settings.overview_px, slide.mpp.mean)
    frame = Frame.at(mpp, slide.mpp)
    box = frame.size(slide.size).box()
    return Picture(_read(slide, box, mpp), Field.of_box(box, frame), mpp)


def take_field(
    slide: PicturedSlide, vessel: Mapping[str, Any], settings: PictureSettings
) -> Picture:
    """The square field around one vessel: ``settings.field_um`` wide, or as wide as the vessel and its rim need."""
    side_um = max(settings.field_um, _extent_um(vessel, slide.mpp) * (1 + 2 * settings.rim))
    mpp = side_um / settings.field_px
    frame = Frame.at(mpp, slide.mpp)
    low, high = _corners(vessel)
    centre_x, centre_y = (low + high) / 2
    box = Box(
        round(centre_y / frame.scale_y - settings.field_px / 2),
        round(centre_x / frame.scale_x - settings.field_px / 2),
        settings.field_px,
        settings.field_px,
    )
    return Picture(_read(slide, box, mpp), Field.of_box(box, frame), mpp)


def _read(slide: PicturedSlide, box: Box, mpp: float) -> NDArray[np.uint8]:
    """Pixels of ``box``; a damaged slide is shown as far as it can be read, the rest plain grey."""
    try:
        return slide.read(box, mpp=mpp)
    except TileUnreadable:
        pixels = np.full((*box.size.shape, 3), _UNREADABLE_GREY, np.uint8)
    for piece in box.pieces(_PIECE):
        with suppress(TileUnreadable):
            pixels[piece.within(box).slices] = slide.read(piece, mpp=mpp)
    return pixels


def _corners(vessel: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest (x, y) of the vessel's outline, level-0 pixels."""
    places = np.concatenate(rings_of(vessel["outline"]))
    return places.min(axis=0), places.max(axis=0)


def _extent_um(vessel: Mapping[str, Any], mpp: Mpp) -> float:
    """Longer side of the vessel's bounding box, rounded up to 50 µm so that field sizes read well."""
    low, high = _corners(vessel)
    width_px, height_px = high - low
    longer_um = max(float(width_px) * mpp.x, float(height_px) * mpp.y)
    return math.ceil(longer_um / 50) * 50.0
