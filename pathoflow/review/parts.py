"""One outline in parts, by the rules that part touching vessels in the label map."""

from __future__ import annotations

from shapely import Polygon

from pathoflow.review.records import SlideRecord
from pathoflow.space import Frame
from pathoflow.vessels import LumenPatch, box_around, paint_outlines
from pathoflow.vessels.parting import PartingRules, part_mask
from pathoflow.vessels.trace import trace_mask

#: Where no map of lumens says on which grid to look, µm per pixel.
_MPP = 2.0


def part_outline(outline: Polygon, record: SlideRecord) -> list[Polygon]:
    """The parts of an outline (level-0 (x, y)); one alone where it is one vessel."""
    patch: LumenPatch | None = record.lumen_under(outline)
    frame = Frame.at(_MPP, record.mpp) if patch is None else patch.frame
    box = box_around(outline, frame).grow(2) if patch is None else patch.box
    mask = paint_outlines([outline], box, frame)
    lumen = None if patch is None else patch.values
    parts = part_mask(mask, lumen, frame.mpp(record.mpp).mean, PartingRules())
    if parts is None:
        return [outline]
    found = [trace_mask(parts == number, box, frame) for number in range(1, int(parts.max()) + 1)]
    return [part for part in found if part is not None]
