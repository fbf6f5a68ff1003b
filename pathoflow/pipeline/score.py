"""A result against the truth: outlines, areas, invaded vessels and cell counts.

The truth is a GeoJSON of outlines (classes Vessel, Vessel: MVI, Tumour), alone or in the ``.truth`` folder of a painted
slide. All figures of painted slides are synthetic: they prove plumbing, not diagnosis.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.interchange import read_geojson
from pathoflow.metrics import (
    Candidate,
    ObjectScore,
    OperatingPoint,
    PixelConfusion,
    SlideHits,
    best_point,
    froc,
    match_polygons,
    score_at,
    score_counts,
)
from pathoflow.space import Frame
from pathoflow.store import Pyramid, Result, ResultFolder, load_result, open_pyramid
from pathoflow.tiles import Lattice
from pathoflow.vessels import paint_outlines

# Side of the blocks in which areas are compared.
_BLOCK_PX = 2048


@dataclass(frozen=True, slots=True)
class Reference:
    """What is true of a slide, level-0 (x, y)."""

    vessels: Sequence[BaseGeometry]
    is_invaded: list[bool]
    #: True number of tumour cells of every vessel; None where the truth does not say.
    n_cells: list[int | None]
    tumours: Sequence[BaseGeometry]
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class SlideScore:
    """All figures of one slide."""

    vessel_objects: ObjectScore
    vessel_pixels: PixelConfusion
    tumour_pixels: PixelConfusion
    #: Invaded vessels at the threshold of calling, and at most sensitive with two false positives.
    called: OperatingPoint
    best: OperatingPoint
    #: Counted and true tumour cells of every invaded vessel that was found.
    counts: list[tuple[int, int]]
    is_synthetic: bool

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; null where there was nothing to measure."""
        counts = score_counts([c for c, _ in self.counts], [t for _, t in self.counts])
        figures = {
            "vessel_f1_at_iou_0.5": self.vessel_objects.f1,
            "vessel_precision": self.vessel_objects.precision,
            "vessel_recall": self.vessel_objects.recall,
            "vessels_found": self.vessel_objects.n_predicted,
            "vessels_true": self.vessel_objects.n_reference,
            "vessel_pixel_iou": self.vessel_pixels.iou,
            "vessel_pixel_dice": self.vessel_pixels.dice,
            "tumour_pixel_iou": self.tumour_pixels.iou,
            "mvi_true": self.called.n_reference,
            "mvi_sensitivity": self.called.sensitivity,
            "mvi_false_positives": self.called.n_false,
            "mvi_sensitivity_at_2_fp": self.best.sensitivity,
            "cell_count_vessels": len(self.counts),
            "cell_count_median_absolute_error": counts.median_absolute_error,
            "cell_count_median_error": counts.median_error,
            "cell_count_box_agreement": counts.box_agreement,
        }
        return {k: _plain(v) for k, v in figures.items()} | {"synthetic": self.is_synthetic}


def _plain(value: float) -> float | int | None:
    if isinstance(value, int):
        return value
    return None if math.isnan(value) else round(value, 4)


def load_reference(path: Path) -> Reference:
    """Read a ``.truth`` folder or a GeoJSON of outlines.

    Raises
    ------
    UsageError
        Nothing there, or nothing that can be read as truth.
    """
    outlines_path = path / "truth.geojson" if path.is_dir() else path
    table = path / "truth.json" if path.is_dir() else None
    cells: dict[str, int] = {}
    synthetic = False
    if table is not None:
        try:
            known = json.loads(table.read_text(encoding="utf-8"))
            cells = {row["id"]: int(row["n_tumour_cells"]) for row in known["vessels"]}
            synthetic = bool(known["synthetic"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{table} cannot be read as truth ({error}); make the painted slide again."
            ) from error
    outlines = read_geojson(outlines_path)
    vessels = [o for o in outlines if (o.class_name or "").startswith("Vessel")]
    tumours = [o.polygon for o in outlines if (o.class_name or "").startswith("Tumour")]
    if not vessels and not tumours:
        raise UsageError(
            f"{outlines_path} holds no outline of class Vessel or Tumour; name the classes so."
        )
    return Reference(
        [o.polygon for o in vessels],
        ["MVI" in (o.class_name or "") for o in vessels],
        [cells.get(o.id or "") for o in vessels],
        tumours,
        synthetic,
    )


def score_slide(folder: Path, truth: Path) -> SlideScore:
    """Compare the result in ``folder`` with ``truth``.

    Raises
    ------
    UsageError
        Either cannot be read, or the result is of a failed slide.
    """
    result = load_result(folder)
    if result.status == "failed":
        raise UsageError(f"{folder} holds the result of a failed slide; there is nothing to score.")
    reference = load_reference(truth)
    outlines = [shape(vessel["outline"]) for vessel in result.vessels]
    matched = match_polygons(outlines, reference.vessels)
    scored = [
        Candidate(outline, vessel["p_mvi"] or 0.0)
        for outline, vessel in zip(outlines, result.vessels, strict=True)
        if vessel["p_mvi"]
    ]
    invaded = [
        v for v, is_mvi in zip(reference.vessels, reference.is_invaded, strict=True) if is_mvi
    ]
    hits = SlideHits.of(scored, invaded)
    analysis = ResultFolder(folder).analysis
    return SlideScore(
        vessel_objects=matched,
        vessel_pixels=_compare(open_pyramid(analysis, "labels/vessels"), result, reference.vessels),
        tumour_pixels=_compare(open_pyramid(analysis, "labels/tumour"), result, reference.tumours),
        called=score_at([hits], 0.5),
        best=best_point(froc([hits]), max_false_per_slide=2.0),
        counts=_counts(result, reference, matched),
        is_synthetic=reference.is_synthetic,
    )


def _compare(labels: Pyramid, result: Result, shapes: Sequence[BaseGeometry]) -> PixelConfusion:
    """Areas of a label map and of true outlines, on the label map's own pixels."""
    frame = Frame.at(labels.mpp.mean, result.slide_mpp)
    total = PixelConfusion()
    for block in Lattice(labels.size, _BLOCK_PX):
        truth = paint_outlines(shapes, block.box, frame)
        total = total + PixelConfusion.of(labels.read(block.box) > 0, truth)
    return total


def _counts(result: Result, reference: Reference, matched: ObjectScore) -> list[tuple[int, int]]:
    rows = list(result.vessels)
    counts = []
    for pair in matched.pairs:
        true = reference.n_cells[pair.reference]
        counted = rows[pair.predicted]["n_tumour_cells"]
        if reference.is_invaded[pair.reference] and true is not None and counted is not None:
            counts.append((counted, true))
    return counts
