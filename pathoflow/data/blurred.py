"""Patches for experiments with few labels: painted vessels whose edges are blurred, many stains, no whole slides.

    plan of a slide ──► boxes round vessels, and some without ──► painted, averaged, blurred ──► PatchSet
                                                             └──► truth from the outlines, not blurred

Only the boxes are painted, so that thousands of patches take minutes. Every slide has its own stain, white and lens,
as its family draws them, and its own blur; families "test" and "stress" are stained with other dyes than "train".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.data.bank import Arrays, bank_path, paint_or_read
from pathoflow.data.painted import judgeable
from pathoflow.data.patches import PatchSet
from pathoflow.errors import UsageError
from pathoflow.phantom import (
    GENERATOR_VERSION,
    PhantomSpec,
    Plan,
    Truth,
    plan_slide,
    training_patch,
)
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.space import Box, Frame, Point

#: Raised whenever the same settings would give other patches of the same painted slides.
_RECIPE = 1
#: A place is looked for this often before the slide is given up.
_TRIES = 400
#: Share of a patch, or of the vessels on it, that must be judgeable.
_LEAST_KNOWN = 0.7


@dataclass(frozen=True, slots=True)
class BlurredSpec:
    """Which patches to paint; every seed is a slide with its own stain and blur."""

    seeds: tuple[int, ...]
    family: Literal["train", "test", "stress"] = "train"
    n_per_slide: int = 20
    #: The others hold no vessel: liver, tumour, stroma, bile ducts, sinusoids, clefts.
    vessel_share: float = 0.7
    patch_px: int = 128
    #: 128 px are then 256 µm: room for a vein of 150 µm and what lies round it.
    mpp: float = 2.0
    #: Diameters of the vessels that patches are placed on; others come in beside them.
    vessel_um: tuple[float, float] = (40.0, 150.0)
    #: Standard deviation of a slide's blur, pixels of the patch.
    blur_px: tuple[float, float] = (0.8, 2.0)
    #: Side and µm per pixel of the planned slide; of it only the patches are painted.
    slide_px: int = 5000
    slide_mpp: float = 1.0

    def __post_init__(self) -> None:
        problems = []
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            problems.append("seeds must be named, each once")
        if self.n_per_slide < 1 or self.patch_px < 1:
            problems.append("n_per_slide and patch_px must be at least 1")
        if not 0 <= self.vessel_share <= 1:
            problems.append(f"vessel_share must lie in 0 to 1, not {self.vessel_share:g}")
        for name in ("vessel_um", "blur_px"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                problems.append(f"{name} must rise from 0 or more, not {low:g} to {high:g}")
        ratio = self.mpp / self.slide_mpp
        if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6:
            problems.append(f"mpp {self.mpp:g} must be a whole multiple of {self.slide_mpp:g}")
        if problems:
            raise UsageError(f"these blurred patches cannot be painted: {'; '.join(problems)}.")

    @property
    def n_with_vessel(self) -> int:
        """Patches per slide that are placed on a vessel."""
        return round(self.n_per_slide * self.vessel_share)


def blurred_patches(
    spec: BlurredSpec, cache: Path, progress: Callable[[str], None] = lambda _: None
) -> PatchSet:
    """Paint the patches of ``spec``, or read them from ``cache``; class "vessel" is wall and lumen.

    Patches on vessels come first on every slide. Each slide is a group of its own.

    Raises
    ------
    UsageError
        A slide has no vessel of the wanted size, or no place without one.
    """
    settings = asdict(spec)
    seeds = settings.pop("seeds")
    path = bank_path(cache, [GENERATOR_VERSION, _RECIPE, settings, list(seeds)])
    arrays = paint_or_read(path, seeds, partial(_paint_slide, spec), progress)
    groups = tuple(f"painted-{spec.family}-{s}" for s in seeds for _ in range(spec.n_per_slide))
    masks = arrays["vessel"][:, None]
    return PatchSet(arrays["pixels"], masks, arrays["known"], ("vessel",), spec.mpp, groups)


def _paint_slide(spec: BlurredSpec, seed: int) -> Arrays:
    side = (spec.slide_px, spec.slide_px)
    plan = plan_slide(PhantomSpec(seed, side, spec.slide_mpp, spec.family))
    truth = Truth(plan)
    frame = Frame(round(spec.mpp / spec.slide_mpp), round(spec.mpp / spec.slide_mpp))
    rng = np.random.default_rng([seed, _RECIPE])
    sigma = rng.uniform(*spec.blur_px)
    boxes = [
        *_on_vessels(spec, truth, frame, rng),
        *_without_vessel(spec, truth, frame, rng),
    ]
    return {
        "pixels": np.stack([_blurred(plan, frame, box, sigma) for box in boxes]),
        "vessel": np.stack([truth.vessel_mask(box, frame) for box in boxes]),
        "known": np.stack([judgeable(truth, box, frame) for box in boxes]),
    }


def _on_vessels(
    spec: BlurredSpec, truth: Truth, frame: Frame, rng: np.random.Generator
) -> Iterator[Box]:
    """Boxes round vessels of the wanted sizes, each vessel once before any comes twice."""
    low, high = spec.vessel_um
    fitting = [
        vessel
        for vessel in truth.plan.vessels
        if low <= _diameter_um(truth, vessel) <= high
        and not vessel.is_truncated
        and not vessel.contents.is_equivocal
    ]
    order = rng.permutation(len(fitting))
    # Shifts keep the vessel's centre in the patch, but not in its middle.
    shift = spec.patch_px / 3
    found = 0
    for turn in range(_TRIES if fitting else 0):
        if found == spec.n_with_vessel:
            return
        centre = fitting[order[turn % len(order)]].outer.centre_um
        dy, dx = rng.uniform(-shift, shift, 2)
        box = _box_at(Point(centre.y / spec.mpp + dy, centre.x / spec.mpp + dx), spec.patch_px)
        # Not those that lie under pen or a fold.
        if judgeable(truth, box, frame)[truth.vessel_mask(box, frame)].mean() >= _LEAST_KNOWN:
            found += 1
            yield box
    if found < spec.n_with_vessel:
        raise UsageError(
            f"painted slide {spec.family} {truth.plan.spec.seed} shows too few vessels of {low:g} to {high:g} µm: "
            "widen vessel_um, enlarge slide_px, or take another seed."
        )


def _without_vessel(
    spec: BlurredSpec, truth: Truth, frame: Frame, rng: np.random.Generator
) -> Iterator[Box]:
    """Boxes on tissue that hold no pixel of a vessel."""
    wanted = spec.n_per_slide - spec.n_with_vessel
    found = 0
    for _ in range(_TRIES):
        if found == wanted:
            return
        y, x = rng.uniform(0, spec.slide_px * spec.slide_mpp / spec.mpp, 2)
        box = _box_at(Point(y, x), spec.patch_px)
        if truth.vessel_mask(box, frame).any():
            continue
        if judgeable(truth, box, frame).mean() >= _LEAST_KNOWN:
            found += 1
            yield box
    if found < wanted:
        raise UsageError(
            f"painted slide {spec.family} {truth.plan.spec.seed} has too few places without a vessel: "
            "enlarge slide_px, raise vessel_share, or take another seed."
        )


def _diameter_um(truth: Truth, vessel: Vessel) -> float:
    """Diameter of the circle that has the area inside the outer wall."""
    return 2 * math.sqrt(truth.wall(vessel).area / math.pi) * truth.plan.spec.mpp


def _box_at(centre: Point, side: int) -> Box:
    return Box(round(centre.y - side / 2), round(centre.x - side / 2), side, side)


def _blurred(plan: Plan, frame: Frame, box: Box, sigma: float) -> NDArray[np.uint8]:
    """Pixels of ``box`` out of focus; what lies round it is blurred in, so that its rim is no different."""
    margin = math.ceil(4 * sigma)
    sharp = training_patch(plan, frame, box.grow(margin)).astype(np.float32)
    soft = ndimage.gaussian_filter(sharp, (sigma, sigma, 0))
    inner = soft[margin : margin + box.height, margin : margin + box.width]
    return (inner + 0.5).astype(np.uint8)
