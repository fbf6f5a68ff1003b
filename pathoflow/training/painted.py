"""A bank of patches from painted slides: pixels and truth at the network's µm per pixel, in memory, cached on disk."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom import (
    GENERATOR_VERSION,
    QUALITY_VALUES,
    PhantomSpec,
    Plan,
    Truth,
    plan_slide,
    training_patch,
)
from pathoflow.space import Box, Frame, Point
from pathoflow.store import write_bytes
from pathoflow.training.settings import PaintedData


@dataclass(frozen=True)
class PatchBank:
    """Patches and what is true of them.

    ``pixels`` is ``(n, h, w, 3)`` uint8; the masks are ``(n, h, w)`` bool. ``known`` is tissue that can be judged: no
    glass, nothing under pen, folds, bubbles, dust or lost tiles, and no vein whose content is equivocal.
    """

    pixels: NDArray[np.uint8]
    vessel: NDArray[np.bool_]
    tumour: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def reduced(self, ratio: int) -> PatchBank:
        """This bank at ``ratio`` times the µm per pixel: mean colours; truth where at least half a pixel is true."""
        if ratio == 1:
            return self
        n, h, w = self.vessel.shape
        pixels = self.pixels.reshape(n, h // ratio, ratio, w // ratio, ratio, 3).mean((2, 4))

        def majority(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
            share = mask.reshape(n, h // ratio, ratio, w // ratio, ratio).mean((2, 4))
            return np.asarray(share >= 0.5)

        masks = (majority(mask) for mask in (self.vessel, self.tumour, self.known))
        return PatchBank((pixels + 0.5).astype(np.uint8), *masks)

    def truth(self, target: str) -> NDArray[np.bool_]:
        """The masks of one target."""
        return self.vessel if target == "vessel" else self.tumour


def paint_bank(
    data: PaintedData, seeds: tuple[int, ...], cache: Path, progress: Callable[[str], None]
) -> PatchBank:
    """Paint patches of every seed's slide, or read them from ``cache`` where they were painted before."""
    geometry = [v for k, v in asdict(data).items() if not k.endswith("_seeds")]
    stamp = json.dumps([GENERATOR_VERSION, _ARRAYS, *geometry, list(seeds)])
    path = cache / f"bank-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        parts = []
        with ProcessPoolExecutor() as pool:
            jobs = [pool.submit(_paint_slide, data, seed) for seed in seeds]
            for seed, job in zip(seeds, jobs, strict=True):
                parts.append(job.result())
                progress(f"painted slide {seed}: {len(parts)} of {len(seeds)}")
        pixels, vessel, tumour, known = (
            np.concatenate([part[name] for part in parts]) for name in _ARRAYS
        )
        # Two trainings may paint the same bank at once, and a torn file would be believed for ever.
        content = io.BytesIO()
        np.savez(content, pixels=pixels, vessel=vessel, tumour=tumour, known=known)
        write_bytes(path, content.getvalue())
    with np.load(path, allow_pickle=False) as stored:
        return PatchBank(*(stored[name] for name in _ARRAYS))


#: The arrays of a bank, in the order of its fields.
_ARRAYS = ("pixels", "vessel", "tumour", "known")
#: Artefacts under which nothing can be judged; out of focus tissue and torn holes can.
_HIDING = [QUALITY_VALUES[kind] for kind in ("fold", "dust", "bubble", "pen", "dropout")]


def _paint_slide(data: PaintedData, seed: int) -> dict[str, NDArray[Any]]:
    side_px = data.slide_px
    spec = PhantomSpec(
        seed=seed,
        size_px=(side_px, side_px),
        mpp=data.slide_mpp,
        family="train",
        mvi_vessels=data.invaded_per_slide,
    )
    plan = plan_slide(spec)
    truth = Truth(plan)
    ratio = round(data.bank_mpp / data.slide_mpp)
    frame = Frame(ratio, ratio)
    side = data.patch_px // ratio
    found: dict[str, list[NDArray[Any]]] = {name: [] for name in _ARRAYS}
    for centre in _patch_centres(plan, data, np.random.default_rng(seed)):
        corner = frame.from_level0(centre)
        box = Box(int(corner.y) - side // 2, int(corner.x) - side // 2, side, side)
        found["pixels"].append(training_patch(plan, frame, box))
        found["vessel"].append(truth.vessel_mask(box, frame))
        found["tumour"].append(truth.tumour_tissue_mask(box, frame))
        found["known"].append(_known(truth, box, frame))
    return {name: np.stack(arrays) for name, arrays in found.items()}


def _known(truth: Truth, box: Box, frame: Frame) -> NDArray[np.bool_]:
    """Where a patch's truth is to be believed."""
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
