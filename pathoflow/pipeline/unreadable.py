"""Where on a slide pixels cannot be decoded, and whether that matters: beside the tumour it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage as ndi
from shapely import Polygon

from pathoflow.errors import Code
from pathoflow.inference import InferenceSettings, TileTally
from pathoflow.pipeline.compose import Analysis, Remark
from pathoflow.slide import Slide
from pathoflow.slide.salvage import read_what_can_be
from pathoflow.space import Box, Frame, Size
from pathoflow.tissue import Flag, TissueMask

# Read at once; a damaged piece is cut down to a tile of a scanner.
_PIECE_PX = 1024
_SALVAGE_PX = 128


def find_unreadable(slide: Slide, tissue: TissueMask, mpp: float) -> NDArray[np.bool_]:
    """Where the slide cannot be read at ``mpp``, in the frame of the tissue mask, shape ``(h, w)``.

    It reads all the tissue once more, which is worth it for slides that are known to be damaged.
    """
    frame = Frame.at(mpp, slide.mpp)
    found = np.zeros_like(tissue.pixels)
    whole = Box(0, 0, *tissue.pixels.shape)
    for piece in frame.size(slide.size).box().pieces(Size(_PIECE_PX, _PIECE_PX)):
        if not tissue.covers(piece, frame):
            continue
        _, lost = read_what_can_be(lambda box: slide.read(box, mpp=mpp), piece, _SALVAGE_PX)
        for box in _boxes(lost):
            there = tissue.frame.box_from_level0(
                frame.box_to_level0(box.shift(piece.top, piece.left))
            )
            found[there.intersect(whole).slices] = True
    return found & tissue.pixels


def note_damage(
    analysis: Analysis, tally: TileTally, mpps: Sequence[float], settings: InferenceSettings
) -> None:
    """Say how much cannot be read, and keep the place: vessels that touch it carry the flag."""
    quality, limit = analysis.quality, settings.unreadable_limit
    assert quality is not None
    # The overview may have met the same tiles; one remark speaks of all.
    known = [f.mask for f in quality.flags if f.code is Code.TILE_UNREADABLE and f.mask is not None]
    others = tuple(flag for flag in quality.flags if flag.code is not Code.TILE_UNREADABLE)
    analysis.remarks = [r for r in analysis.remarks if r.code is not Code.TILE_UNREADABLE]
    tissue = quality.tissue.pixels
    lost = np.logical_or.reduce([np.zeros_like(tissue), *known])
    for mpp in mpps:
        lost |= find_unreadable(analysis.slide, quality.tissue, mpp)
    share = max(tally.unreadable_share, np.count_nonzero(lost & tissue) / max(1, tissue.sum()))
    flag = Flag(
        Code.TILE_UNREADABLE,
        "error" if share > limit else "warning",
        f"{tally.failed} of {tally.done} tiles hold pixels that cannot be decoded, {share:.2%} of the tissue "
        f"(limit {limit:.2%}); copy the slide again from the scanner.",
        float(np.count_nonzero(lost)) * quality.tissue.mpp.pixel_area_um2,
        lost,
    )
    analysis.quality = replace(quality, flags=(*others, flag))
    analysis.remarks.append(Remark.of(flag))


def check_rim(analysis: Analysis, settings: InferenceSettings) -> None:
    """Fail a slide that cannot be read beside the tumour: an invaded vein could lie there, and the border itself."""
    quality, limit = analysis.quality, settings.unreadable_rim_um
    assert quality is not None
    outlines = [region.outline for region in analysis.tumours]
    away = min(
        (
            distance_to_borders_um(flag.mask, quality.tissue, outlines)
            for flag in quality.flags
            if flag.code is Code.TILE_UNREADABLE and flag.mask is not None
        ),
        default=float("inf"),
    )
    if away > limit:
        return
    message = (
        f"Pixels {away:.0f} µm from the tumour's border cannot be decoded (limit {limit:.0f} µm), where invaded vessels "
        "are sought first; copy the slide again from the scanner."
    )
    analysis.remarks.append(Remark(Code.TILE_UNREADABLE, "error", message))


def _boxes(lost: NDArray[np.bool_] | None) -> list[Box]:
    """The connected parts of ``lost``, as boxes."""
    if lost is None:
        return []
    labels, _ = ndi.label(lost)
    return [
        Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
        for rows, columns in ndi.find_objects(labels)
    ]


def distance_to_borders_um(
    place: NDArray[np.bool_], tissue: TissueMask, outlines: Sequence[Polygon]
) -> float:
    """Shortest distance from ``place``, in the frame of the tissue mask, to the border of an outline in level-0 (x, y).

    Infinite where there is no place or no outline.
    """
    if not outlines or not place.any():
        return float("inf")
    y, x = (
        (at + 0.5) * scale
        for at, scale in zip(
            np.nonzero(place), (tissue.frame.scale_y, tissue.frame.scale_x), strict=True
        )
    )
    borders = shapely.union_all([shapely.boundary(outline) for outline in outlines])
    shapely.prepare(borders)
    return float(shapely.distance(shapely.points(x, y), borders).min()) * tissue.slide_mpp.mean
