"""Plain data, as JSON and TOML give it, to dataclasses: nothing missing, nothing unknown, nothing bent into shape."""

from __future__ import annotations

import math
from typing import Any, TypeVar, get_args, get_origin

import cattrs

T = TypeVar("T")


def from_plain(raw: object, kind: type[T]) -> T:
    """``raw`` as a ``kind``, a dataclass.

    Raises
    ------
    ValueError
        Keys are missing, unknown or of the wrong type; the message names them all.
    """
    if not isinstance(raw, dict):
        raise ValueError(f"a table of keys and values is needed, not {type(raw).__name__}")
    try:
        return _converter().structure(raw, kind)
    except cattrs.BaseValidationError as error:
        raise ValueError(
            "; ".join(cattrs.transform_error(error, format_exception=_said))
        ) from error


def _said(error: BaseException, _: type | None) -> str:
    """What is wrong, without the name of the Python exception."""
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        return f"unknown key {', '.join(sorted(error.extra_fields))}"
    return str(error)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def as_sequence(value: Any, wanted: Any) -> Any:
        """Without this, the text "vessel" would do as a list of six letters."""
        if not isinstance(value, list | tuple):
            raise ValueError(f"{value!r} is not a list")
        kinds = get_args(wanted)
        if get_origin(wanted) is list or kinds[-1] is Ellipsis:
            kinds = kinds[:1] * len(value)
        if len(kinds) != len(value):
            raise ValueError(f"{value!r} has {len(value)} entries instead of {len(kinds)}")
        parts = [converter.structure(*pair) for pair in zip(value, kinds, strict=True)]
        return parts if get_origin(wanted) is list else tuple(parts)

    for simple in (bool, int, float, str):
        converter.register_structure_hook(simple, _as_written)
    converter.register_structure_hook_func(_is_sequence, as_sequence)
    # Free-form entries are taken as they are.
    converter.register_structure_hook(Any, lambda value, _: value)
    return converter


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) in (list, tuple)


def _as_written(value: Any, wanted: Any) -> Any:
    """Take a number or a flag only as itself: cattrs alone turns "7" into 7 and "false" into True."""
    if wanted is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if wanted is not float and type(value) is wanted:
        return value
    raise ValueError(f"{value!r} is not of type {wanted.__name__}")
