"""What comparing one slide with its truth has counted: everything that any figure is computed from.

A tally holds sums, never ratios, so the tallies of many slides add up to the figures of all of them.
Areas are µm², because slides differ in their pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pathoflow.metrics import (
    DIAMETER_BINS,
    TOLERANCE_UM,
    BoundaryAgreement,
    Calibration,
    Candidate,
    ObjectScore,
    PixelConfusion,
    SlideHits,
    diameter_bin,
    equivalent_diameter_um,
    halo_px,
    jaccard_parts,
    match_polygons,
    score_at,
    split_jaccard,
    split_objects,
)
from pathoflow.pipeline.scoring.reference import Reference
from pathoflow.space import Frame
from pathoflow.store import Pyramid, Result, ResultFolder, open_pyramid
from pathoflow.tiles import Lattice
from pathoflow.vessels import paint_outlines

# Side of the blocks in which areas are compared.
_BLOCK_PX = 2048
#: Score from which a vessel is called where the result does not say.
_P_CALLED = 0.5
#: Key of the bin of all sizes.
ALL_SIZES = "all"
SIZES = (ALL_SIZES, *(one.key for one in DIAMETER_BINS))


@dataclass(frozen=True, eq=False, slots=True)
class SlideTally:
    """All that was counted on one slide."""

    #: Additive numbers by name; every slide has the same names.
    sums: Mapping[str, float]
    #: All vessels with a score above 0, and those on the reader's list.
    scored: SlideHits
    listed: SlideHits
    #: Scores of all found vessels against invasion; ignored references are left out.
    calibration: Calibration
    #: Counted and true tumour cells of every invaded vessel that was found.
    cells: tuple[tuple[int, int], ...]
    #: Of one boundary pixel; the tolerance is never below it.
    tolerance_um: float


def tally_slide(folder: ResultFolder, result: Result, reference: Reference) -> SlideTally:
    """Count everything; the label maps of ``folder`` are read block by block."""
    outlines = [shape(vessel["outline"]) for vessel in result.vessels]
    matched = match_polygons(outlines, [vessel.outline for vessel in reference.vessels])
    vessels = open_pyramid(folder.analysis, "labels/vessels")
    tumour = open_pyramid(folder.analysis, "labels/tumour")
    tolerance_um = max(TOLERANCE_UM, vessels.mpp.mean)
    vessel_pixels, boundary = _compare(
        vessels, result, [vessel.outline for vessel in reference.vessels], tolerance_um
    )
    tumour_pixels, _ = _compare(tumour, result, reference.tumours, None)
    scored = _hits(result, outlines, reference, [bool(v["p_mvi"]) for v in result.vessels])
    on_list = {vessel["id"] for vessel in result.candidates}
    return SlideTally(
        {
            **_object_sums(result, outlines, reference, matched),
            **_pixel_sums("vessel", vessel_pixels, vessels.mpp.mean),
            **_pixel_sums("tumour", tumour_pixels, tumour.mpp.mean),
            **_boundary_sums(boundary),
            **_called_sums(scored, p_called(result)),
        },
        scored,
        _hits(result, outlines, reference, [v["id"] in on_list for v in result.vessels]),
        _calibration(result, outlines, reference),
        _cells(result, reference, matched),
        tolerance_um,
    )


def p_called(result: Result) -> float:
    """The score from which this result called a vessel invaded."""
    settings = result.data["provenance"].get("settings") or {}
    return float((settings.get("criteria") or {}).get("p_called", _P_CALLED))


def _compare(
    labels: Pyramid, result: Result, shapes: Sequence[BaseGeometry], tolerance_um: float | None
) -> tuple[PixelConfusion, BoundaryAgreement]:
    """Areas, and boundaries where a tolerance is given, of a label map and of true outlines.

    Both on the label map's own pixels; nothing lies beyond the image.
    """
    frame = Frame.at(labels.mpp.mean, result.slide_mpp)
    whole = labels.size.box()
    halo = 0 if tolerance_um is None else halo_px(tolerance_um, labels.mpp.mean)
    areas, boundary = PixelConfusion(), BoundaryAgreement()
    for block in Lattice(labels.size, _BLOCK_PX):
        seen = block.box.grow(halo).intersect(whole)
        core = block.box.within(seen).slices
        found, truth = labels.read(seen) > 0, paint_outlines(shapes, seen, frame)
        areas = areas + PixelConfusion.of(found[core], truth[core])
        if tolerance_um is not None:
            boundary = boundary + BoundaryAgreement.of(
                found, truth, labels.mpp.mean, tolerance_um, core
            )
    return areas, boundary


def _object_sums(
    result: Result,
    outlines: Sequence[BaseGeometry],
    reference: Reference,
    matched: ObjectScore,
) -> dict[str, float]:
    """Objects found, true and matched, and areas of the aggregated Jaccard index, by size."""
    um2 = result.slide_mpp.pixel_area_um2
    truth = [vessel.outline for vessel in reference.vessels]
    predicted_bins, reference_bins = (
        [diameter_bin(equivalent_diameter_um(float(one.area) * um2)) for one in shapes]
        for shapes in (outlines, truth)
    )
    parts = jaccard_parts(outlines, truth)
    objects = [matched, *split_objects(matched, predicted_bins, reference_bins)]
    jaccard = [parts.total, *split_jaccard(parts, predicted_bins, reference_bins)]
    sums: dict[str, float] = {}
    for size, score, areas in zip(SIZES, objects, jaccard, strict=True):
        sums[f"objects.found.{size}"] = score.n_predicted
        sums[f"objects.true.{size}"] = score.n_reference
        sums[f"objects.matched.{size}"] = len(score.pairs)
        sums[f"jaccard.shared.{size}"] = areas.shared * um2
        sums[f"jaccard.joint.{size}"] = areas.joint * um2
    return sums


def _pixel_sums(name: str, pixels: PixelConfusion, mpp: float) -> dict[str, float]:
    um2 = mpp * mpp
    counts = {"tp": pixels.tp, "fp": pixels.fp, "fn": pixels.fn}
    return {f"{name}.{key}": count * um2 for key, count in counts.items()}


def _boundary_sums(boundary: BoundaryAgreement) -> dict[str, float]:
    return {
        "boundary.found": boundary.n_predicted,
        "boundary.found_near": boundary.predicted_near,
        "boundary.true": boundary.n_reference,
        "boundary.true_near": boundary.reference_near,
    }


def _called_sums(scored: SlideHits, threshold: float) -> dict[str, float]:
    point = score_at([scored], threshold)
    counted = [
        score >= threshold and not ignored
        for score, ignored in zip(scored.scores, scored.ignored, strict=True)
    ]
    return {
        "mvi.true": point.n_reference,
        "mvi.found": point.n_found,
        "mvi.false": point.n_false,
        # As many as the reader is told of, two outlines on one vessel included.
        "mvi.called": sum(counted),
    }


def _hits(
    result: Result,
    outlines: Sequence[BaseGeometry],
    reference: Reference,
    wanted: Sequence[bool],
) -> SlideHits:
    """The wanted vessels as candidates, in the order in which a reader meets equal scores."""
    rows = zip(result.vessels, outlines, wanted, strict=True)
    kept = sorted(
        ((row["id"], row["p_mvi"] or 0.0, outline) for row, outline, is_in in rows if is_in),
        key=lambda one: (-one[1], one[0]),
    )
    tissue_um2 = reference.tissue_um2 or result.data["tissue"]["area_um2"]
    return SlideHits.of(
        [Candidate(outline, score) for _, score, outline in kept],
        reference.positive,
        reference.ignored,
        tissue_cm2=float("nan") if tissue_um2 is None else tissue_um2 / 1e8,
    )


def _calibration(
    result: Result, outlines: Sequence[BaseGeometry], reference: Reference
) -> Calibration:
    known = _hits(result, outlines, reference, [v["p_mvi"] is not None for v in result.vessels])
    judged = [
        (score, bool(hit))
        for score, hit, ignored in zip(known.scores, known.hits, known.ignored, strict=True)
        if not ignored
    ]
    return Calibration.of([score for score, _ in judged], [is_true for _, is_true in judged])


def _cells(
    result: Result, reference: Reference, matched: ObjectScore
) -> tuple[tuple[int, int], ...]:
    rows = list(result.vessels)
    counts = []
    for pair in matched.pairs:
        vessel = reference.vessels[pair.reference]
        counted = rows[pair.predicted]["n_tumour_cells"]
        if vessel.is_invaded and vessel.n_cells is not None and counted is not None:
            counts.append((int(counted), vessel.n_cells))
    return tuple(counts)
