"""The overview of a slide as the page draws it: the picture, outlines over it, numbered candidates, a scale bar."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from pathoflow.report.jpeg import jpeg_uri
from pathoflow.report.labels import Label, Mark, Rect, place_labels
from pathoflow.report.pictures import Pictures, Ring
from pathoflow.report.ranking import Ranked
from pathoflow.report.svg import ScaleBar, path_of, rings_of, scale_bar

#: A vessel of 100 µm is a few pixels here: smaller ones get a ring of this radius, or nobody finds them.
_RING_PX = 11.0
#: More numbers than this are unreadable, and the gallery ends here too; further candidates keep outline and ring.
_MAX_LABELS = 60
#: The scale bar's corner, kept free of labels: height, and margin around the bar.
_BAR_HEIGHT, _BAR_MARGIN = 52.0, 24.0


@dataclass(frozen=True, slots=True)
class CandidateMark:
    """A called vessel on the overview."""

    number: int
    path: str
    mark: Mark
    #: Where its number stands; None for candidates beyond the first 60.
    label: Label | None
    #: Fragment that the number leads to.
    target: str
    #: Whether the outline is so small that a ring is drawn around it.
    has_ring: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the template draws; lengths in picture pixels."""

    image: str
    width: int
    height: int
    tissue: str
    tumour: str
    vessels: str
    candidates: tuple[CandidateMark, ...]
    bar: ScaleBar


def draw_overview(
    pictures: Pictures, ranked: Sequence[Ranked], pictured: Collection[str]
) -> Overview:
    """Project everything onto the overview; candidates in ``pictured`` lead to the gallery, others to the table."""
    picture = pictures.overview
    bar = scale_bar(picture.mpp, picture.width)
    candidates = [item for item in ranked if item.is_candidate]
    marks = [_mark(item, pictures) for item in candidates]
    bar_rect = Rect(0, picture.height - _BAR_HEIGHT, bar.length_px + 2 * _BAR_MARGIN, _BAR_HEIGHT)
    paper = Rect(0, 0, picture.width, picture.height)
    labels = place_labels(marks[:_MAX_LABELS], paper, [bar_rect])
    padded = [*labels, *[None] * (len(marks) - len(labels))]
    return Overview(
        image=jpeg_uri(picture.pixels, quality=82),
        width=picture.width,
        height=picture.height,
        tissue=draw_rings(pictures, "tissue"),
        tumour=draw_rings(pictures, "tumour"),
        vessels="".join(
            path_of(rings_of(item.vessel["outline"]), picture)
            for item in ranked
            if not item.is_candidate
        ),
        candidates=tuple(
            CandidateMark(
                number=item.number,
                path=path_of(rings_of(item.vessel["outline"]), picture),
                mark=mark,
                label=label,
                target=anchor_of(item, pictured),
                has_ring=mark.half_width == mark.half_height == _RING_PX,
            )
            for item, mark, label in zip(candidates, marks, padded, strict=True)
        ),
        bar=bar,
    )


def draw_rings(pictures: Pictures, name: str) -> str:
    """Path data of the outlines called ``name``; empty where there are none."""
    rings: Sequence[Ring] = pictures.outlines.get(name, ())
    return path_of((np.asarray(ring, float) for ring in rings), pictures.overview)


def anchor_of(item: Ranked, pictured: Collection[str]) -> str:
    """Id of the gallery card of a pictured vessel, of its table row otherwise."""
    return f"vessel-{item.number}" if item.id in pictured else f"row-{item.number}"


def _mark(item: Ranked, pictures: Pictures) -> Mark:
    places = pictures.overview.project(np.concatenate(rings_of(item.vessel["outline"])))
    low, high = places.min(axis=0), places.max(axis=0)
    (middle_x, middle_y), (half_width, half_height) = (low + high) / 2, (high - low) / 2
    # A small outline is marked by the ring around it, a large one by itself.
    if max(half_width, half_height) + 2 <= _RING_PX:
        half_width = half_height = _RING_PX
    return Mark(
        float(middle_x), float(middle_y), float(half_width), float(half_height), str(item.number)
    )
