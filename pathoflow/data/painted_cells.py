r"""Patches of painted slides in which every nucleus is marked by a small disc of its class.

[data]
classes = ["tumour_cell", "hepatocyte", "leucocyte", "endothelium", "red_cell", "other_cell"]
patch_px = 192
painted_cells = { train_seeds = [1, 2], validation_seeds = [3], places = { invaded = 0.4 } }

A network that learns discs finds nuclei: its maps rise at centres, which need no outlines (`pathoflow.cells`). Patches
lie where a decision about a vein is hard: in invaded veins, in their look-alikes, and where each class is at home.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pathoflow.data.bank import Arrays, bank_path, paint_or_read
from pathoflow.data.painted import judgeable
from pathoflow.data.patches import PatchSet
from pathoflow.errors import UsageError
from pathoflow.phantom import (
    GENERATOR_VERSION,
    CellKind,
    PhantomSpec,
    Plan,
    TrueNuclei,
    Truth,
    nuclei_in,
    paint,
    plan_slide,
)
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.recipe.family import FAMILIES, FamilyName
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Frame, Point

T = TypeVar("T")

#: The classes of nuclei, and which painted kinds each takes together.
CELL_CLASSES: dict[str, tuple[CellKind, ...]] = {
    "tumour_cell": (CellKind.TUMOUR,),
    "hepatocyte": (CellKind.HEPATOCYTE,),
    "leucocyte": (CellKind.LEUCOCYTE,),
    "endothelium": (CellKind.ENDOTHELIUM,),
    "red_cell": (CellKind.RED_CELL,),
    "other_cell": (CellKind.FIBROBLAST, CellKind.DUCT),
}
#: What is taken for tumour in veins.
_LOOKALIKES = ("red_cells", "leucocytes", "hepatocytes", "thrombus", "serum")


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """What lies about the middle of patches: the share of each, relative to their sum."""

    invaded: float = 0.25
    #: Blood, leucocytes, fibrin and squeezed hepatocytes in veins.
    lookalike: float = 0.25
    tumour: float = 0.15
    tract: float = 0.10
    parenchyma: float = 0.15
    #: The inner wall of any vessel.
    endothelium: float = 0.10

    def __post_init__(self) -> None:
        shares = asdict(self).values()
        if min(shares) < 0 or not sum(shares) > 0:
            raise UsageError(
                "painted_cells.places must be shares, none below 0 and one above, "
                f"not {', '.join(f'{share:g}' for share in shares)}."
            )

    def numbers(self, total: int) -> dict[str, int]:
        """How many of ``total`` patches belong to each place: whole parts, then the largest remainders."""
        shares = asdict(self)
        wanted = {name: total * share / sum(shares.values()) for name, share in shares.items()}
        numbers = {name: int(number) for name, number in wanted.items()}
        last = sorted(wanted, key=lambda name: numbers[name] - wanted[name])
        for name in last[: total - sum(numbers.values())]:
            numbers[name] += 1
        return numbers


@dataclass(frozen=True, slots=True)
class PaintedCellData:
    """Which painted slides patches of nuclei come from; every seed is a slide of its own."""

    train_seeds: tuple[int, ...]
    validation_seeds: tuple[int, ...]
    #: Side of a painted slide; only the patches of it are painted. Its µm per pixel are those of the patches.
    slide_px: int = 12000
    slide_mpp: float = 0.5
    patches_per_slide: int = 24
    #: Invaded veins per slide, and all vessels: more than in life, so that contents are varied.
    invaded_per_slide: int = 10
    vessels_per_slide: int = 80
    patch_px: int = 256
    #: Radius of the discs: within the smallest nuclei, and apart where nuclei touch.
    disc_um: float = 1.75
    #: Families by turns; the family of a slide follows from its seed. What a network is judged on stays out.
    families: tuple[str, ...] = ("train",)
    places: CellPlaces = field(default_factory=CellPlaces)

    def __post_init__(self) -> None:
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown or not self.families:
            raise UsageError(
                f"painted_cells.families must name some of {', '.join(FAMILIES)}, not {', '.join(unknown) or 'none'}."
            )

    def family(self, seed: int) -> FamilyName:
        """The family of one slide."""
        return cast("FamilyName", self.families[seed % len(self.families)])


def paint_cell_bank(
    data: PaintedCellData,
    seeds: tuple[int, ...],
    cache: Path,
    progress: Callable[[str], None],
    classes: tuple[str, ...] = tuple(CELL_CLASSES),
) -> PatchSet:
    """Paint patches of every seed's slide, or read them from ``cache`` where they were painted before.

    Each class is true on the discs of its nuclei; a pixel in two discs belongs to the nearer centre. What is known is
    tissue that can be judged (`judgeable`). Every slide is a group of its own.

    Raises
    ------
    UsageError
        A class that is none of `CELL_CLASSES`.
    """
    foreign = [name for name in classes if name not in CELL_CLASSES]
    if foreign:
        raise UsageError(
            f"painted nuclei have no class {', '.join(foreign)}: choose from {', '.join(CELL_CLASSES)}."
        )
    geometry = {key: value for key, value in asdict(data).items() if not key.endswith("_seeds")}
    path = bank_path(cache, [GENERATOR_VERSION, "nuclei", geometry, list(seeds)])
    arrays = paint_or_read(path, seeds, partial(_paint_slide, data), progress)
    values = [1 + list(CELL_CLASSES).index(name) for name in classes]
    return PatchSet(
        arrays["pixels"],
        np.stack([arrays["discs"] == value for value in values], axis=1),
        arrays["known"],
        classes,
        data.slide_mpp,
        tuple(
            f"painted-{data.family(seed)}-{seed}"
            for seed in seeds
            for _ in range(data.patches_per_slide)
        ),
    )


def draw_discs(nuclei: TrueNuclei, box: Box, radius_px: float) -> NDArray[np.uint8]:
    """1, 2, ... in the order of `CELL_CLASSES` on the discs round centres, 0 elsewhere; shape ``box.size.shape``.

    A pixel belongs to a disc when its centre lies inside, and to the nearest of several.
    """
    value = np.zeros(len(CellKind), np.uint8)
    for number, kinds in enumerate(CELL_CLASSES.values(), 1):
        value[list(kinds)] = number
    discs = np.zeros(box.size.shape, np.uint8)
    nearest = np.full(box.size.shape, radius_px**2)
    reach = int(np.ceil(radius_px))
    for (y, x), kind in zip(nuclei.places_px, nuclei.kinds, strict=True):
        around = Box(int(y), int(x), 1, 1).grow(reach).intersect(box)
        if around.is_empty or not value[kind]:
            continue
        rows, cols = around.within(box).slices
        dy = np.arange(around.top, around.bottom) + 0.5 - y
        dx = np.arange(around.left, around.right) + 0.5 - x
        away = (dy * dy)[:, None] + dx * dx
        nearer = away <= nearest[rows, cols]
        discs[rows, cols][nearer] = value[kind]
        nearest[rows, cols][nearer] = away[nearer]
    return discs


def _paint_slide(data: PaintedCellData, seed: int) -> Arrays:
    spec = PhantomSpec(
        seed=seed,
        size_px=(data.slide_px, data.slide_px),
        mpp=data.slide_mpp,
        family=data.family(seed),
        vessels=data.vessels_per_slide,
        mvi_vessels=data.invaded_per_slide,
    )
    plan = plan_slide(spec)
    truth, frame, side = Truth(plan), Frame(1.0, 1.0), data.patch_px
    radius = data.disc_um / data.slide_mpp
    pixels, discs, known = [], [], []
    for centre in patch_centres(plan, data, np.random.default_rng(seed)):
        y, x = centre.y / data.slide_mpp, centre.x / data.slide_mpp
        box = Box(int(y) - side // 2, int(x) - side // 2, side, side)
        pixels.append(paint(plan, box))
        nuclei = nuclei_in(plan, box.grow(int(np.ceil(radius))), frame)
        discs.append(draw_discs(nuclei, box, radius))
        known.append(judgeable(truth, box, frame))
    return {"pixels": np.stack(pixels), "discs": np.stack(discs), "known": np.stack(known)}


def patch_centres(plan: Plan, data: PaintedCellData, rng: np.random.Generator) -> list[Point]:
    """Middles of the patches in µm, some way off what they are meant to show; what a slide has not is parenchyma."""
    vessels = [vessel for vessel in plan.vessels if not vessel.contents.is_equivocal]
    invaded = [vessel for vessel in vessels if vessel.is_mvi]
    lookalikes = [vessel for vessel in vessels if vessel.contents.name in _LOOKALIKES]
    mass = [] if plan.tissue.tumour is None else [plan.tissue.tumour]
    draws: dict[str, Callable[[], Point | None]] = {
        "invaded": lambda: _one(invaded, rng, _in_contents),
        "lookalike": lambda: _one(lookalikes, rng, _in_contents),
        "tumour": lambda: _one(mass, rng, _in_ring),
        "tract": lambda: _one([tract.stroma for tract in plan.tracts], rng, _in_ring),
        "parenchyma": lambda: None,
        "endothelium": lambda: _one([vessel.lumen for vessel in vessels], rng, _on_ring),
    }
    found = []
    shift = data.patch_px * data.slide_mpp / 4
    for place, number in data.places.numbers(data.patches_per_slide).items():
        for _ in range(number):
            centre = draws[place]()
            if centre is None:
                found.append(_in_liver(plan, rng))
            else:
                dy, dx = rng.uniform(-shift, shift, 2)
                found.append(Point(centre.y + dy, centre.x + dx))
    return found


def _one(
    choice: Sequence[T], rng: np.random.Generator, place: Callable[[T, np.random.Generator], Point]
) -> Point | None:
    """A place in one of several things, or None where there is none."""
    return place(choice[int(rng.integers(len(choice)))], rng) if choice else None


def _in_contents(vessel: Vessel, rng: np.random.Generator) -> Point:
    """A place in what a lumen holds; a body's outline may reach beyond the lumen, which cuts it."""
    plug = vessel.contents.plug
    bodies = (vessel.lumen,) if plug is None else plug.bodies
    for _ in range(20):
        place = _in_ring(bodies[int(rng.integers(len(bodies)))], rng)
        if vessel.lumen.signed_distance(np.array([place.y]), np.array([place.x]))[0] < 0:
            return place
    return _in_ring(vessel.lumen, rng)


