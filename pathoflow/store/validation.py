"""What is wrong with a result, in words: the shipped JSON Schema, and what a schema cannot say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

#: The newest schema that this version reads and the one it writes.
SCHEMA = 1

_MAX_PROBLEMS = 5
_STAND_IN = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


@cache
def result_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `result.json`, as it ships with the package."""
    text = (
        resources.files("pathoflow.store").joinpath("schema/result.schema.json").read_text("utf-8")
    )
    schema: dict[str, Any] = json.loads(text)
    return schema


def result_problems(data: Mapping[str, Any]) -> list[str]:
    """Every fault of ``data`` as "place: what is wrong", at most a handful; empty where it is valid."""
    problems = in_words(_validator().iter_errors(_with_light_outlines(data)))
    return problems or _shorten_list(list(_beyond_the_schema(data)))


def in_words(errors: Iterable[ValidationError]) -> list[str]:
    """Faults that a schema found as "place: what is wrong", at most a handful."""
    return _shorten_list(
        [f"{_place(error)}: {_shorten(error.message)}" for error in sorted(errors, key=_place)]
    )


def _shorten_list(problems: list[str]) -> list[str]:
    if len(problems) <= _MAX_PROBLEMS:
        return problems
    return [*problems[:_MAX_PROBLEMS], f"and {len(problems) - _MAX_PROBLEMS} more"]


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(result_schema())


def _place(error: ValidationError) -> str:
    return "/".join(str(step) for step in error.absolute_path) or "top level"


def _shorten(message: str) -> str:
    return message if len(message) <= 200 else message[:150] + " ... " + message[-45:]


def _with_light_outlines(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with good outlines replaced by a triangle; those the schema would refuse are left for it to name.

    A schema validator spends tens of microseconds per vertex, so a slide of 5,000 vessels would take a minute.
    """
    vessels = data.get("vessels")
    if not isinstance(vessels, list):
        return dict(data)
    return {**data, "vessels": [_with_light_outline(vessel) for vessel in vessels]}


def _with_light_outline(vessel: Any) -> Any:
    outline = vessel.get("outline") if isinstance(vessel, dict) else None
    rings = outline.get("coordinates") if isinstance(outline, dict) else None
    if not (isinstance(rings, list) and rings and all(_is_good_ring(ring) for ring in rings)):
        return vessel
    return {**vessel, "outline": {**outline, "coordinates": _STAND_IN}}  # type: ignore[dict-item]


def _is_good_ring(ring: Any) -> bool:
    try:
        places = np.asarray(ring)
    except ValueError:  # rows of different lengths
        return False
    return (
        isinstance(ring, list)
        and places.ndim == 2
        and places.shape[0] >= 4
        and places.shape[1] == 2
        and places.dtype.kind in "iuf"
    )


def _beyond_the_schema(data: Mapping[str, Any]) -> Iterator[str]:
    """Identity, closure and order, of data that the schema has accepted."""
    seen: set[str] = set()
    for index, vessel in enumerate(data["vessels"]):
        if vessel["id"] in seen:
            yield f"vessels/{index}/id: {vessel['id']} is given to two vessels"
        seen.add(vessel["id"])
        for number, ring in enumerate(vessel["outline"]["coordinates"]):
            if ring[0] != ring[-1]:
                yield f"vessels/{index}/outline/coordinates/{number}: the ring is not closed"
        interval = vessel["n_tumour_cells_interval"]
        if interval is not None and interval[0] > interval[1]:
            yield f"vessels/{index}/n_tumour_cells_interval: {interval} runs downwards"
    if (data["mvi"]["n_candidates"] or 0) > len(data["vessels"]):
        yield (
            f"mvi/n_candidates: {data['mvi']['n_candidates']} candidates, "
            f"but only {len(data['vessels'])} vessels"
        )
