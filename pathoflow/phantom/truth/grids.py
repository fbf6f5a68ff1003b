"""What is true as label pyramids: ``truth.zarr``, OME-Zarr 0.5, and the cells of invaded veins.

    truth.zarr
    ├── cells                (n, 3) float64: y_px, x_px at level 0 and the label of the vessel
    └── labels
        ├── vessels, lumen   one number per vessel, that of ``label`` in truth.json
        ├── content          what lies in lumens
        ├── tumour, capsule, tissue
        └── quality          artefacts

Values of ``content`` and ``quality`` have their names in ``image-label.properties``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pathoflow.phantom.plan.slide import GENERATOR_VERSION
from pathoflow.phantom.truth.names import COLOURS, colour_of, vessel_class
from pathoflow.phantom.truth.outlines import CONTENT_VALUES, QUALITY_VALUES, Truth
from pathoflow.phantom.truth.survey import Survey
from pathoflow.phantom.truth.table import CELL_COLUMNS
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.store import Label, Pyramid, PyramidSpec, create_pyramid

#: Level 0 of every grid has this resolution.
LABEL_MPP = 2.0
#: A shard is drawn at once: 16 MB where labels take four bytes.
_SHARD_PX = 2048
#: Colours of contents and artefacts by value.
_PALETTE = (
    *((31, 119, 180), (227, 119, 194), (188, 189, 34), (140, 86, 75), (255, 127, 14)),
    *((127, 127, 127), (214, 39, 40), (23, 190, 207), (44, 160, 44), (0, 0, 0)),
)


@dataclass(frozen=True)
class _Layer:
    """One label image: how it is drawn, its numbers, and what they are called."""

    draw: Callable[[Box, Frame], NDArray[Any]]
    dtype: str
    names: list[Label]


def write_grids(truth: Truth, found: Survey, path: Path) -> None:
    """Draw all labels shard by shard; a shard without anything is not stored."""
    # Only this function needs zarr itself, and it is slow to import.
    import zarr

    frame = Frame.at(LABEL_MPP, truth.plan.mpp)
    size = frame.size(truth.plan.size)
    layers = _layers(truth, found)
    grids = {name: _create(truth, path, name, layer.dtype, size) for name, layer in layers.items()}
    drawn = set()
    # All layers of a shard in turn: its vessels are drawn once.
    for box in size.box().pieces(Size(_SHARD_PX, _SHARD_PX)):
        for name, layer in layers.items():
            pixels = layer.draw(box, frame)
            if pixels.any():
                grids[name].write(box, pixels.astype(layer.dtype))
                drawn.add(name)
    for name, layer in layers.items():
        if name in drawn:
            grids[name].build_levels()
        grids[name].describe_labels(layer.names)
    root = zarr.open_group(path, mode="r+", zarr_format=3)
    about: dict[str, Any] = {
        "synthetic": True,
        "generator_version": GENERATOR_VERSION,
        "family": truth.plan.spec.family,
        "seed": truth.plan.spec.seed,
    }
    root.update_attributes({"pathoflow": about})
    root.create_array("cells", data=found.cells, attributes={"columns": list(CELL_COLUMNS)})


def _layers(truth: Truth, found: Survey) -> dict[str, _Layer]:
    return {
        "vessels": _Layer(truth.vessel_labels, "uint32", _vessel_names(found)),
        "lumen": _Layer(truth.lumen_labels, "uint32", []),
        "content": _Layer(truth.content_labels, "uint8", _value_names(CONTENT_VALUES)),
        "tumour": _Layer(truth.tumour_mask, "uint8", [_one("tumour", "Tumour")]),
        "capsule": _Layer(truth.capsule_mask, "uint8", [_one("capsule", "Capsule")]),
        "tissue": _Layer(truth.tissue_mask, "uint8", [_one("tissue", "Artefact")]),
        "quality": _Layer(truth.quality_labels, "uint8", _value_names(QUALITY_VALUES)),
    }


def _create(truth: Truth, path: Path, name: str, dtype: str, size: Size) -> Pyramid:
    grid = PyramidSpec.on_slide(dtype, Mpp.square(LABEL_MPP), truth.plan.mpp)
    return create_pyramid(path, f"labels/{name}", size, replace(grid, shard_px=_SHARD_PX))


def _vessel_names(found: Survey) -> list[Label]:
    """Every vessel's colour, id and class, so that a viewer needs no other file."""
    labels = []
    for row in found.rows:
        names = vessel_class(row)
        about = {"id": row["id"], "class": ": ".join(names)}
        labels.append(Label(row["label"], (*colour_of(names), 255), about))
    return labels


def _value_names(values: Mapping[Any, int]) -> list[Label]:
    return [
        Label(value, (*_PALETTE[value - 1], 255), {"name": name}) for name, value in values.items()
    ]


def _one(name: str, colour: str) -> Label:
    return Label(1, (*COLOURS[colour], 255), {"name": name})
