"""Patches of painted slides: pixels and truth at the network's µm per pixel, in memory, cached on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.data.bank import Arrays, bank_path, paint_or_read
from pathoflow.data.patches import PatchSet
from pathoflow.errors import UsageError
from pathoflow.phantom import (
    GENERATOR_VERSION,
    QUALITY_VALUES,
    PhantomSpec,
    Plan,
    Truth,
    duct_mask,
    lumen_mask,
    necrosis_mask,
    plan_slide,
    stroma_mask,
    training_patch,
)
from pathoflow.space import Box, Frame, Point


@dataclass(frozen=True, slots=True)
class PaintedData:
    """Which painted slides patches come from; every seed is a slide of its own."""

    train_seeds: tuple[int, ...]
    validation_seeds: tuple[int, ...]
    #: Side of a painted slide; its µm per pixel.
    slide_px: int = 12000
    slide_mpp: float = 0.5
    patches_per_slide: int = 20
    #: Invaded veins per slide: many more than in life, because patches are drawn around them.
    invaded_per_slide: int = 8
    #: Side of a patch at the slide's µm per pixel.
    patch_px: int = 1536
    #: Patches are kept at this µm per pixel; networks that work coarser get them averaged.
    bank_mpp: float = 2.0


#: The arrays of a bank.
_ARRAYS = ("pixels", "vessel", "tumour", "known")
#: Further classes lie in a bank of their own, which is drawn without painting: who needs none of them has none.
_TISSUES = {
    "necrosis": necrosis_mask,
    "stroma": stroma_mask,
    "lumen": lumen_mask,
    "duct": duct_mask,
}
#: The classes that are known of a painted slide.
PAINTED_CLASSES = ("vessel", "tumour", *_TISSUES)


def paint_bank(
    data: PaintedData,
    seeds: tuple[int, ...],
    cache: Path,
    progress: Callable[[str], None],
    classes: tuple[str, ...] = ("vessel", "tumour"),
) -> PatchSet:
    """Paint patches of every seed's slide, or read them from ``cache`` where they were painted before.

    What is known is tissue that can be judged (`judgeable`). Every slide is a group of its own.

    Raises
    ------
    UsageError
        A class that painted slides do not have.
    """
    foreign = [name for name in classes if name not in PAINTED_CLASSES]
    if foreign:
        raise UsageError(
            f"painted slides have no class {', '.join(foreign)}: choose from {', '.join(PAINTED_CLASSES)}."
        )
    geometry = [v for k, v in asdict(data).items() if not k.endswith("_seeds")]
    path = bank_path(cache, [GENERATOR_VERSION, _ARRAYS, *geometry, list(seeds)])
    arrays = paint_or_read(path, seeds, partial(_paint_slide, data), progress)
    if set(classes) & set(_TISSUES):
        path = bank_path(cache, [GENERATOR_VERSION, list(_TISSUES), *geometry, list(seeds)])
        arrays |= paint_or_read(path, seeds, partial(_draw_tissues, data), progress)
    return PatchSet(
        arrays["pixels"],
        np.stack([arrays[name] for name in classes], axis=1),
        arrays["known"],
        classes,
        data.bank_mpp,
        tuple(f"painted-train-{seed}" for seed in seeds for _ in range(data.patches_per_slide)),
    )


#: Artefacts under which nothing can be judged; out of focus tissue and torn holes can.
_HIDING = [QUALITY_VALUES[kind] for kind in ("fold", "dust", "bubble", "pen", "dropout")]


def _paint_slide(data: PaintedData, seed: int) -> Arrays:
    plan, frame, boxes = _patches(data, seed)
    truth = Truth(plan)
    found: dict[str, list[NDArray[np.uint8] | NDArray[np.bool_]]] = {name: [] for name in _ARRAYS}
    for box in boxes:
        found["pixels"].append(training_patch(plan, frame, box))
        found["vessel"].append(truth.vessel_mask(box, frame))
        found["tumour"].append(truth.tumour_tissue_mask(box, frame))
        found["known"].append(judgeable(truth, box, frame))
    return {name: np.stack(arrays) for name, arrays in found.items()}


def _draw_tissues(data: PaintedData, seed: int) -> Arrays:
    """The further classes of the same patches."""
    plan, frame, boxes = _patches(data, seed)
    truth = Truth(plan)
    return {
        name: np.stack([draw(truth, box, frame) for box in boxes])
        for name, draw in _TISSUES.items()
    }


def _patches(data: PaintedData, seed: int) -> tuple[Plan, Frame, list[Box]]:
    """A slide's plan, the frame of its patches, and where they lie."""
    side_px = data.slide_px
    spec = PhantomSpec(
        seed=seed,
        size_px=(side_px, side_px),
        mpp=data.slide_mpp,
        family="train",
        mvi_vessels=data.invaded_per_slide,
    )
    plan = plan_slide(spec)
    ratio = round(data.bank_mpp / data.slide_mpp)
    frame = Frame(ratio, ratio)
    side = data.patch_px // ratio
    boxes = []
    for centre in _patch_centres(plan, data, np.random.default_rng(seed)):
        corner = frame.from_level0(centre)
        boxes.append(Box(int(corner.y) - side // 2, int(corner.x) - side // 2, side, side))
    return plan, frame, boxes


def judgeable(truth: Truth, box: Box, frame: Frame) -> NDArray[np.bool_]:
    """Where the truth of ``box`` of ``frame`` is to be believed: shape ``box.size.shape``.

    No glass, nothing under pen, folds, bubbles, dust or lost tiles, and no vein whose content is equivocal.
    """
    labels = truth.vessel_labels(box, frame)
    unsure = [
        index + 1
        for index in np.unique(labels[labels > 0]).astype(int) - 1
        if truth.plan.vessels[index].contents.is_equivocal
    ]
    hidden = np.isin(truth.quality_labels(box, frame), _HIDING) | np.isin(labels, unsure)
    return truth.tissue_mask(box, frame) & ~hidden


def _patch_centres(plan: Plan, data: PaintedData, rng: np.random.Generator) -> list[Point]:
    """Half around vessels, invaded ones first; a fifth on the tumour's border; the rest anywhere in tissue."""
    vessels = [plan.vessels[i] for i in rng.permutation(len(plan.vessels))]
    vessels.sort(key=lambda vessel: not vessel.is_mvi)
    invaded = sum(vessel.is_mvi for vessel in vessels)
    wanted = data.patches_per_slide // 2
    chosen = vessels[: min(invaded, wanted // 2)]
    chosen += vessels[invaded : invaded + wanted - len(chosen)]
    centres = [_level0(vessel.outer.centre_um, data) for vessel in chosen]
    tumour = plan.tissue.tumour
    if tumour is not None:
        border = tumour.polygon_um()
        picks = rng.integers(len(border), size=data.patches_per_slide // 5)
        centres += [_level0(Point(*border[pick]), data) for pick in picks]
    while len(centres) < data.patches_per_slide:
        centres.append(Point(*rng.uniform(0.15, 0.85, 2) * data.slide_px))
    # Random shifts, so that no vessel sits in the middle of a patch or in step with the tile grid.
    shift = data.patch_px // 4
    return [
        Point(c.y + rng.uniform(-shift, shift), c.x + rng.uniform(-shift, shift)) for c in centres
    ]


def _level0(place_um: Point, data: PaintedData) -> Point:
    return Point(place_um.y / data.slide_mpp, place_um.x / data.slide_mpp)
