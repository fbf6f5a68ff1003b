"""Recipes of whole cases: several blocks of one specimen, several specimens, from one TOML file.

    seed = 100                    # the keys of a recipe, as defaults for all slides
    size_px = [20000, 30000]
    mpp = 1.0
    family = "test"

    [cohort]
    virtual = true                # recipes instead of TIFFs; pathoflow opens both as slides

    [[case]]
    id = "C-01"
    background = "cirrhosis"      # keys of a recipe, for all blocks of the case

    [[case.block]]
    name = "A1"
    site = "interface"
    mvi_vessels = 2
    mvi_distances_um = [300, 9990]

    [[case.block]]
    name = "A5"
    site = "far"
    tumour = false
    mvi_vessels = 1               # its distance is unknown to the slide; the site says far

Instead of naming cases, ``[cohort]`` can have them drawn up: see `Series`. Every slide gets a seed
of its own from the cohort's and its names, so that adding a case changes no other.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.recipe.spec_file import parse_spec, read_fields

_NAME = re.compile(r"[\w.][\w.-]*")


@dataclass(frozen=True, slots=True)
class Series:
    """The ``[cohort]`` table: cases drawn up by cycling through lists, besides those named.

    A drawn-up case has an interface block with the tumour, and a near and a far block without it.
    Case by case `counts` starts over; with each round through it `distances_um` moves on by one, so
    that all pairs come up. Within a case the farthest vein of the interface block lies exactly at
    the distance, the others at equal parts of it.
    """

    #: Recipes instead of TIFFs.
    virtual: bool = False
    #: How many cases to draw up.
    cases: int = 0
    #: They are named by this and a number.
    prefix: str = "P"
    #: Invaded veins of a case, over all its blocks.
    counts: tuple[int, ...] = (0, 1, 5, 6)
    #: Distances of the farthest invaded vein of the interface block, µm; none leaves it open.
    distances_um: tuple[float, ...] = ()
    #: Tumour cells in that vein; none leaves it open.
    cells: tuple[int, ...] = ()
    #: How many of a case's invaded veins lie in its near and in its far block.
    near_counts: tuple[int, ...] = (0,)
    far_counts: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if self.cases < 0:
            raise UsageError(f"cohort.cases = {self.cases} is negative: give 0 or more.")
        if not _NAME.fullmatch(self.prefix):
            raise UsageError(_bad_name("cohort.prefix", self.prefix))
        for name in ("counts", "near_counts", "far_counts"):
            numbers = getattr(self, name)
            if not numbers or min(numbers) < 0:
                raise UsageError(
                    f"cohort.{name} = {list(numbers)} is no list of counts: give 0 and more."
                )


@dataclass(frozen=True, slots=True)
class Block:
    """One slide of a case."""

    case: str
    name: str
    spec: PhantomSpec

    @property
    def slide_id(self) -> str:
        """Case and block in one word: the stem of its files."""
        return f"{self.case}-{self.name}"


@dataclass(frozen=True, slots=True)
class Cohort:
    """All slides of all cases, in the order of the file."""

    blocks: tuple[Block, ...]
    is_virtual: bool

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases, each once."""
        return tuple(dict.fromkeys(block.case for block in self.blocks))


def is_cohort(table: Mapping[str, Any]) -> bool:
    """Whether a TOML table describes cases rather than one slide."""
    return "cohort" in table or "case" in table


def parse_cohort(table: Mapping[str, Any], source: str) -> Cohort:
    """The cohort in ``table``; ``source`` names where it came from in messages.

    Raises
    ------
    UsageError
        A key is unknown or out of range, a name is missing or taken, or there is no case.
    """
    head = _table(table.get("cohort", {}), "cohort", source)
    values = read_fields(Series, head, source, "cohort.")
    try:
        series = Series(**values)
    except UsageError as error:
        raise UsageError(f"In {source}: {error}") from error
    base = {key: value for key, value in table.items() if key not in ("cohort", "case")}
    blocks = [
        block
        for case in [*_tables(table.get("case", []), "case", source), *_drawn_up(series)]
        for block in _read_case(case, base, source)
    ]
    if not blocks:
        raise UsageError(f"{source} names no case: add [[case]] tables, or cases to [cohort].")
    _check_distinct(blocks, source)
    return Cohort(tuple(blocks), series.virtual)


