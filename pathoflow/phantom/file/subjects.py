"""What there is to see on a painted slide, and where: the rows of a contact sheet.

Everything comes from the plan. A kind that the slide does not have is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.necrosis import dead
from pathoflow.phantom.plan.artefact import Artefact
from pathoflow.phantom.plan.parenchyma import fat_patch
from pathoflow.phantom.plan.scar import scar_depth
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import ContentName, Vessel
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.phantom.shapes.stroke import Stroke
from pathoflow.space import Point

#: A lumen this much longer than wide is a slit.
_SLIT = 3.0
#: Crops should be free of artefacts this far round their middle, µm; so many places are tried.
_CLEAN_UM, _TRIED = 160.0, 40
_ARTEFACT = "artefact: "
#: Fields such as necrosis are looked for at so many random places.
_PLACES = 20_000
_LOOK_ALIKES: dict[ContentName, str] = {
    "red_cells": "vein with red cells",
    "serum": "vein with serum",
    "leucocytes": "plug of leucocytes",
    "hepatocytes": "plug of hepatocytes",
    "thrombus": "thrombus without tumour",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to look at."""

    name: str
    centre_um: Point


def find_subjects(plan: Plan, number: int) -> list[Subject]:
    """Up to ``number`` of every kind that the slide has, kind by kind, chosen at random.

    Draws every vessel of the slide, so it is meant for slides of some 20,000 pixels, not 100,000.
    """
    rng = np.random.default_rng(seed_of(plan.spec.seed, "subjects"))
    found: list[Subject] = []
    for name, places in _kinds(plan, rng):
        order = rng.permutation(len(places)).tolist()
        if not name.startswith(_ARTEFACT):
            # An artefact may hide what is to be seen: clean places first.
            order = sorted(order[:_TRIED], key=lambda k: _is_spoilt(plan, places[k]))
        found += [Subject(name, Point(*places[k])) for k in order[:number]]
    return found


def _is_spoilt(plan: Plan, place_um: tuple[float, float]) -> bool:
    y, x = place_um
    here = Extent(y - _CLEAN_UM, x - _CLEAN_UM, y + _CLEAN_UM, x + _CLEAN_UM)
    return any(one.touches(here) for one in plan.artefacts)


def _kinds(plan: Plan, rng: np.random.Generator) -> Iterable[tuple[str, list[tuple[float, float]]]]:
    for kinds in (_tract_kinds, _vein_kinds, _mvi_kinds, _tumour_kinds):
        for name, points in kinds(plan).items():
            yield name, [(point.y, point.x) for point in points]
    for name, field in _fields(plan).items():
        yield name, _peaks(plan, field, rng)
    for kind in sorted({one.kind for one in plan.artefacts}):
        yield f"{_ARTEFACT}{kind}", [_on(one) for one in plan.artefacts if one.kind == kind]


