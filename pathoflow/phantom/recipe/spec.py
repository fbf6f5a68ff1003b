"""The recipe of a painted slide: a small TOML file, read strictly.

    seed = 7
    size_px = [20000, 20000]      # y, x at level 0
    mpp = 0.5
    family = "train"              # or "test", "stress"

Everything else has a default. The same recipe gives the same slide, pixel for pixel.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import cattrs

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.family import FAMILIES, FamilyName
from pathoflow.space import Mpp, Size

_SIDE_PX = (128, 400_000)
_MPP = (0.2, 2.0)
_REQUIRED = ("seed", "size_px", "mpp", "family")


@dataclass(frozen=True, slots=True)
class ContentMix:
    """How often a vein without tumour cells holds what; weights, not necessarily summing to one."""

    empty: float = 0.45
    red_cells: float = 0.28
    serum: float = 0.12
    leucocytes: float = 0.08
    hepatocytes: float = 0.05


@dataclass(frozen=True, slots=True)
class PhantomSpec:
    """What to paint; see the module's docstring for the file it is read from."""

    seed: int
    #: Level-0 pixels, (y, x).
    size_px: tuple[int, int]
    #: Micrometres per level-0 pixel.
    mpp: float
    family: FamilyName
    #: Vessels of all kinds, arteries included; None asks for about 1.5 per mm² of liver.
    vessels: int | None = None
    #: Veins that hold tumour cells; None asks for 8 %, and at least 3 where there is room.
    mvi_vessels: int | None = None
    #: Whether there is a tumour; without one there are no tumour cells in vessels either.
    tumour: bool = True
    contents: ContentMix = field(default_factory=ContentMix)
    #: Multiplies the family's variation of stain; 0 gives the family's mean colours.
    stain_jitter: float = 1.0
    #: JPEG quality of the written TIFF; 85 is near what scanners use.
    jpeg_quality: int = 85
    #: False leaves micrometres per pixel out of the header, as some scanners do.
    mpp_in_header: bool = True
    slide_name: str = "phantom"

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise UsageError(problem)

    @property
    def size(self) -> Size:
        """Level-0 size."""
        return Size(*self.size_px)

    @property
    def pixel(self) -> Mpp:
        """Level-0 micrometres per pixel as painted, whatever the header says."""
        return Mpp.square(self.mpp)


def _problems(spec: PhantomSpec) -> list[str]:
    """What cannot be painted, one sentence each: key, value, remedy."""
    found = []
    low, high = _SIDE_PX
    if not all(low <= side <= high for side in spec.size_px):
        found.append(
            f"size_px = {list(spec.size_px)} cannot be painted:"
            f" give [y, x] between {low} and {high} pixels."
        )
    if not _MPP[0] <= spec.mpp <= _MPP[1]:
        found.append(
            f"mpp = {spec.mpp:g} cannot be painted: give {_MPP[0]} to {_MPP[1]} µm per pixel."
        )
    if spec.family not in FAMILIES:
        found.append(f'family = "{spec.family}" is unknown: choose "train", "test" or "stress".')
    for name in ("vessels", "mvi_vessels"):
        number = getattr(spec, name)
        if number is not None and number < 0:
            found.append(f"{name} = {number} is negative: give 0 or more, or leave it out.")
    if spec.mvi_vessels and not spec.tumour:
        found.append(
            f"mvi_vessels = {spec.mvi_vessels} needs a tumour:"
            " set tumour = true, or mvi_vessels = 0."
        )
    if not 1 <= spec.jpeg_quality <= 100:
        found.append(f"jpeg_quality = {spec.jpeg_quality} is no JPEG quality: give 1 to 100.")
    if not 0 <= spec.stain_jitter <= 3:
        found.append(f"stain_jitter = {spec.stain_jitter:g} is out of range: give 0 to 3.")
    weights = [getattr(spec.contents, f.name) for f in fields(ContentMix)]
    if min(weights) < 0 or sum(weights) <= 0:
        found.append(
            "contents needs weights of 0 or more with a sum above 0: correct the [contents] table."
        )
    return found


