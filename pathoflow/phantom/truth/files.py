"""Write what is true of a painted slide: truth.json, truth.geojson and truth.zarr in one folder."""

from __future__ import annotations

import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

import shapely
from shapely import Polygon, make_valid, simplify
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import EnvironmentFault
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, plan_slide
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.recipe.spec import PhantomSpec, spec_as_table
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.raster import polygons_in
from pathoflow.space import Frame, Size

_NAMESPACE = uuid.UUID("5f0c3f6e-6a7e-5b53-9c39-0d0f4b1a7c11")
#: Labels are written at this resolution.
LABEL_MPP = 2.0
#: Veins up to this far from the tumour count as near it.
_NEAR_UM = 10_000.0
#: Outlines in GeoJSON leave out vertices that matter less than this, and coordinates have two
#: decimals.
_SIMPLIFY_PX, _GRID_PX = 0.2, 0.01
_BLOCK_PX, _CHUNK_PX = 2048, 512
_COLORS = {"Vessel": [31, 119, 180], "MVI": [214, 39, 40], "Tumour": [148, 103, 189]}


def vessel_uuid(spec: PhantomSpec, index: int) -> str:
    """The stable name of a vessel: the same recipe gives the same one."""
    return str(uuid.uuid5(_NAMESPACE, f"{spec.family}:{spec.seed}:{index}"))


def truth_table(truth: Truth) -> dict[str, Any]:
    """The content of ``truth.json``."""
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
        "vessels": [_vessel_row(truth, vessel) for vessel in truth.plan.vessels],
    }


def _area_um2(truth: Truth, shape: BaseGeometry) -> float:
    return round(float(shape.area) * truth.plan.spec.mpp**2, 3)


def _vessel_row(truth: Truth, vessel: Vessel) -> dict[str, Any]:
    wall, lumen = truth.walls[vessel.index], truth.lumens[vessel.index]
    distance = truth.distance_to_tumour_um(vessel)
    plug = vessel.contents.plug
    filled = truth.plugs[vessel.index].area / lumen.area if vessel.is_mvi else 0.0
    return {
        "id": vessel_uuid(truth.plan.spec, vessel.index),
        "label": vessel.index + 1,
        "kind": vessel.kind,
        "content": vessel.contents.name,
        "is_mvi": vessel.is_mvi,
        "n_tumour_cells": vessel.n_tumour_cells,
        "outer_diameter_um": round(vessel.diameter_um, 3),
        "lumen_fraction": round(lumen.area / wall.area, 4),
        "tumour_in_lumen_fraction": round(filled, 4),
        "centroid_px": [round(wall.centroid.y, 2), round(wall.centroid.x, 2)],
        "area_um2": _area_um2(truth, wall),
        "dist_edge_um": None if distance is None else round(distance, 2),
        "attachment": plug.attachment if plug is not None else None,
        "location": _location(distance),
    }


def _location(distance_um: float | None) -> str:
    if distance_um is None:
        return "unknown"
    return "peritumoral_near" if distance_um <= _NEAR_UM else "peritumoral_far"


def truth_features(truth: Truth) -> dict[str, Any]:
    """The content of ``truth.geojson``: annotations as QuPath imports them, level-0 (x, y)."""
    features = []
    for vessel, wall in zip(truth.plan.vessels, truth.walls, strict=True):
        row = _vessel_row(truth, vessel)
        names = ["Vessel", "MVI"] if vessel.is_mvi else ["Vessel"]
        numbers = {"Tumour cells": row["n_tumour_cells"], "Area um^2": row["area_um2"]}
        if row["dist_edge_um"] is not None:
            numbers["Distance to tumour um"] = row["dist_edge_um"]
        feature = _feature(wall, row["id"], names, f"V{vessel.index + 1:04d}")
        feature["properties"]["measurements"] = numbers
        feature["properties"]["metadata"] = {
            key: str(row[key]) for key in ("kind", "content", "location", "label")
        } | {"data": "synthetic"}
        features.append(feature)
    for k, part in enumerate(polygons_in(truth.tumour) if truth.tumour is not None else []):
        name = str(
            uuid.uuid5(_NAMESPACE, f"{truth.plan.spec.family}:{truth.plan.spec.seed}:tumour {k}")
        )
        features.append(_feature(part, name, ["Tumour"], "Tumour"))
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: Polygon, name: str, classes: list[str], label: str) -> dict[str, Any]:
    tidy = shapely.set_precision(make_valid(simplify(shape, _SIMPLIFY_PX)), _GRID_PX)
    largest = max(polygons_in(tidy), key=lambda part: float(part.area))
    rings = [largest.exterior, *largest.interiors]
    return {
        "type": "Feature",
        "id": name,
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[round(x, 2), round(y, 2)] for x, y in ring.coords] for ring in rings],
        },
        "properties": {
            "objectType": "annotation",
            "name": label,
            "classification": {"names": classes, "color": _COLORS[classes[-1]]},
            "isLocked": False,
            "measurements": {},
        },
    }


def write_truth(spec: PhantomSpec, folder: Path) -> None:
    """Write the truth of a recipe into ``folder``, which appears only when whole.

    An old folder of that name is replaced.

    Raises
    ------
    EnvironmentFault
        The folder cannot be written.
    """
    truth = Truth(plan_slide(spec))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as work:
            fresh = Path(work) / "truth"
            fresh.mkdir()
            _write_json(fresh / "truth.json", truth_table(truth), indent=1)
            _write_json(fresh / "truth.geojson", truth_features(truth), indent=None)
            _write_labels(truth, fresh / "truth.zarr")
            if folder.exists():
                folder.rename(Path(work) / "old")
            fresh.rename(folder)
    except OSError as error:
        raise EnvironmentFault(
            f"The truth folder {folder} cannot be written ({error.strerror}):"
            " choose another folder."
        ) from error


def _write_json(path: Path, content: dict[str, Any], indent: int | None) -> None:
    path.write_text(json.dumps(content, indent=indent, allow_nan=False) + "\n", encoding="utf-8")


def _write_labels(truth: Truth, path: Path) -> None:
    """Label grids at 2 µm per pixel, block by block; a block without anything is not stored."""
    # Only this function needs zarr, and it is slow to import.
    import zarr

    frame = Frame.at(LABEL_MPP, truth.plan.mpp)
    size = frame.size(truth.plan.size)
    common: dict[str, Any] = {"axes": ["y", "x"], "mpp": [LABEL_MPP, LABEL_MPP], "synthetic": True}
    group = zarr.open_group(path, mode="w", zarr_format=3)
    labels = group.create_group("labels", attributes=common)
    masks = {
        "vessels": (truth.vessel_labels, "uint32"),
        "lumen": (truth.lumen_labels, "uint32"),
        "tumour": (truth.tumour_mask, "uint8"),
        "tissue": (truth.tissue_mask, "uint8"),
    }
    for name, (draw, dtype) in masks.items():
        grid = labels.create_array(
            name,
            shape=size.shape,
            chunks=(min(_CHUNK_PX, size.height), min(_CHUNK_PX, size.width)),
            dtype=dtype,
            attributes=common | {"scale_level0": [frame.scale_y, frame.scale_x]},
        )
        for box in size.box().pieces(Size(_BLOCK_PX, _BLOCK_PX)):
            grid[box.slices] = draw(box, frame).astype(dtype)
