"""The rows of a case report: report items, slides, vessels, tumours, as texts in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pathoflow.mvi import Case, CellBox, KindCounts, Role, SettledVessel
from pathoflow.mvi.kind_counts import CELL_LIMIT
from pathoflow.mvi.language import phrase
from pathoflow.mvi.wording import spoken_grades, verdict
from pathoflow.report.both import Both, both, both_of, join, same, word
from pathoflow.report.gallery import CellBoxes

#: More rows than this belong into a table program.
MAX_VESSELS = 200
_ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class KindItem:
    """One row of the structured report."""

    kind: Both
    n: int
    uncertain: Both | None
    farthest: Both
    boxes: CellBoxes | None
    cells: Both | None


@dataclass(frozen=True, slots=True)
class SlideItem:
    """One slide of the strip; ``status`` chooses the badge."""

    id: str
    block: Both | None
    site: Both
    tumour: str
    status: str
    label: Both
    codes: tuple[str, ...]
    candidates: Both | None
    #: Why it is left out; empty where it is not.
    left_out: str
    #: Address of its own report, seen from the case's folder; empty where there is none.
    href: str


@dataclass(frozen=True, slots=True)
class VesselItem:
    """One vessel of the case."""

    slide: str
    vessel: str
    role: Role
    label: Both
    reason: str
    kind: Both
    location: Both
    distance: Both
    cells: str


@dataclass(frozen=True, slots=True)
class TumourItem:
    """One tumour of a case of several."""

    name: Both
    n_slides: int
    n_vessels: int
    uncertain: Both | None
    grade: Both


def kind_items(case: Case) -> list[KindItem]:
    """Rows in the order of the Chinese template."""
    return [_kind_item(row, case.criteria.near_um) for row in case.kinds]


def _kind_item(row: KindCounts, near_um: float) -> KindItem:
    limit = f"{near_um / 1000:g} mm"
    parts = [same(say_exact_mm(row.farthest_um, near_um))] if row.farthest_um is not None else []
    for key, n in (
        ("rows.far_block", row.n_far_unmeasured),
        ("rows.near_block", row.n_near_unmeasured),
        ("rows.unknown_distance", row.n_unknown),
    ):
        if n:
            parts.append(both(key, n=n, limit=limit))
    cells = [
        both(f"rows.{box}", n=n)
        for box, n in row.boxes.items()
        # One vessel is told by the box itself.
        if n and row.n > 1
    ]
    return KindItem(
        both(f"rows.{row.kind}"),
        row.n,
        both("rows.uncertain", n=row.n_uncertain) if row.n_uncertain else None,
        join(parts) if parts else both("rows.none"),
        _boxes(row.box),
        join(cells) if cells else None,
    )


def say_exact_mm(distance_um: float, near_um: float) -> str:
    """A distance in mm; close to the limit with every digit that says on which side of it it lies."""
    if abs(distance_um - near_um) > 0.06 * near_um:
        return f"{distance_um / 1000:.2f} mm"
    text = f"{distance_um / 1000:.5f}".rstrip("0")
    return f"{text}0 mm" if text.endswith(".") else f"{text} mm"


def _boxes(box: CellBox | None) -> CellBoxes | None:
    match box:
        case None:
            return None
        case CellBox.UP_TO_50:
            return CellBoxes("yes", "no")
        case CellBox.OVER_50:
            return CellBoxes("no", "yes")
    return CellBoxes("possible", "possible")


def slide_items(case: Case) -> list[SlideItem]:
    """The strip, in the order of the table."""
    return [
        SlideItem(
            slide.id,
            both("strip.block", block=slide.block) if slide.block else None,
            both(f"site.{slide.site}"),
            slide.tumour,
            slide.status,
            both(f"status.{slide.status}"),
            tuple(dict.fromkeys(str(code["code"]) for code in slide.codes)),
            both("case.candidates", n=len(slide.vessels)) if slide.is_analysed else None,
            case.left_out.get(slide.id, ""),
            f"../../{quote(slide.id)}/report.html" if slide.has_report else "",
        )
        for slide in case.stated_slides
    ]


def vessel_items(case: Case) -> list[VesselItem]:
    """Vessels, those that count first; as many as a page can hold."""
    ordered = sorted(case.vessels, key=lambda v: _ORDER.index(v.role))
    return [_vessel_item(vessel, case.criteria.near_um) for vessel in ordered[:MAX_VESSELS]]


def _vessel_item(one: SettledVessel, near_um: float) -> VesselItem:
    vessel = one.vessel
    how = word("method", one.dist_method)
    if vessel.dist_edge_um is not None:
        distance = join([same(say_exact_mm(vessel.dist_edge_um, near_um)), how], ", ", "，")  # noqa: RUF001
    else:
        distance = how if one.dist_method else word("location", "unknown")
    interval = vessel.n_cells_interval
    counted = "–" if vessel.n_cells is None else f"{vessel.n_cells:,}"
    if vessel.n_cells is None and interval:
        # A box that a reader chose: its open end is no number.
        counted, interval = ("≤50" if interval[1] <= CELL_LIMIT else ">50"), None
    return VesselItem(
        one.slide.id,
        one.id[:8],
        one.role,
        both(f"role.{one.role}", other=(one.same_as or "")[:8]),
        one.reason,
        word("kind", vessel.kind),
        word("location", vessel.location),
        distance,
        f"{counted} ({interval[0]}–{interval[1]})" if interval else counted,
    )


def tumour_items(case: Case, system: str) -> list[TumourItem]:
    """Each tumour with its own grade; absence is not said of one before the reading is complete."""
    return [
        TumourItem(
            same(tumour.name) if tumour.name else both("tumours.unnamed"),
            tumour.n_slides,
            tumour.n_vessels,
            both("rows.uncertain", n=tumour.n_uncertain) if tumour.n_uncertain else None,
            both("tumours.none_yet")
            if not tumour.n_vessels and not case.is_complete
            else both_of(verdict(tumour.grades[system].possible)),
        )
        for tumour in case.tumours
    ]


def spoken(grades: Sequence[str]) -> Both:
    """Grades of which one is meant."""
    return both_of(phrase("grades", grades=spoken_grades(grades)))