def _in_ring(ring: WavyRing, rng: np.random.Generator) -> Point:
    """A place inside an outline."""
    return _at(ring, int(rng.integers(ANGLES)), float(rng.uniform()) ** 0.5)


def _on_ring(ring: WavyRing, rng: np.random.Generator) -> Point:
    """A place on an outline."""
    return _at(ring, int(rng.integers(ANGLES)), 1.0)


def _at(ring: WavyRing, angle: int, share: float) -> Point:
    """The place a ``share`` of the way from the centre to one vertex."""
    reach, turn = share * float(ring.radius_um[angle]), angle * 2 * np.pi / ANGLES
    return Point(ring.centre_um.y + reach * np.sin(turn), ring.centre_um.x + reach * np.cos(turn))


def _in_liver(plan: Plan, rng: np.random.Generator) -> Point:
    """A place in tissue outside the tumour; after many misses any place in the slide's middle."""
    height, width = plan.size.height * plan.spec.mpp, plan.size.width * plan.spec.mpp
    for _ in range(200):
        y, x = rng.uniform(0.05, 0.95, 2) * (height, width)
        at = np.array([y]), np.array([x])
        if plan.tissue.tissue_distance(*at)[0] < -50 and plan.tissue.tumour_distance(*at)[0] > 50:
            break
    return Point(float(y), float(x))
