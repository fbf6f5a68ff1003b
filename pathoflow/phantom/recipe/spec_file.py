"""Read and write recipes of painted slides as TOML tables, strictly: nothing unknown, nothing guessed.

What a key may hold follows from the type of its field; nested tables are read in the same way, and
messages name their keys in full, such as ``artefacts.folds``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.spec import PhantomSpec

#: Said where a key's type alone would tell too little.
_WORDS = {
    "size_px": "[y, x] in whole pixels",
    "mpp": "a number, µm per pixel",
    "family": '"train", "test" or "stress"',
    "mvi_distances_um": "a list of distances in µm",
    "file.bounds_offset_px": "[y, x] in whole pixels",
}
_KINDS: dict[Any, tuple[str, str]] = {
    bool: ("true or false", "flags"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("a text", "texts"),
}


class _WrongType(Exception):
    """A value is not of its field's type; caught where the key's name is known."""


def parse_spec(table: Mapping[str, Any], source: str) -> PhantomSpec:
    """The recipe in ``table``; ``source`` names where it came from in messages.

    Raises
    ------
    UsageError
        A key is missing, unknown, of the wrong type or out of range; the message says which and
        what to give.
    """
    values = read_fields(PhantomSpec, table, source)
    try:
        return PhantomSpec(**values)
    except UsageError as error:
        raise UsageError(f"In {source}: {error}") from error


def read_fields(
    kind: type[Any], table: Mapping[str, Any], source: str, prefix: str = ""
) -> dict[str, Any]:
    """The values of ``table`` in the types of the fields of the dataclass ``kind``.

    ``prefix`` is put before keys in messages: the name of a nested table and a dot.
    """
    known = [f.name for f in fields(kind)]
    for key in table:
        if key not in known:
            raise UsageError(
                f'Key "{prefix}{key}" in {source} is unknown:'
                f" remove it, or use one of {', '.join(known)}."
            )
    needed = [f.name for f in fields(kind) if f.default is f.default_factory is MISSING]
    for key in needed:
        if key not in table:
            raise UsageError(
                f'Key "{prefix}{key}" is missing in {source}: {", ".join(needed)} are needed.'
            )
    types = get_type_hints(kind)
    return {
        key: _read(value, _without_none(types[key]), source, prefix + key)
        for key, value in table.items()
    }


def _read(value: Any, wanted: Any, source: str, name: str) -> Any:
    try:
        if is_dataclass(wanted) and isinstance(value, Mapping):
            assert isinstance(wanted, type)
            return wanted(**read_fields(wanted, value, source, f"{name}."))
        return _as_typed(value, wanted)
    except _WrongType:
        raise UsageError(
            f'Key "{name}" in {source} has the value {value!r}:'
            f" give {_WORDS.get(name) or _words(wanted)}."
        ) from None


def _as_typed(value: Any, wanted: Any) -> Any:
    """``value`` where it is of the type, with whole numbers taken as fractions where asked for."""
    if get_origin(wanted) is tuple:
        items, most = (
            get_args(wanted),
            None if Ellipsis in get_args(wanted) else len(wanted.__args__),
        )
        if not isinstance(value, list | tuple) or (most is not None and len(value) != most):
            raise _WrongType
        return tuple(_as_typed(item, items[0]) for item in value)
    plain = str if get_origin(wanted) is Literal else wanted
    # True is an int to Python, and 1 is no flag to us.
    if isinstance(value, bool) and plain is not bool:
        raise _WrongType
    if plain is float and isinstance(value, int):
        return float(value)
    # Which texts a field takes is checked with the other values, where the message lists them.
    if plain not in _KINDS or not isinstance(value, plain):
        raise _WrongType
    return value


def _without_none(wanted: Any) -> Any:
    """The type in an optional one; a key that is left out stands for None."""
    if get_origin(wanted) not in (Union, UnionType):
        return wanted
    [inner] = [part for part in get_args(wanted) if part is not NoneType]
    return inner


def _words(wanted: Any) -> str:
    if is_dataclass(wanted):
        return "a table with some of " + ", ".join(f.name for f in fields(wanted))
    if get_origin(wanted) is tuple:
        item = get_args(wanted)[0]
        return f"a list of {_KINDS[str if get_origin(item) is Literal else item][1]}"
    return _KINDS[str if get_origin(wanted) is Literal else wanted][0]


def load_spec(path: Path) -> PhantomSpec:
    """Read a recipe from a TOML file.

    Raises
    ------
    UsageError
        The file is absent, is not TOML, or holds something that cannot be painted.
    """
    return parse_spec(load_table(path), str(path))


def load_table(path: Path) -> dict[str, Any]:
    """The table in a TOML file.

    Raises
    ------
    UsageError
        The file is absent or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The phantom spec {path} cannot be read ({error.strerror}): check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The phantom spec {path} is not a text file: give a TOML file."
        ) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"The phantom spec {path} is not valid TOML ({error}): correct that line."
        ) from error


def is_recipe(path: Path) -> bool:
    """Whether ``path`` is the recipe of one slide: a TOML file with all that a recipe needs."""
    if path.suffix.lower() != ".toml":
        return False
    try:
        table = load_table(path)
    except UsageError:
        return False
    needed = {f.name for f in fields(PhantomSpec) if f.default is f.default_factory is MISSING}
    return needed <= table.keys() and not {"cohort", "case"} & table.keys()


def spec_as_table(spec: PhantomSpec) -> dict[str, Any]:
    """The recipe as plain JSON-ready values, nothing that is None; `parse_spec` reads it back."""
    table = _plain(spec)
    assert isinstance(table, dict)
    return table


def spec_as_toml(spec: PhantomSpec) -> str:
    """The recipe as the text of a TOML file; `load_spec` reads it back."""
    table = spec_as_table(spec)
    lines = [f"{key} = {_toml(v)}" for key, v in table.items() if not isinstance(v, dict)]
    for key, inner in table.items():
        if isinstance(inner, dict):
            lines += ["", f"[{key}]", *(f"{name} = {_toml(v)}" for name, v in inner.items())]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {f.name: getattr(value, f.name) for f in fields(value)}
        return {name: _plain(inner) for name, inner in found.items() if inner is not None}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _toml(value: bool | float | str | list[Any]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, str):
        escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in value)
        return f'"{escaped}"'
    return repr(value)
