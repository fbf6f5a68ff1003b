"""Write the slides of a cohort, their truths, and what is true of each case.

slides/C-01-A1.tiff     the slide, or C-01-A1.toml where the cohort is virtual
slides/C-01-A1.truth/   its truth
cases.csv               slide, case, block, site: what `pathoflow run --cases` reads
truth.csv               per case: invaded veins, farthest distance, most cells
true_vessels.csv        every invaded vein as `pathoflow grade` reads it; equivocal ones, which
                        can be counted either way, are left out
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathoflow.phantom.file.write import make_phantom
from pathoflow.phantom.plan.slide import GENERATOR_VERSION
from pathoflow.phantom.recipe.cohort import Block, Cohort
from pathoflow.phantom.recipe.spec import Site
from pathoflow.phantom.recipe.spec_file import spec_as_table, spec_as_toml
from pathoflow.phantom.truth.files import write_truth

CASE_COLUMNS = ("slide", "case", "block", "site")
VESSEL_COLUMNS = ("case", "vessel", "dist_edge_um", "n_tumour_cells", "location", "status")
#: What a block's site tells of veins whose distance the slide cannot tell.
_LOCATION_OF: dict[Site, str] = {
    "interface": "peritumoral_near",
    "near": "peritumoral_near",
    "far": "peritumoral_far",
    "tumour_centre": "intratumoral",
}

OnSlide = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrueVein:
    """One invaded vein of a case; a vein that the section cuts twice is one."""

    case: str
    #: Slide and label, such as ``C-01-A1:7``.
    vessel: str
    dist_edge_um: float | None
    n_tumour_cells: int
    location: str


@dataclass(frozen=True, slots=True)
class TrueCase:
    """What is true of a case over all its blocks."""

    case: str
    slides: int
    #: Invaded veins outside the tumour, each counted once; the sum of the next three.
    n_invaded: int
    #: At most 10 mm from the tumour, measured or by the block's site.
    n_near: int
    #: Farther than that.
    n_far: int
    #: Neither measured nor known from the site.
    n_unknown: int
    #: Invaded veins within the tumour, which do not enter the count.
    n_intratumoral: int
    #: Largest measured distance, µm; None where none was measured.
    farthest_um: float | None
    #: Tumour cells in the fullest of the counted veins; 0 without any.
    most_cells: int
    #: Veins that can be counted either way.
    n_equivocal: int


def make_cohort(
    cohort: Cohort, folder: Path, on_slide: OnSlide | None = None
) -> tuple[TrueCase, ...]:
    """Write a cohort into ``folder``; slides that are there already, from the same recipe, stay.

    Parameters
    ----------
    cohort
        From `parse_cohort`.
    folder
        Made where it does not exist.
    on_slide
        Hears the id of the slide in work and the share of it that is done, 0 to 1.

    Raises
    ------
    UsageError
        A slide asks for more than fits on it; the slides before it stay.
    EnvironmentFault
        The folder cannot be written, or the disk is full.
    """
    tell = on_slide if on_slide is not None else (lambda slide_id, share: None)
    slides = folder / "slides"
    truths: dict[str, dict[str, Any]] = {}
    for block in cohort.blocks:
        tell(block.slide_id, 0.0)
        truths[block.slide_id] = _make_slide(block, slides, cohort.is_virtual, tell)
        tell(block.slide_id, 1.0)
    veins = [vein for block in cohort.blocks for vein in true_veins(block, truths[block.slide_id])]
    cases = tuple(_true_case(case, cohort, veins, truths) for case in cohort.cases)
    _write_tables(cohort, veins, cases, folder)
    return cases


def _make_slide(block: Block, slides: Path, is_virtual: bool, tell: OnSlide) -> dict[str, Any]:
    """Write one slide and its truth, unless both are there; give back the truth's table."""
    path = slides / f"{block.slide_id}.{'toml' if is_virtual else 'tiff'}"
    table = path.with_suffix(".truth") / "truth.json"
    if not (path.exists() and _is_from(block, table)):
        if is_virtual:
            _write(path, spec_as_toml(block.spec))
            write_truth(block.spec, table.parent)
        else:
            make_phantom(block.spec, path, lambda share: tell(block.slide_id, share))
    truth: dict[str, Any] = json.loads(table.read_text(encoding="utf-8"))
    return truth


