"""Outlines drawn to learn from, as files that `pathoflow train` reads: one GeoJSON per slide, and a config.

labels/
├── slide-a.geojson     outlines of classes Vessel, Region*, Ignore*; which slide they lie on
└── our-vessels.toml    the training of all of them
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, mapping

from pathoflow.data.outlines import mended
from pathoflow.errors import UsageError
from pathoflow.space.raster import polygons_in
from pathoflow.store import write_text

#: Choice of the panel -> class in the file.
LABEL_CLASSES = {"vessel": "Vessel", "region": "Region*", "ignore": "Ignore*"}
_COLOURS = {"Vessel": [0, 114, 178], "Region*": [0, 158, 115], "Ignore*": [90, 90, 90]}


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The outlines of one slide."""

    path: Path
    slide: Path
    n_outlines: int


def keep_outlines(
    folder: Path, slide: Path, rings: Sequence[NDArray[np.float64]], kind: str
) -> LabelSet:
    """Add outlines, rings of level-0 (x, y), to the label set of a slide.

    Raises
    ------
    UsageError
        Nothing was drawn that has an area, or the file there is not ours.
    """
    shapes = [
        part for ring in rings if len(ring) >= 4 for part in polygons_in(mended(Polygon(ring)))
    ]
    if not shapes:
        raise UsageError("nothing was drawn that has an area; draw an outline and keep it again")
    path = folder / f"{slide.stem}.geojson"
    features = _features(path)
    features += [_feature(shape, LABEL_CLASSES[kind]) for shape in shapes]
    about = {"slide": str(slide.resolve())}
    collection = {"type": "FeatureCollection", "features": features, "pathoflow": about}
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(collection, ensure_ascii=False) + "\n")
    return LabelSet(path, slide, len(features))


def label_sets(folder: Path) -> list[LabelSet]:
    """All label sets in a folder that were drawn here, by name."""
    found = []
    for path in sorted(folder.glob("*.geojson")):
        try:
            data = json.loads(path.read_text("utf-8"))
            slide = Path(data["pathoflow"]["slide"])
        except (OSError, ValueError, KeyError, TypeError):
            # Somebody else's file; training can name it in a config of its own.
            continue
        found.append(LabelSet(path, slide, len(data["features"])))
    return found


def write_config(folder: Path, name: str, steps: int) -> Path:
    """Write the training of all label sets in ``folder``; the path of the config is given back.

    Raises
    ------
    UsageError
        There is nothing to learn from, or the name cannot be a file's.
    """
    sets = label_sets(folder)
    if not sets:
        raise UsageError(f"{folder} holds no outlines to learn from; draw some and keep them")
    if not name or Path(name).name != name:
        raise UsageError(f"{name!r} cannot be the name of a network; use letters, digits and -")
    rows = [
        f"    {{ slide = {_quoted(one.slide)}, outlines = {_quoted(one.path.name)} }},"
        for one in sets
    ]
    lines = [
        f"name = {json.dumps(name)}",
        "",
        "[data]",
        "labelled = [",
        *rows,
        "]",
        "",
        "[schedule]",
        f"steps = {steps}",
        "",
    ]
    path = folder / f"{name}.toml"
    write_text(path, "\n".join(lines))
    return path


def _quoted(path: Path | str) -> str:
    # JSON's way of quoting a text is one of TOML's.
    return json.dumps(str(path), ensure_ascii=False)


def _features(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        data = json.loads(path.read_text("utf-8"))
        features: list[dict[str, Any]] = list(data["features"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not a label set ({error}); move it away and keep the outlines again"
        ) from error
    return features


def _feature(shape: Polygon, class_name: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(uuid.uuid4()),
        "geometry": mapping(shape),
        "properties": {
            "objectType": "annotation",
            "classification": {"name": class_name, "color": _COLOURS[class_name]},
            "metadata": {"origin": "level0"},
        },
    }
