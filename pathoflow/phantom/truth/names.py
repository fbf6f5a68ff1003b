"""Stable names of what is true: the same recipe gives every object the same uuid and class."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pathoflow.phantom.recipe.spec import PhantomSpec

_NAMESPACE = uuid.UUID("5f0c3f6e-6a7e-5b53-9c39-0d0f4b1a7c11")

#: Colour of every class, by its last name.
COLOURS: dict[str, tuple[int, int, int]] = {
    "Vessel": (31, 119, 180),
    "MVI": (214, 39, 40),
    "Equivocal": (255, 127, 14),
    "Tumour": (148, 103, 189),
    "Satellite": (197, 176, 213),
    "Capsule": (44, 160, 44),
    "Artefact": (127, 127, 127),
}


def vessel_uuid(spec: PhantomSpec, index: int) -> str:
    """The name of a vessel."""
    return str(uuid.uuid5(_NAMESPACE, f"{spec.family}:{spec.seed}:{index}"))


def part_uuid(spec: PhantomSpec, name: str, number: int) -> str:
    """The name of one of many other outlines, such as the second satellite."""
    return str(uuid.uuid5(_NAMESPACE, f"{spec.family}:{spec.seed}:{name} {number}"))


def vessel_class(row: Mapping[str, Any]) -> list[str]:
    """QuPath's names of a vessel, from the general to the special; ``row`` is its row of facts."""
    if row["is_equivocal"]:
        return ["Vessel", "Equivocal"]
    return ["Vessel", "MVI"] if row["is_mvi"] else ["Vessel"]


def colour_of(names: list[str]) -> tuple[int, int, int]:
    """The colour of the most special name that has one."""
    return next(COLOURS[name] for name in reversed(names) if name in COLOURS)
