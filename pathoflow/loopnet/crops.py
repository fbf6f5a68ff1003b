"""Painted vessels as examples: every vein of a painted slide with a nucleus in it, invaded ones and their look-alikes.

    plan of a slide -> outlines, strayed as a segmenter errs -> boxes painted, compressed -> nuclei found -> cells on a grid

Only the boxes are painted. Kept are all invaded veins; all bodies that look like tumour and are not (leucocytes, squeezed
hepatocytes, thrombi); some of the others, which hold red cells, serum or nothing; and some bile ducts, taken for vessels.
Left out are veins whose content cannot be told from H&E, and those that an artefact hides. A nest in a retraction cleft is
no example either: its cells are carcinoma, and that no vessel surrounds it is not to be seen from inside.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import Polygon, affinity

from pathoflow.cells import Nuclei, detect_nuclei
from pathoflow.data.bank import Arrays, bank_path, paint_or_read
from pathoflow.data.painted import judgeable
from pathoflow.errors import UsageError
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.grid import CellGrid, GridSettings, cell_grid
from pathoflow.phantom import (
    CONTENT_VALUES,
    GENERATOR_VERSION,
    PhantomSpec,
    Plan,
    Truth,
    plan_slide,
    training_patch,
)
from pathoflow.phantom.recipe.family import FamilyName
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.space import Box, Frame
from pathoflow.tissue import StainScale, stain_scale
from pathoflow.tissue.dye import field_darkness
from pathoflow.vessels import box_around, paint_outlines, polygons_in

#: Raised whenever the same settings would give other examples of the same painted slides.
_RECIPE = 1
#: Contents by number, as they are kept on disk.
_CONTENTS = (*CONTENT_VALUES, "duct")
_NO_NUCLEI = (CellKind.RED_CELL, CellKind.FAT)
# Around a box, so that nuclei on the lumen's edge are seen whole: 16 µm at 0.5 µm/px, as the pipeline reads.
_HALO_PX = 32
# A found nucleus is the planned one whose centre lies nearer than its radius.
_SAME_UM = 5.0
# Of the lumen, that must be judgeable.
_LEAST_KNOWN = 0.7
# Fields by which the strength of stain is measured, and their side at 1 µm/px.
_FIELDS, _FIELD_PX = 5, 160


@dataclass(frozen=True, slots=True)
class PaintedVessels:
    """Which painted slides vessels come from; every seed is a slide of its own."""

    seeds: tuple[int, ...]
    family: FamilyName = "train"
    #: Side of a painted slide; its µm per pixel.
    slide_px: int = 12000
    slide_mpp: float = 0.5
    #: Invaded veins per slide: many more than in life, because an example of them is what is rare.
    invaded_per_slide: int = 12
    #: At most so many veins without any body of cells, and bile ducts.
    plain_per_slide: int = 10
    ducts_per_slide: int = 4
    #: Wider veins would take most of the painting for few more cells.
    max_um: float = 500.0
    #: How outlines stray: standard deviation of their offset inwards or outwards, and of a shift.
    offset_um: float = 2.0
    shift_um: float = 1.0

    def __post_init__(self) -> None:
        problems = []
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            problems.append("seeds must be named, each once")
        numbers = ("invaded_per_slide", "plain_per_slide", "ducts_per_slide")
        problems += [f"{name} must not be negative" for name in numbers if getattr(self, name) < 0]
        if problems:
            raise UsageError(f"these vessels cannot be painted: {'; '.join(problems)}.")


@dataclass(frozen=True, eq=False)
class _Profile:
    """A vessel, or what is taken for one."""

    #: Level-0 (x, y).
    outline: Polygon
    content: str
    is_mvi: bool
    cells: tuple[Cells, ...]


def painted_vessels(
    spec: PaintedVessels,
    grid: GridSettings,
    cache: Path,
    say: Callable[[str], None] = lambda line: None,
) -> VesselExamples:
    """Paint the vessels of ``spec``, or read them from ``cache`` where they were painted before.

    Raises
    ------
    UsageError
        The grid's µm per pixel are no whole multiple of the slides'.
    """
    ratio = grid.mpp / spec.slide_mpp
    if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6:
        raise UsageError(
            f"a grid of {grid.mpp:g} µm/px cannot be painted on slides of {spec.slide_mpp:g} µm/px: "
            "give a whole multiple."
        )
    settings = asdict(spec)
    seeds = settings.pop("seeds")
    path = bank_path(cache, [GENERATOR_VERSION, _RECIPE, settings, asdict(grid), list(seeds)])
    found = paint_or_read(path, seeds, partial(_paint_slide, spec, grid), say)
    return VesselExamples(
        grid.side,
        found["cells"],
        found["at"],
        found["is_cancer"],
        found["n_cells"],
        found["is_mvi"],
        tuple(_CONTENTS[value] for value in found["content"]),
        tuple(f"painted-{spec.family}-{seed}" for seed in found["seed"]),
    )


def _paint_slide(spec: PaintedVessels, grid: GridSettings, seed: int) -> Arrays:
    side = (spec.slide_px, spec.slide_px)
    plan = plan_slide(
        PhantomSpec(seed, side, spec.slide_mpp, spec.family, mvi_vessels=spec.invaded_per_slide)
    )
    truth = Truth(plan)
    ratio = round(grid.mpp / spec.slide_mpp)
    frame = Frame(ratio, ratio)
    rng = np.random.default_rng([seed, _RECIPE])
    scale = _stain_of(truth, rng)
    grids: list[CellGrid] = []
    cancer: list[NDArray[np.bool_]] = []
    shown: list[_Profile] = []
    for profile in _profiles(truth, spec, rng):
        found = _cells_of(truth, profile, frame, grid, scale)
        if found is not None:
            shown.append(profile)
            grids.append(found[0])
            cancer.append(found[1])
    nothing = np.zeros((0, grid.place_px, grid.place_px, 3), np.uint8)
    return {
        "cells": np.concatenate([nothing, *(one.cells for one in grids)]),
        "at": np.concatenate([np.zeros(0, np.intp), *(one.at for one in grids)]),
        "is_cancer": np.concatenate([np.zeros(0, bool), *cancer]),
        "n_cells": np.array([len(one) for one in grids], np.intp),
        "is_mvi": np.array([profile.is_mvi for profile in shown], bool),
        "content": np.array([_CONTENTS.index(profile.content) for profile in shown], np.intp),
        "seed": np.full(len(shown), seed, np.int64),
    }


def _profiles(truth: Truth, spec: PaintedVessels, rng: np.random.Generator) -> Iterator[_Profile]:
    """The vessels and ducts of one slide that are shown, their outlines strayed."""
    telling: list[_Profile] = []
    plain: list[_Profile] = []
    for vessel in truth.each_vessel():
        inside = vessel.contents
        if inside.is_equivocal or vessel.diameter_um > spec.max_um:
            continue
        cells = (*inside.cells, *inside.spilled)
        profile = _Profile(truth.lumen(vessel), inside.name, vessel.is_mvi, cells)
        (telling if inside.plug is not None else plain).append(profile)
    ducts = [
        _Profile(truth.polygon(duct.outer), "duct", False, (duct.cells,))
        for tract in truth.plan.tracts
        for duct in tract.ducts
    ]
    chosen = [
        *telling,
        *_some(plain, spec.plain_per_slide, rng),
        *_some(ducts, spec.ducts_per_slide, rng),
    ]
    for profile in chosen:
        outline = _strayed(profile.outline, spec, rng)
        if _is_known(truth, outline):
            yield replace(profile, outline=outline)


def _some(found: list[_Profile], n: int, rng: np.random.Generator) -> list[_Profile]:
    return [found[i] for i in np.sort(rng.permutation(len(found))[:n])]


def _strayed(outline: Polygon, spec: PaintedVessels, rng: np.random.Generator) -> Polygon:
    """The outline as a segmenter might draw it; the true one where nothing would be left."""
    offset, dy, dx = rng.normal(0, (spec.offset_um, spec.shift_um, spec.shift_um)) / spec.slide_mpp
    moved = affinity.translate(outline.buffer(offset), dx, dy)
    return max(polygons_in(moved), key=lambda part: float(part.area), default=outline)


def _is_known(truth: Truth, outline: Polygon) -> bool:
    """Whether most of it can be seen; looked at four times as coarse."""
    frame = Frame(4, 4)
    box = box_around(outline, frame)
    inside = paint_outlines([outline], box, frame)
    known = judgeable(truth, box, frame)[inside]
    return len(known) > 0 and float(known.mean()) >= _LEAST_KNOWN


def _cells_of(
    truth: Truth, profile: _Profile, frame: Frame, grid: GridSettings, scale: StainScale
) -> tuple[CellGrid, NDArray[np.bool_]] | None:
    """The cells of one vessel, and which of those shown are carcinoma; None where there are none."""
    plan = truth.plan
    box = box_around(profile.outline, frame).grow(_HALO_PX)
    pixels = _as_written(training_patch(plan, frame, box), plan)
    inside = paint_outlines([profile.outline], box, frame)
    nuclei = detect_nuclei(pixels, grid.mpp, scale=scale)
    cells = cell_grid(pixels, inside, grid.mpp, nuclei.centres_px, grid)
    if not len(cells):
        return None
    return cells, _true_cancer(nuclei, profile, box, grid.mpp)[cells.nucleus]


def _true_cancer(nuclei: Nuclei, profile: _Profile, box: Box, mpp: float) -> NDArray[np.bool_]:
    """Whether the planned nucleus under each found one is a tumour cell's."""
    planned = [cells for cells in profile.cells if cells.kind not in _NO_NUCLEI and len(cells)]
    if not planned:
        return np.zeros(len(nuclei), bool)
    places = np.concatenate([np.stack([c.y_um, c.x_um], axis=1) for c in planned])
    is_tumour = np.repeat([c.kind is CellKind.TUMOUR for c in planned], [len(c) for c in planned])
    found_um = (nuclei.centres_px + np.array([box.top, box.left]) + 0.5) * mpp
    _, nearest = cKDTree(places).query(found_um, distance_upper_bound=_SAME_UM)
    # The tree's word for nothing near enough is one more than its last.
    return np.append(is_tumour, False)[nearest]


def _as_written(pixels: NDArray[np.uint8], plan: Plan) -> NDArray[np.uint8]:
    """As the slide's JPEG tiles show them."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=plan.jpeg_quality)
    return np.asarray(Image.open(stream))


def _stain_of(truth: Truth, rng: np.random.Generator) -> StainScale:
    """White and strength of stain, as the quality check of a slide measures them: from fields at 1 µm/px."""
    plan = truth.plan
    red, green, blue = (float(level) for level in plan.look.white)
    white = (red, green, blue)
    step = max(1, round(1 / plan.spec.mpp))
    frame = Frame(step, step)
    darkness = []
    for _ in range(20 * _FIELDS):
        y, x = rng.uniform(0.05, 0.95, 2) * np.array(plan.spec.size_px) / step
        box = Box(int(y), int(x), _FIELD_PX, _FIELD_PX)
        if judgeable(truth, box, frame).all():
            darkness.append(field_darkness(training_patch(plan, frame, box), white))
        if len(darkness) == _FIELDS:
            break
    return stain_scale(white, darkness)
