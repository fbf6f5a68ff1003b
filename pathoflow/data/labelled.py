"""Patches of one slide with the outlines that a person drew on it, in QuPath or elsewhere.

What is not outlined is only background where somebody looked. Two ways of drawing say where that was:

- Regions: an outline of class ``Region*``, ``Region`` or ``ROI`` (capitals do not matter), inside of which everything
  has been outlined. Patches cover every region; what lies outside of regions is not known. A region without any
  vessel is a good teacher too.
- No region in the file: everything within ``margin_um`` of an outline is taken to be outlined, the rest is not known.

What is inside an outline of class ``Ignore*`` is never known.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from pathoflow.data.outlines import Outline
from pathoflow.data.patches import PatchSet, spread
from pathoflow.errors import UsageError
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.space.raster import box_around, paint_outlines, polygons_in

_log = logging.getLogger(__name__)

_REGIONS = ("region", "roi")
_IGNORED = ("ignore",)


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """What is cut out of slides."""

    #: Classes of outlines, in the order of the masks; capitals do not matter, and "Vessel: MVI" is a "Vessel".
    classes: tuple[str, ...]
    #: µm per pixel of the patches; any, finer and coarser than the slide's.
    mpp: float
    #: Side of a patch.
    patch_px: int
    #: How far round outlines everything is taken to be outlined, in files without a region.
    margin_um: float = 50.0
    #: Patches without outlines are only taken where at least this share is tissue.
    min_tissue: float = 0.75

    def __post_init__(self) -> None:
        if not self.classes or not self.mpp > 0 or self.patch_px < 1 or self.margin_um < 0:
            raise UsageError(
                "patches need classes, a positive mpp and patch_px and a margin_um of 0 or more, not "
                f"{self.classes}, {self.mpp:g}, {self.patch_px} and {self.margin_um:g}."
            )


def label_patches(
    slide: Slide,
    outlines: Sequence[Outline],
    settings: LabelSettings,
    *,
    source: str = "",
    group: str = "",
) -> PatchSet:
    """Cut patches around what is outlined on ``slide``.

    A region or outline that is smaller than a patch sits in the middle of one, with real context; larger ones are
    covered by patches that overlap as little as that takes. Outlines close together share a patch. A pixel belongs to
    an outline when its centre lies inside, and holes are respected.

    Parameters
    ----------
    outlines
        In level-0 pixels (x, y); outlines of other classes are passed over with a warning in the log.
    source
        Name of the file in messages.
    group
        Patient; the slide's id where it is not given.

    Raises
    ------
    UsageError
        Nothing of the wanted classes is outlined, or nothing of it lies on the slide.
    MppUnknown
        The slide's scale is not known.
    TileUnreadable
        Pixels that should be there cannot be decoded.
    """
    source = source or f"the outlines of {slide.path.name}"
    drawn = _Drawing.sorted(outlines, settings, source)
    frame = Frame.at(settings.mpp, slide.mpp)
    size = frame.size(slide.size)
    zone = drawn.known_zone(slide.mpp, settings.margin_um)
    masks, known, boxes = [], [], []
    for box in _boxes(drawn, frame, size, settings):
        place = _in_level0(box, frame)
        believed = drawn.known(zone, box, frame) & _on_slide(box, size)
        if believed.any():
            boxes.append(box)
            known.append(believed)
            masks.append([paint_outlines(_touching(s, place), box, frame) for s in drawn.shapes])
    if not boxes:
        raise UsageError(
            f"nothing that is outlined in {source} lies on {slide.path.name} ({slide.size.height} x "
            f"{slide.size.width} px): give the outlines of this slide."
        )
    return PatchSet(
        np.stack([slide.read(box, mpp=settings.mpp) for box in boxes]),
        np.array(masks),
        np.stack(known),
        settings.classes,
        settings.mpp,
        (group or slide.id,) * len(boxes),
    )


@dataclass(frozen=True)
class _Drawing:
    """A file's outlines by what they say, level-0 (x, y)."""

    #: Of every class.
    shapes: tuple[tuple[BaseGeometry, ...], ...]
    regions: tuple[BaseGeometry, ...]
    ignored: tuple[BaseGeometry, ...]

    @classmethod
    def sorted(cls, outlines: Sequence[Outline], settings: LabelSettings, source: str) -> _Drawing:
        """Sort outlines by class; warn of those that are passed over."""
        wanted = {name.lower(): number for number, name in enumerate(settings.classes)}
        shapes: list[list[BaseGeometry]] = [[] for _ in wanted]
        regions, ignored = [], []
        foreign: Counter[str] = Counter()
        for outline in outlines:
            base = _base_class(outline)
            if base in wanted:
                shapes[wanted[base]].append(outline.polygon)
            elif base.rstrip("*") in _REGIONS:
                regions.append(outline.polygon)
            elif base.rstrip("*") in _IGNORED:
                ignored.append(outline.polygon)
            else:
                foreign[outline.class_name or "no class"] += 1
        drawn = cls(tuple(tuple(some) for some in shapes), tuple(regions), tuple(ignored))
        drawn._check(settings, foreign, source)
        return drawn

    def _check(self, settings: LabelSettings, foreign: Counter[str], source: str) -> None:
        found = ", ".join(f"{count} of {name}" for name, count in sorted(foreign.items()))
        # A file that holds regions alone says that there is nothing in them; one with other classes is a typing error.
        if not self.outlined and (foreign or not self.regions):
            raise UsageError(
                f"{source} has no outline of class {' or '.join(settings.classes)}; it holds {found or 'none'}: "
                "give the outlines that class, or name theirs in classes."
            )
        if foreign:
            _log.warning("%s: outlines of other classes are not used: %s", source, found)
        if self.regions:
            area = self.region_area
            outside = sum(not area.intersects(shape) for shape in self.outlined)
            if outside:
                _log.warning(
                    "%s: %d of %d outlines lie outside of every region and are not used",
                    source,
                    outside,
                    len(self.outlined),
                )

    @property
    def outlined(self) -> list[BaseGeometry]:
        """Outlines of all classes."""
        return [shape for shapes in self.shapes for shape in shapes]

    @cached_property
    def region_area(self) -> BaseGeometry:
        """All regions, joined."""
        return shapely.union_all(self.regions)

    def known_zone(self, mpp: Mpp, margin_um: float) -> BaseGeometry:
        """Where everything is taken to be outlined, level-0 (x, y)."""
        if self.regions:
            return self.region_area
        # Grown in µm, because pixels need not be square.
        scale = (mpp.x, mpp.y)
        in_um = shapely.transform(shapely.union_all(self.outlined), lambda xy: xy * scale)
        return shapely.transform(in_um.buffer(margin_um), lambda xy: xy / scale)

    def known(self, zone: BaseGeometry, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Pixels of ``box`` of ``frame`` that lie in ``zone`` and are not ignored."""
        place = _in_level0(box, frame)
        inside = paint_outlines([shapely.intersection(zone, place)], box, frame)
        return inside & ~paint_outlines(_touching(self.ignored, place), box, frame)


def _base_class(outline: Outline) -> str:
    return (outline.class_name or "").split(":")[0].strip().lower()


def _boxes(drawn: _Drawing, frame: Frame, size: Size, settings: LabelSettings) -> list[Box]:
    """The patches' boxes, each once, in reading order of what they cover."""
    side, margin = settings.patch_px, 0
    if drawn.regions:
        targets = [box_around(part, frame) for part in polygons_in(drawn.region_area)]
    else:
        targets = _neighbours([box_around(shape, frame) for shape in drawn.outlined], side)
        margin = round(settings.margin_um / settings.mpp)
    found: dict[Box, None] = {}
    for target in sorted(targets, key=lambda box: (box.top, box.left)):
        inside = target.intersect(size.box())
        if inside.is_empty:
            continue
        # What is larger than a patch is covered with its known surroundings: else a vessel that is a few pixels too
        # large would come twice, all but alike.
        wide = target.grow(margin).intersect(size.box())
        rows = _starts(inside.top, inside.height, side, size.height)
        columns = _starts(inside.left, inside.width, side, size.width)
        if inside.height > side:
            rows = _starts(wide.top, wide.height, side, size.height)
        if inside.width > side:
            columns = _starts(wide.left, wide.width, side, size.width)
        found |= {Box(top, left, side, side): None for top in rows for left in columns}
    return list(found)


def _neighbours(boxes: list[Box], side: int) -> list[Box]:
    """Boxes joined with those beside them, as long as a patch holds both."""
    joined: list[Box] = []
    for box in sorted(boxes, key=lambda one: (one.top, one.left)):
        for number, other in enumerate(joined):
            both = Box.spanning(
                min(box.top, other.top),
                min(box.left, other.left),
                max(box.bottom, other.bottom),
                max(box.right, other.right),
            )
            if max(both.size.shape) <= side:
                joined[number] = both
                break
        else:
            joined.append(box)
    return joined


def _starts(begin: int, length: int, side: int, limit: int) -> list[int]:
    """Where patches begin that cover ``length`` pixels from ``begin`` on; on the slide, where it is large enough."""
    if length > side:
        return [begin + start for start in spread(length, side)]
    start = begin + (length - side) // 2
    return [min(max(start, 0), limit - side) if limit >= side else (limit - side) // 2]


def _in_level0(box: Box, frame: Frame) -> BaseGeometry:
    """``box`` of ``frame`` as a level-0 (x, y) rectangle."""
    return shapely.box(
        box.left * frame.scale_x,
        box.top * frame.scale_y,
        box.right * frame.scale_x,
        box.bottom * frame.scale_y,
    )


def _touching(shapes: tuple[BaseGeometry, ...], place: BaseGeometry) -> list[BaseGeometry]:
    # All at once: a slide may hold thousands.
    touching = shapely.intersects(np.array(shapes, object), place)
    return [shapes[i] for i in np.flatnonzero(touching)]


def _on_slide(box: Box, size: Size) -> NDArray[np.bool_]:
    """Pixels of ``box`` that the slide has."""
    found = np.zeros(box.size.shape, bool)
    found[box.intersect(size.box()).within(box).slices] = True
    return found
