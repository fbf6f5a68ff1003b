"""A finished case without an analysis: painted slides whose results are made of their truth, in a second or two.

For trying the window, for its tests and its pictures. The slides are recipes that are painted when they are looked at;
scores are drawn around the truth, so that most suspicious ones are right and some are not, as in life.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import shape

import pathoflow
from pathoflow.mvi import Case, CaseRow, MviCriteria, Site, TumourSurroundings
from pathoflow.phantom import PhantomSpec, Truth, plan_slide
from pathoflow.phantom.recipe.spec_file import spec_as_table
from pathoflow.phantom.truth.survey import Survey, survey
from pathoflow.pipeline import save_case
from pathoflow.review.records import SlideRecord
from pathoflow.review.slides import slide_of
from pathoflow.space import Box, Frame, Mpp
from pathoflow.store import (
    CaseFolder,
    Label,
    PyramidSpec,
    Result,
    ResultFolder,
    create_pyramid,
    n_levels_for,
    save_result,
    write_text,
)

#: Resolution of the maps: fine enough for outlines to look at.
_MAP_MPP = 4.0
#: From here on a score calls a vessel invaded.
_CALLED = 0.5


@dataclass(frozen=True, slots=True)
class PaintedCase:
    """What to paint; the defaults are four blocks of 3 x 3 mm with fifty candidates."""

    case: str = "LIV-01"
    sites: tuple[Site, ...] = (Site.INTERFACE, Site.INTERFACE, Site.INTERFACE, Site.NEAR)
    side_px: int = 6000
    mpp: float = 0.5
    vessels: int = 26
    invaded: int = 3
    #: Candidates of all slides together; they are the highest scores.
    candidates: int = 50
    seed: int = 11


def paint_case(out: Path, wanted: PaintedCase | None = None) -> Path:
    """Write recipes, results and case into ``out``; the folder of the case is given back."""
    wanted = wanted or PaintedCase()
    out.mkdir(parents=True, exist_ok=True)
    share, rest = divmod(wanted.candidates, len(wanted.sites))
    slides = []
    for number, site in enumerate(wanted.sites):
        name = f"{wanted.case}_B{number + 1}"
        spec = _spec(wanted, number, site)
        recipe = out / f"{name}.toml"
        write_text(recipe, _as_toml(spec_as_table(spec)))
        result = _write_result(out / name, recipe, spec, share + (number < rest))
        row = CaseRow(name, wanted.case, f"B{number + 1}", site)
        slides.append(slide_of(row, result))
    folder = CaseFolder(out / "cases" / wanted.case)
    save_case(folder, Case(wanted.case, tuple(slides), MviCriteria(p_called=_CALLED)))
    return folder.path


def _spec(wanted: PaintedCase, number: int, site: Site) -> PhantomSpec:
    side = (wanted.side_px, wanted.side_px)
    return PhantomSpec(
        seed=wanted.seed + number,
        size_px=side,
        mpp=wanted.mpp,
        family="test",
        vessels=wanted.vessels,
        mvi_vessels=wanted.invaded,
        equivocal=1,
        slide_name=f"block {number + 1}",
        site=str(site),  # type: ignore[arg-type]  # the same words
    )


def _write_result(path: Path, recipe: Path, spec: PhantomSpec, n_candidates: int) -> Result:
    truth = Truth(plan_slide(spec))
    folder = ResultFolder(path)
    folder.prepare()
    found = survey(truth)
    _write_maps(folder, truth, spec, found)
    rng = np.random.default_rng(spec.seed)
    outlines = {feature["id"]: feature["geometry"] for feature in found.features}
    rows = [_vessel(row, outlines[row["id"]], rng) for row in found.rows if row["id"] in outlines]
    data = _result(path.name, recipe, spec, truth, rows, n_candidates)
    # Measuring reads the scale from the result, and the second time it is whole.
    save_result(folder, data)
    _measure(rows, folder, spec)
    return save_result(folder, data)


def _measure(rows: Sequence[dict[str, Any]], folder: ResultFolder, spec: PhantomSpec) -> None:
    """Distances to the tumour of the labels, so that a vessel that is measured again has the same."""
    record = SlideRecord(folder)
    ground = TumourSurroundings.of(
        record.tumours, Mpp.square(spec.mpp), list(record.pieces.values())
    )
    for row in rows:
        found = ground.measure(shape(row["outline"]))
        row["dist_edge_um"], row["dist_method"] = found.dist_edge_um, found.method


def _vessel(row: Mapping[str, Any], outline: Mapping[str, Any], rng: Any) -> dict[str, Any]:
    """A vessel as an analysis would have found it; its score follows the truth, with noise."""
    middle = 0.85 if row["is_mvi"] else 0.55 if row["plug"] or row["is_equivocal"] else 0.12
    p_mvi = float(np.clip(rng.normal(middle, 0.09), 0.01, 0.99))
    n_cells = int(row["n_tumour_cells"]) if row["is_mvi"] else int(rng.integers(0, 4))
    spread = 2 + n_cells // 5
    diameter = 2 * math.sqrt(row["area_um2"] / math.pi)
    return {
        "id": row["id"],
        "outline": {"type": "Polygon", "coordinates": outline["coordinates"]},
        "centroid_px": row["centroid_px"],
        "area_um2": row["area_um2"],
        "equivalent_diameter_um": round(diameter, 2),
        "kind": row["kind"]
        if row["kind"] in ("portal", "hepatic", "capsular", "artery")
        else "unknown",
        "muscular_wall": "yes" if row["has_muscle"] else "no",
        "piece": 1,
        "location": row["location"],
        "truncated": bool(row["is_truncated"]),
        "p_vessel": 0.97,
        "p_mvi": round(p_mvi, 4),
        "n_tumour_cells": n_cells,
        "n_tumour_cells_interval": [max(0, n_cells - spread), n_cells + spread],
        "tumour_in_lumen_fraction": float(min(1.0, row["tumour_in_lumen_fraction"])),
        "attachment": row["attachment"] if row["attachment"] else None,
        "dist_edge_um": None,
        "dist_method": None,
        "flags": [f"on_{kind}" for kind in row["artefacts"]],
    }


def _result(
    name: str,
    recipe: Path,
    spec: PhantomSpec,
    truth: Truth,
    rows: list[dict[str, Any]],
    n_candidates: int,
) -> dict[str, Any]:
    area = spec.mpp**2
    tumour_um2 = 0.0 if truth.mass is None else float(truth.mass.area) * area
    time = "2026-01-02T03:04:05Z"
    return {
        "schema": 1,
        "status": "ok",
        "codes": [],
        "slide": {
            "id": name,
            "file_sha256": hashlib.sha256(recipe.read_bytes()).hexdigest(),
            "size_px": list(spec.size_px),
            "mpp": [spec.mpp, spec.mpp],
            "mpp_source": "header",
            "vendor": "pathoflow-phantom",
        },
        "tissue": {"area_um2": float(truth.tissue.area) * area, "excluded_area_um2": 0.0, "pieces": 1},
        "tumour": {"area_um2": tumour_um2, "regions": int(truth.mass is not None)},
        "vessels": rows,
        "mvi": {"n_candidates": min(n_candidates, len(rows)), "systems": {}, "reviewed": False},
        "provenance": {
            "pathoflow": pathoflow.__version__,
            "commit": None,
            "networks": [],
            "settings": {"criteria": {"p_called": _CALLED}},
            "device": None,
            "dtype": None,
            "torch": None,
            "started_utc": time,
            "finished_utc": time,
            "tiles": {"done": 0, "skipped": 0, "failed": 0},
            "synthetic": True,
        },
    }  # fmt: skip


def _write_maps(folder: ResultFolder, truth: Truth, spec: PhantomSpec, found: Survey) -> None:
    """Heat maps and labels, drawn from the truth."""
    slide_mpp, mpp = Mpp.square(spec.mpp), Mpp.square(_MAP_MPP)
    frame = Frame.at(_MAP_MPP, slide_mpp)
    size = frame.size(spec.size)
    box = Box(0, 0, *size.shape)
    cells = truth.tumour_tissue_mask(box, frame)
    # As an unsure network would draw it.
    heat = ndimage.gaussian_filter(np.where(cells, 235.0, 12.0), 3.0)
    pixels: dict[str, NDArray[Any]] = {
        "probability/tumour": heat.astype(np.uint8),
        "probability/vessel": np.where(truth.vessel_mask(box, frame), 230, 8).astype(np.uint8),
        "labels/tumour": truth.mass_mask(box, frame).astype(np.uint8),
        "labels/tissue": truth.tissue_mask(box, frame).astype(np.uint8),
        "labels/vessels": truth.vessel_labels(box, frame).astype(np.uint32),
    }
    for name, values in pixels.items():
        grid = PyramidSpec.on_slide(values.dtype.name, mpp, slide_mpp, n_levels_for(size))
        pyramid = create_pyramid(folder.analysis, name, size, grid, overwrite=True)
        for shard in box.pieces(type(size)(pyramid.shard_px, pyramid.shard_px)):
            pyramid.write(shard, values[shard.slices])
        pyramid.build_levels()
        if name == "labels/vessels":
            pyramid.describe_labels(_names(found))


def _names(found: Survey) -> list[Label]:
    """Which vessel each value of the labels is, as an analysis notes it."""
    return [
        Label(row["label"], (0, 114, 178, 255), {"uuid": row["id"], "class": "Vessel"})
        for row in found.rows
    ]


def _as_toml(table: Mapping[str, Any], prefix: str = "") -> str:
    """A recipe as TOML: values first, then its tables."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        if _is_table(value):
            name = f"{prefix}{key}"
            lines += ["", f"[{name}]", _as_toml(value, f"{name}.")]
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return repr(value)