def _as_written(value: Any, wanted: Any) -> Any:
    """Take a number or a flag only as itself: cattrs alone turns "7" into 7 and 1 into True."""
    is_flag = isinstance(value, bool)
    if wanted is bool and is_flag:
        return value
    if wanted is int and isinstance(value, int) and not is_flag:
        return value
    if wanted is float and isinstance(value, int | float) and not is_flag:
        return float(value)
    if wanted is str and isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is not of type {wanted.__name__}")


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind in (bool, int, float, str):
        converter.register_structure_hook(kind, _as_written)
    return converter


def parse_spec(table: dict[str, Any], source: str) -> PhantomSpec:
    """The recipe in ``table``; ``source`` names where it came from in messages.

    Raises
    ------
    UsageError
        A key is missing, unknown, of the wrong type or out of range; the message says which and
        what to give.
    """
    known = [f.name for f in fields(PhantomSpec)]
    for key in table:
        if key not in known:
            raise UsageError(
                f'Key "{key}" in {source} is unknown: remove it, or use one of {", ".join(known)}.'
            )
    for key in _REQUIRED:
        if key not in table:
            raise UsageError(
                f'Key "{key}" is missing in {source}: a painted slide needs {", ".join(_REQUIRED)}.'
            )
    converter = _converter()
    values: dict[str, Any] = {}
    for item in fields(PhantomSpec):
        if item.name not in table:
            continue
        wanted = _TYPES[item.name]
        try:
            values[item.name] = converter.structure(table[item.name], wanted)
        except (ValueError, TypeError, cattrs.BaseValidationError) as error:
            raise UsageError(_type_message(item.name, table[item.name], source)) from error
    try:
        return PhantomSpec(**values)
    except UsageError as error:
        raise UsageError(f"In {source}: {error}") from error


_TYPES: dict[str, Any] = {
    "seed": int,
    "size_px": tuple[int, int],
    "mpp": float,
    # Its name is checked with the other values, where the message can list the choices.
    "family": str,
    "vessels": int,
    "mvi_vessels": int,
    "tumour": bool,
    "contents": ContentMix,
    "stain_jitter": float,
    "jpeg_quality": int,
    "mpp_in_header": bool,
    "slide_name": str,
}
_WANTED = {
    "seed": "a whole number",
    "size_px": "[y, x] in whole pixels",
    "mpp": "a number, µm per pixel",
    "family": '"train", "test" or "stress"',
    "vessels": "a whole number",
    "mvi_vessels": "a whole number",
    "tumour": "true or false",
    "contents": f"a table with some of {', '.join(f.name for f in fields(ContentMix))}",
    "stain_jitter": "a number",
    "jpeg_quality": "a whole number",
    "mpp_in_header": "true or false",
    "slide_name": "a text",
}


def _type_message(key: str, value: Any, source: str) -> str:
    return f'Key "{key}" in {source} has the value {value!r}: give {_WANTED[key]}.'


def load_spec(path: Path) -> PhantomSpec:
    """Read a recipe from a TOML file.

    Raises
    ------
    UsageError
        The file is absent, is not TOML, or holds something that cannot be painted.
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
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"The phantom spec {path} is not valid TOML ({error}): correct that line."
        ) from error
    return parse_spec(table, str(path))


def spec_as_table(spec: PhantomSpec) -> dict[str, Any]:
    """The recipe as plain JSON-ready values; `parse_spec` reads it back."""
    table: dict[str, Any] = {}
    for item in fields(spec):
        value = getattr(spec, item.name)
        if value is None:
            continue
        if is_dataclass(value):
            value = {f.name: getattr(value, f.name) for f in fields(value)}
        table[item.name] = list(value) if isinstance(value, tuple) else value
    return table
