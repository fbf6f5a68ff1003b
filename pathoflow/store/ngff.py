"""The metadata of OME-Zarr 0.5, as plain dictionaries: what stands under ``attributes.ome`` of each group.

    analysis.zarr           multiscales of the key image, with paths such as probability/vessel/s0
    ├── probability         version only
    │   └── vessel          multiscales: s0, s1, ...
    └── labels              labels: [tissue, vessels]
        └── vessels         multiscales, image-label

The specification wants ``labels`` to stand beside the levels of an image. Our layout has several images side by side,
so the root itself is declared an image whose levels are those of the key image; dataset paths may hold slashes.
Source: https://ngff.openmicroscopy.org/0.5/ .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathoflow.space import Mpp, Point, Size

VERSION = "0.5"

Rgba = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PyramidLevel:
    """One level: its array, and where its pixels lie.

    Pixel ``(i, j)`` has its centre at ``translation_um + (i * mpp.y, j * mpp.x)``.
    """

    name: str
    size: Size
    mpp: Mpp
    translation_um: Point


@dataclass(frozen=True, slots=True)
class Label:
    """One value of a label image: its colour, and anything worth knowing about it (JSON values)."""

    value: int
    rgba: Rgba
    properties: Mapping[str, Any] = field(default_factory=dict)


def plan_levels(
    size: Size, mpp: Mpp, translation_um: Point, n_levels: int
) -> tuple[PyramidLevel, ...]:
    """Lay out levels that halve, rounding sizes up, with pixel centres that line up.

    The square of ``2**k`` level-0 pixels that a pixel of level ``k`` stands for has its centre half a pixel of level
    ``k`` from its corner, so the translation grows by ``0.5 * (mpp_k - mpp_0)``.
    """
    levels = []
    for k in range(n_levels):
        step = 2**k
        levels.append(
            PyramidLevel(
                name=f"s{k}",
                size=Size(-(-size.height // step), -(-size.width // step)),
                mpp=Mpp(mpp.y * step, mpp.x * step),
                translation_um=Point(
                    translation_um.y + 0.5 * mpp.y * (step - 1),
                    translation_um.x + 0.5 * mpp.x * (step - 1),
                ),
            )
        )
    return tuple(levels)


def multiscales(
    name: str, levels: Sequence[PyramidLevel], method: str, *, is_rgb: bool = False
) -> dict[str, Any]:
    """One entry of ``multiscales``; ``method`` says how levels were made (mean or mode)."""
    channel = [1.0] if is_rgb else []
    still = [0.0] if is_rgb else []
    space = [{"name": axis, "type": "space", "unit": "micrometer"} for axis in "yx"]
    return {
        "name": name,
        "axes": [{"name": "c", "type": "channel"}, *space] if is_rgb else space,
        "datasets": [
            {
                "path": level.name,
                "coordinateTransformations": [
                    {"type": "scale", "scale": [*channel, level.mpp.y, level.mpp.x]},
                    {
                        "type": "translation",
                        "translation": [*still, level.translation_um.y, level.translation_um.x],
                    },
                ],
            }
            for level in levels
        ],
        "type": method,
        "metadata": {"description": f"each level is the {method} of squares of 2 x 2 pixels"},
    }


def parse_levels(entry: Mapping[str, Any], sizes: Iterable[Size]) -> tuple[PyramidLevel, ...]:
    """The inverse of `multiscales`; ``sizes`` are those of the arrays, in the order of ``datasets``."""
    levels = []
    for dataset, size in zip(entry["datasets"], sizes, strict=True):
        found = {step["type"]: step[step["type"]] for step in dataset["coordinateTransformations"]}
        levels.append(
            PyramidLevel(
                name=dataset["path"],
                size=size,
                mpp=Mpp(*found["scale"][-2:]),
                translation_um=Point(*found.get("translation", (0.0, 0.0))[-2:]),
            )
        )
    return tuple(levels)


def image_attributes(entry: Mapping[str, Any], *, is_rgb: bool = False) -> dict[str, Any]:
    """Attributes of an image group; RGB says which channel is which, so viewers show colours."""
    ome: dict[str, Any] = {"version": VERSION, "multiscales": [entry]}
    if is_rgb:
        window = {"min": 0, "max": 255, "start": 0, "end": 255}
        colours = {"red": "FF0000", "green": "00FF00", "blue": "0000FF"}
        ome["omero"] = {
            "channels": [
                {"label": label, "color": color, "active": True, "window": window}
                for label, color in colours.items()
            ]
        }
    return {"ome": ome}


def label_attributes(entry: Mapping[str, Any], labels: Sequence[Label]) -> dict[str, Any]:
    """Attributes of a label group.

    The specification demands that ``colors`` and ``properties`` are not empty where they stand, so without labels
    both are left out.
    """
    about: dict[str, Any] = {}
    if labels:
        about["colors"] = [{"label-value": one.value, "rgba": list(one.rgba)} for one in labels]
    if any(one.properties for one in labels):
        about["properties"] = [{"label-value": one.value, **one.properties} for one in labels]
    # From labels/<name> two steps up: the root, which is the image they belong to.
    about["source"] = {"image": "../../"}
    return {"ome": {"version": VERSION, "multiscales": [entry], "image-label": about}}


def key_image_attributes(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of the root: the image at path ``name`` becomes the root's own."""
    datasets = [{**dataset, "path": f"{name}/{dataset['path']}"} for dataset in entry["datasets"]]
    return {"ome": {"version": VERSION, "multiscales": [{**entry, "datasets": datasets}]}}
