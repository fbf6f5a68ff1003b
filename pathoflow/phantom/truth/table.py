"""The facts of every vessel, as rows of ``truth.json``, and the places of its tumour cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from pathoflow.phantom.plan.artefacts import ArtefactKind
from pathoflow.phantom.plan.slide import GENERATOR_VERSION
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.recipe.spec_file import spec_as_table
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.truth.names import vessel_uuid
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.raster import polygons_in

#: Veins up to this far from the tumour count as near it.
_NEAR_UM = 10_000.0
#: An artefact that covers more than this share of a vessel is named in its row.
_SPOILT = 0.2
#: A vein with at least this share of its area in the mass lies in it.
_INSIDE = 0.5
#: A crumb smaller than a nucleus, which the lumen's outline cuts off a body, is no nest.
_NEST_UM2 = 40.0

#: Columns of `cell_places`.
CELL_COLUMNS = ("y_px", "x_px", "vessel")


def truth_table(truth: Truth, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of ``truth.json``; ``rows`` are those of `vessel_row`, by index."""
    spec = truth.plan.spec
    tumour = truth.tumour
    return {
        "spec": spec_as_table(spec),
        "generator_version": GENERATOR_VERSION,
        "seed": spec.seed,
        "synthetic": True,
        "size_px": list(spec.size_px),
        "mpp": spec.mpp,
        "tissue_area_um2": _area_um2(truth, truth.tissue),
        "tumour_area_um2": 0.0 if tumour is None else _area_um2(truth, tumour),
        "n_satellites": len(truth.satellites),
        "vessels": rows,
    }


def _area_um2(truth: Truth, shape: BaseGeometry) -> float:
    return round(float(shape.area) * truth.plan.spec.mpp**2, 3)


def vessel_row(truth: Truth, vessel: Vessel) -> dict[str, Any]:
    """The facts of one vessel; lengths in µm where the key says so, places (y, x) in level-0 px."""
    wall, lumen = truth.wall(vessel), truth.lumen(vessel)
    line = truth.line_to_mass(vessel)
    distance = None if line is None else float(np.hypot(*(line[1] - line[0]))) * truth.plan.spec.mpp
    plug, spec = vessel.contents.plug, truth.plan.spec
    body = truth.plug(vessel) if vessel.n_tumour_cells else MultiPolygon()
    return {
        "id": vessel_uuid(spec, vessel.index),
        "label": vessel.index + 1,
        "kind": vessel.kind,
        "role": vessel.role,
        "has_muscle": vessel.has_muscle,
        "twin_of": None if vessel.twin_of is None else vessel_uuid(spec, vessel.twin_of),
        "is_truncated": vessel.is_truncated,
        "content": vessel.contents.name,
        "is_mvi": vessel.is_mvi,
        "is_equivocal": vessel.contents.is_equivocal,
        "n_tumour_cells": vessel.n_tumour_cells,
        "n_nests": sum(_area_um2(truth, part) >= _NEST_UM2 for part in polygons_in(body)),
        "plug": None if plug is None else plug.tissue,
        "attachment": None if plug is None else plug.attachment,
        "is_coated": plug is not None and plug.is_coated,
        "outer_diameter_um": round(vessel.diameter_um, 3),
        "lumen_fraction": round(lumen.area / wall.area, 4),
        "tumour_in_lumen_fraction": round(body.area / lumen.area, 4),
        "centroid_px": [round(wall.centroid.y, 2), round(wall.centroid.x, 2)],
        "area_um2": _area_um2(truth, wall),
        "dist_edge_um": None if distance is None else round(distance, 2),
        "dist_end_points_px": None if line is None else np.round(line, 2).tolist(),
        "location": location(truth, vessel, distance),
        "artefacts": list(artefacts_on(truth, vessel)),
    }


def location(truth: Truth, vessel: Vessel, distance_um: float | None) -> str:
    """Where a vessel this far from the mass lies, in the words of the result's vessel table."""
    if distance_um is None or truth.mass is None:
        return "unknown"
    wall = truth.wall(vessel)
    in_coat = truth.capsule is not None and wall.intersects(truth.capsule)
    if vessel.role == "capsular" or in_coat:
        return "capsular"
    if distance_um == 0 and wall.intersection(truth.mass).area >= _INSIDE * wall.area:
        return "intratumoral"
    return "peritumoral_near" if distance_um <= _NEAR_UM else "peritumoral_far"


def artefacts_on(truth: Truth, vessel: Vessel) -> tuple[ArtefactKind, ...]:
    """Kinds of artefact that cover more than a fifth of a vessel, by name."""
    wall = truth.wall(vessel)
    covers: dict[ArtefactKind, list[BaseGeometry]] = {}
    for k in truth.artefact_tree.query(wall, predicate="intersects").tolist():
        kind, outline = truth.artefacts[k]
        covers.setdefault(kind, []).append(outline)
    return tuple(
        kind
        for kind, outlines in sorted(covers.items())
        if shapely.union_all(outlines).intersection(wall).area > _SPOILT * wall.area
    )


def cell_places(truth: Truth, vessel: Vessel) -> NDArray[np.float64]:
    """Centres of the tumour nuclei in one vessel: shape ``(n, 3)``, columns `CELL_COLUMNS`.

    Equivocal veins have theirs too; there are as many rows as ``n_tumour_cells`` says.
    """
    mpp = truth.plan.spec.mpp
    rows = [
        np.stack([c.y_um / mpp, c.x_um / mpp, np.full(len(c), vessel.index + 1.0)], axis=1)
        for c in vessel.contents.cells
        if c.kind is CellKind.TUMOUR
    ]
    return np.concatenate([np.zeros((0, 3)), *rows])
