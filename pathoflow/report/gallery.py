"""The gallery: one card per candidate vessel, most suspicious first, all at one physical size where they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pathoflow.report.both import Both, both
from pathoflow.report.field import Picture
from pathoflow.report.jpeg import jpeg_uris
from pathoflow.report.pictures import Pictures, PictureSettings
from pathoflow.report.ranking import Ranked
from pathoflow.report.svg import ScaleBar, path_of, rings_of, scale_bar
from pathoflow.report.wording import (
    UNKNOWN,
    say_cells,
    say_mm,
    say_percent,
    say_score,
    say_um,
    say_word,
)

#: The usual structured report asks for "suspended cells <=50 / >50".
CELL_LIMIT = 50
#: Fields differ from the usual width by rounding only, below this share.
_SAME_WIDTH = 0.01

_DISTANCE_METHODS = {
    "auto": "measured on this slide",
    "manual": "measured by hand",
    "block_site": "from the block site",
}


@dataclass(frozen=True, slots=True)
class CellBoxes:
    """The two tick boxes of the structured report; each is ``yes``, ``possible`` or ``no``."""

    up_to_50: str
    over_50: str


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate, ready to print; lengths in picture pixels, ``image`` empty where no picture was taken."""

    number: int
    vessel_id: str
    image: str
    width: int
    height: int
    path: str
    bar: ScaleBar
    field_text: str
    #: Whether the field had to be wider than usual.
    is_wider: bool
    score: str
    cells: str
    boxes: CellBoxes | None
    facts: tuple[tuple[Both, str], ...]
    flags: tuple[str, ...]
    #: Why the number and the kind are what they are, as sentences.
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Cards in order of suspicion, and how many candidates have none."""

    cards: tuple[Card, ...]
    n_hidden: int
    n_candidates: int
    #: Whether the numbers of all candidates are calibrated probabilities.
    is_calibrated: bool = False


def hang_gallery(ranked: Sequence[Ranked], pictures: Pictures | None) -> Gallery:
    """Make a card of every candidate that has a picture."""
    candidates = [item for item in ranked if item.is_candidate]
    taken = pictures.gallery if pictures else {}
    shown = [item for item in candidates if item.id in taken]
    images = jpeg_uris([taken[item.id].pixels for item in shown])
    cards = tuple(
        _card(item, taken[item.id], image) for item, image in zip(shown, images, strict=True)
    )
    is_calibrated = all(item.vessel.get("p_mvi_calibrated", False) for item in candidates)
    return Gallery(cards, len(candidates) - len(cards), len(candidates), is_calibrated)


def tick_boxes(n: float | None, interval: Sequence[float] | None) -> CellBoxes | None:
    """Tick <=50 or >50 by the count, and call the other one possible where the interval reaches it."""
    if n is None:
        return None
    low, high = interval or (n, n)
    over = n > CELL_LIMIT
    return CellBoxes(
        up_to_50="yes" if not over else "possible" if low <= CELL_LIMIT else "no",
        over_50="yes" if over else "possible" if high > CELL_LIMIT else "no",
    )


def say_distance(vessel: Mapping[str, Any]) -> str:
    """The distance to the tumour edge, mm, and how it is known."""
    distance_um, method = vessel.get("dist_edge_um"), vessel.get("dist_method")
    how = _DISTANCE_METHODS.get(str(method), say_word(method))
    if distance_um is None:
        return f"{UNKNOWN}, {how}" if method == "block_site" else UNKNOWN
    return say_mm(distance_um) if how == UNKNOWN else f"{say_mm(distance_um)}, {how}"


def say_kind(vessel: Mapping[str, Any]) -> str:
    """The kind that is suggested, and how sure that is."""
    share = vessel.get("kind_probability")
    word = say_word(vessel.get("kind"))
    return word if share is None or word == UNKNOWN else f"{word} ({say_percent(share)})"


def flags_of(vessel: Mapping[str, Any]) -> tuple[str, ...]:
    """The vessel's flags in plain letters, a cut outline among them."""
    flags = [say_word(flag) for flag in vessel.get("flags") or ()]
    if vessel.get("truncated") and "truncated" not in flags:
        flags.insert(0, "truncated")
    return tuple(flags)


def _card(item: Ranked, picture: Picture, image: str) -> Card:
    vessel = item.vessel
    cells, interval = vessel.get("n_tumour_cells"), vessel.get("n_tumour_cells_interval")
    field_um = picture.width_um
    usual_um = PictureSettings().field_um
    return Card(
        number=item.number,
        vessel_id=item.id,
        image=image,
        width=picture.width,
        height=picture.height,
        path=path_of(rings_of(vessel["outline"]), picture),
        bar=scale_bar(picture.mpp, picture.width, share=0.3),
        field_text=f"{field_um:.0f} × {picture.height * picture.mpp:.0f} µm",
        is_wider=field_um > usual_um * (1 + _SAME_WIDTH),
        score=say_score(vessel.get("p_mvi")),
        cells=say_cells(cells, interval),
        boxes=tick_boxes(cells, interval),
        facts=(
            (both("fact.distance"), say_distance(vessel)),
            (both("fact.diameter"), say_um(vessel.get("equivalent_diameter_um"))),
            (both("fact.lumen"), say_percent(vessel.get("tumour_in_lumen_fraction"))),
            (both("fact.attachment"), say_word(vessel.get("attachment"))),
            (both("fact.location"), say_word(vessel.get("location"))),
            (both("fact.kind"), say_kind(vessel)),
        ),
        flags=flags_of(vessel),
        reasons=(*(vessel.get("p_mvi_reasons") or ()), *(vessel.get("kind_reasons") or ())),
    )