def _on(artefact: Artefact) -> tuple[float, float]:
    """A place on an artefact: a ring of pen holds clean tissue in its middle."""
    if isinstance(artefact.shape, Stroke):
        y, x = artefact.shape.points_um[len(artefact.shape.points_um) // 2].tolist()
        return y, x
    e = artefact.extent_um
    return (e.top + e.bottom) / 2, (e.left + e.right) / 2


def _tract_kinds(plan: Plan) -> dict[str, list[Point]]:
    ducts = [duct for tract in plan.tracts for duct in tract.ducts]
    return {
        "portal tract": [tract.stroma.centre_um for tract in plan.tracts],
        "bile duct": [duct.outer.centre_um for duct in ducts],
        "artery": _centres(plan, lambda v: v.kind == "artery"),
    }


def _vein_kinds(plan: Plan) -> dict[str, list[Point]]:
    found = {
        "central vein": _centres(plan, lambda v: v.role == "central"),
        "sublobular vein": _centres(plan, lambda v: v.role == "sublobular"),
        "capsular vein": _centres(plan, lambda v: v.role == "capsular"),
        "slit-like vein": _centres(plan, lambda v: v.kind != "artery" and _is_slit(v.lumen)),
        "vein cut twice": _centres(plan, lambda v: v.twin_of is not None),
        "vein at the tissue's edge": _centres(plan, lambda v: v.is_truncated),
    }
    for content, name in _LOOK_ALIKES.items():
        found[name] = _centres(plan, lambda v, c=content: _is_look_alike(v, c))  # type: ignore[misc]
    found["equivocal vein"] = _centres(plan, lambda v: v.contents.is_equivocal)
    return found


def _mvi_kinds(plan: Plan) -> dict[str, list[Point]]:
    def invaded(attachment: str) -> list[Point]:
        return _centres(
            plan,
            lambda v: (
                v.is_mvi
                and v.contents.plug is not None
                and not v.contents.plug.is_coated
                and v.contents.plug.attachment == attachment
            ),
        )

    found = {f"MVI, {name}": invaded(name) for name in ("floating", "adherent", "filling")}
    found["MVI, coated by endothelium"] = _centres(
        plan, lambda v: v.is_mvi and v.contents.plug is not None and v.contents.plug.is_coated
    )
    return found


def _tumour_kinds(plan: Plan) -> dict[str, list[Point]]:
    tissue = plan.tissue
    ring, capsule, front = tissue.tumour, tissue.capsule, tissue.front
    found: dict[str, list[Point]] = {"tear": [cleft.centre_um for cleft in tissue.clefts]}
    if ring is None or capsule is None or front is None:
        return found
    coat = capsule.thickness_um
    thick = coat > max(20.0, 0.5 * float(coat.max()))
    # A capsule's middle, not its inner border.
    found |= {
        "tumour": [ring.centre_um],
        "capsule of the tumour": _on_outline(plan, ring, thick, 0.5 * coat),
        "pushing border without capsule": _on_outline(plan, ring, (front < 0.1) & (coat < 5)),
        "infiltrating border": _on_outline(plan, ring, front > 0.9),
        "islands before the border": [nest.centre_um for nest in tissue.islands],
        "satellite nodule": [nest.centre_um for nest in tissue.satellites],
        "retraction slit": [_middle(slit.polygons_um()) for slit in tissue.retractions],
    }
    return found


def _fields(plan: Plan) -> dict[str, Callable[[Values, Values], Values]]:
    return {
        "necrosis": lambda y, x: np.asarray(dead(plan, y, x), np.float64),
        "steatosis": lambda y, x: _fat(plan, y, x),
        "scar of the liver": lambda y, x: _scar(plan, y, x),
        "liver": lambda y, x: np.asarray(plan.tissue.tumour_distance(y, x) > _CLEAN_UM, float),
    }


Values = NDArray[np.float64]


def _fat(plan: Plan, y_um: Values, x_um: Values) -> Values:
    """Fat where there is liver; the field itself knows nothing of the tumour."""
    if not plan.look.fat:
        return np.zeros(len(y_um))
    is_liver = plan.tissue.tumour_distance(y_um, x_um) > 250.0
    return np.asarray(fat_patch(plan, y_um, x_um) * is_liver)


def _scar(plan: Plan, y_um: Values, x_um: Values) -> Values:
    """How deep in a septum or a widened portal field each place lies, 1 from 30 µm on."""
    depth = np.clip(-scar_depth(plan, y_um, x_um) / 30.0, 0, 1)
    return np.asarray(depth * (plan.tissue.tumour_distance(y_um, x_um) > 250.0), np.float64)


def _peaks(
    plan: Plan, field: Callable[[Values, Values], Values], rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Random places in tissue where the field is near its highest; none where it is 0 all over."""
    height, width = (side * plan.spec.mpp for side in plan.spec.size_px)
    y, x = rng.uniform(0, height, _PLACES), rng.uniform(0, width, _PLACES)
    inside = plan.tissue.tissue_distance(y, x) < -300.0
    y, x = y[inside], x[inside]
    values = field(y, x) if len(y) else np.zeros(0)
    high = values >= max(0.9 * float(values.max(initial=0.0)), 0.3)
    return list(zip(y[high].tolist(), x[high].tolist(), strict=True))


def _centres(plan: Plan, is_wanted: Callable[[Vessel], bool]) -> list[Point]:
    return [vessel.outer.centre_um for vessel in plan.vessels if is_wanted(vessel)]


def _is_look_alike(vessel: Vessel, content: ContentName) -> bool:
    inside = vessel.contents
    return vessel.kind != "artery" and not inside.is_equivocal and inside.name == content


def _is_slit(lumen: WavyRing) -> bool:
    # Opposite radii together are a diameter; the centre of a bent lumen lies aside.
    across = lumen.radius_um[: ANGLES // 2] + lumen.radius_um[ANGLES // 2 :]
    return float(across.max()) > _SLIT * float(across.min())


def _on_outline(
    plan: Plan, ring: WavyRing, is_wanted: NDArray[np.bool_], away_um: Values | float = 0.0
) -> list[Point]:
    """Places on an outline, or outside it, that lie in tissue."""
    theta = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    reach = ring.radius_um + away_um
    y = ring.centre_um.y + reach * np.sin(theta)
    x = ring.centre_um.x + reach * np.cos(theta)
    keep = is_wanted & (plan.tissue.tissue_distance(y, x) < -150.0)
    return [Point(float(y[k]), float(x[k])) for k in np.flatnonzero(keep)]


def _middle(polygons_um: list[Values]) -> Point:
    """A place in the longest of a slit's open stretches."""
    longest = max(polygons_um, key=len)
    # Out along one side and back along the other: the middle of the way out lies in the slit.
    return Point(*longest[len(longest) // 4].tolist())