def _drawn_up(series: Series) -> Iterator[dict[str, Any]]:
    width = max(2, len(str(series.cases)))
    for i in range(series.cases):
        turn = i // len(series.counts)
        count = series.counts[i % len(series.counts)]
        near = min(count, series.near_counts[i % len(series.near_counts)])
        far = min(count - near, series.far_counts[i % len(series.far_counts)])
        here = count - near - far
        interface: dict[str, Any] = {"name": "interface", "site": "interface", "mvi_vessels": here}
        if here and series.distances_um:
            farthest = series.distances_um[turn % len(series.distances_um)]
            interface["mvi_distances_um"] = [farthest * (here - k) / here for k in range(here)]
        if here and series.cells:
            # Moves on with every round, else each count would keep one number of cells.
            interface["mvi_cells"] = [series.cells[(i + turn) % len(series.cells)]]
        apart = [
            {"name": site, "site": site, "tumour": False, "mvi_vessels": number}
            for site, number in (("near", near), ("far", far))
        ]
        yield {"id": f"{series.prefix}{i + 1:0{width}d}", "block": [interface, *apart]}


def _read_case(case: Mapping[str, Any], base: Mapping[str, Any], source: str) -> Iterator[Block]:
    name = _name(case, "id", "a case", source)
    blocks = _tables(case.get("block", []), f"block of case {name}", source)
    if not blocks:
        raise UsageError(f"Case {name} in {source} has no block: add a [[case.block]] table.")
    common = _merged(base, {k: v for k, v in case.items() if k not in ("id", "block")})
    for block in blocks:
        part = _name(block, "name", f"a block of case {name}", source)
        recipe = _merged(common, {key: value for key, value in block.items() if key != "name"})
        place = f"{source}, case {name}, block {part}"
        if "seed" not in block and isinstance(recipe.get("seed"), int):
            recipe["seed"] = recipe["seed"] + zlib.crc32(f"{name}/{part}".encode())
        recipe.setdefault("slide_name", f"{name}-{part}")
        yield Block(name, part, parse_spec(recipe, place))


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the keys of ``over`` in their place; tables are merged key by key."""
    merged = dict(base)
    for key, value in over.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = {**before, **value} if both else value  # type: ignore[dict-item]
    return merged


def _check_distinct(blocks: list[Block], source: str) -> None:
    """Two slides of one name would overwrite each other, and of one seed hold the same veins."""
    for what, keys in (
        ("name", [block.slide_id.lower() for block in blocks]),
        ("seed", [f"{block.spec.family} {block.spec.seed}" for block in blocks]),
    ):
        seen: dict[str, Block] = {}
        for key, block in zip(keys, blocks, strict=True):
            if key in seen:
                raise UsageError(
                    f"Slides {seen[key].slide_id} and {block.slide_id} in {source} have the same"
                    f" {what}: give one of them another."
                )
            seen[key] = block


def _name(table: Mapping[str, Any], key: str, what: str, source: str) -> str:
    if key not in table:
        raise UsageError(f'Key "{key}" is missing in {what} of {source}: name it.')
    name = table[key]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"In {source}: {_bad_name(key, name)}")
    return name


def _bad_name(key: str, name: object) -> str:
    return f"{key} = {name!r} cannot be part of a file name: use letters, digits, dots and dashes."


def _table(value: Any, what: str, source: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{what} in {source} must be a table: write [{what}].")
    return value


def _tables(value: Any, what: str, source: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise UsageError(f"{what} in {source} must be a list of tables: write [[...]] before each.")
    return value