def _is_from(block: Block, table: Path) -> bool:
    """Whether a truth, which is written after its slide, is that of the block's recipe."""
    try:
        found = json.loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = (spec_as_table(block.spec), GENERATOR_VERSION)
    return (found.get("spec"), found.get("generator_version")) == wanted


def true_veins(block: Block, truth: dict[str, Any]) -> list[TrueVein]:
    """The invaded veins of one slide from its ``truth.json``; twin profiles of a vein are one.

    Such a vein has the larger distance and the larger number of cells of its two profiles.
    """
    rows = {row["id"]: row for row in truth["vessels"] if row["is_mvi"]}
    merged: dict[str, list[dict[str, Any]]] = {}
    for name, row in rows.items():
        twin = row.get("twin_of")
        # Either profile may name the other, or each other.
        first = min(name, twin) if twin in rows else name
        merged.setdefault(first, []).append(row)
    return [_true_vein(block, profiles) for profiles in merged.values()]


def _true_vein(block: Block, profiles: list[dict[str, Any]]) -> TrueVein:
    distances = [row["dist_edge_um"] for row in profiles if row["dist_edge_um"] is not None]
    farthest = max(profiles, key=lambda row: row["dist_edge_um"] or 0.0)
    location = farthest["location"]
    if location == "unknown":
        location = _LOCATION_OF.get(block.spec.site, "unknown")
    return TrueVein(
        block.case,
        f"{block.slide_id}:{farthest['label']}",
        max(distances, default=None),
        max(row["n_tumour_cells"] for row in profiles),
        location,
    )


def _true_case(
    case: str, cohort: Cohort, veins: Sequence[TrueVein], truths: dict[str, dict[str, Any]]
) -> TrueCase:
    own = [vein for vein in veins if vein.case == case]
    counted = [vein for vein in own if vein.location != "intratumoral"]
    far = sum(vein.location == "peritumoral_far" for vein in counted)
    unknown = sum(vein.location == "unknown" for vein in counted)
    slides = [block.slide_id for block in cohort.blocks if block.case == case]
    measured = [vein.dist_edge_um for vein in counted if vein.dist_edge_um is not None]
    return TrueCase(
        case,
        len(slides),
        len(counted),
        len(counted) - far - unknown,
        far,
        unknown,
        len(own) - len(counted),
        max(measured, default=None),
        max((vein.n_tumour_cells for vein in counted), default=0),
        sum(row.get("is_equivocal", False) for name in slides for row in truths[name]["vessels"]),
    )


def _write_tables(
    cohort: Cohort, veins: Sequence[TrueVein], cases: Sequence[TrueCase], folder: Path
) -> None:
    blocks = [(b.slide_id, b.case, b.name, b.spec.site) for b in cohort.blocks]
    _write(folder / "cases.csv", _csv(CASE_COLUMNS, blocks))
    names = tuple(TrueCase.__slots__)
    figures = [tuple(getattr(case, name) for name in names) for case in cases]
    mark = ("synthetic", GENERATOR_VERSION)
    _write(
        folder / "truth.csv",
        _csv((*names, "data", "generator_version"), [(*row, *mark) for row in figures]),
    )
    rows: list[tuple[object, ...]] = []
    for case in cases:
        own = [vein for vein in veins if vein.case == case.case]
        rows += [
            (v.case, v.vessel, v.dist_edge_um, v.n_tumour_cells, v.location, "accepted")
            for v in own
        ]
        # A case without invaded veins stands in the table too, by its name alone.
        rows += [] if own else [(case.case, *[None] * 5)]
    _write(folder / "true_vessels.csv", _csv(VESSEL_COLUMNS, rows))


def _csv(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    # The store brings zarr along, which takes a while.
    from pathoflow.store import write_text

    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
