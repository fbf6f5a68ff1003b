"""The recipe of a painted slide; `recipe.spec_file` reads it from TOML.

    seed = 7
    size_px = [20000, 20000]      # y, x at level 0
    mpp = 0.5
    family = "train"              # or "test", "stress"

Everything else has a default. The same recipe gives the same slide, pixel for pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Literal

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.family import FAMILIES, FamilyName
from pathoflow.space import Mpp, Size

Background = Literal["normal", "fibrosis", "cirrhosis"]
PenColour = Literal["blue", "green", "red", "black"]
FileFormat = Literal["svs", "tiff", "ome"]
#: Where a block was cut, as in ``cases.csv``; empty where nobody has said.
Site = Literal["", "interface", "near", "far", "tumour_centre", "margin"]

BACKGROUNDS: tuple[Background, ...] = ("normal", "fibrosis", "cirrhosis")
PEN_COLOURS: tuple[PenColour, ...] = ("blue", "green", "red", "black")
FILE_FORMATS: tuple[FileFormat, ...] = ("svs", "tiff", "ome")
SITES: tuple[Site, ...] = ("", "interface", "near", "far", "tumour_centre", "margin")

_SIDE_PX = (128, 400_000)
_MPP = (0.2, 2.0)
_MOST_LEVELS = 16


@dataclass(frozen=True, slots=True)
class ContentMix:
    """How often a vein without tumour cells holds what; weights, not necessarily summing to one.

    Plugs of leucocytes, hepatocytes and thrombi are the look-alikes of invasion: where the weights
    give fewer of them than there are invaded veins, empty veins are filled up to that number.
    """

    empty: float = 0.45
    red_cells: float = 0.30
    serum: float = 0.10
    leucocytes: float = 0.05
    hepatocytes: float = 0.01
    thrombus: float = 0.01


@dataclass(frozen=True, slots=True)
class Artefacts:
    """How many artefacts of each kind lie on the slide; None asks for the family's usual number."""

    #: One pen line per colour named.
    pen: tuple[PenColour, ...] | None = None
    folds: int | None = None
    bubbles: int | None = None
    #: Discs out of focus.
    blurs: int | None = None
    dust: int | None = None
    #: Torn holes in the tissue.
    tears: int | None = None
    #: Scanner tiles that were lost: white squares.
    dropouts: int | None = None

    @classmethod
    def none(cls) -> Artefacts:
        """A clean slide."""
        return cls((), 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class FileLayout:
    """How the slide is written; painted pixels do not depend on it, but for JPEG."""

    #: ``svs``: Aperio's description; ``tiff``: plain tiles; ``ome``: OME-XML and SubIFD levels.
    format: FileFormat = "svs"
    #: JPEG quality; None draws one of the family.
    jpeg_quality: int | None = None
    #: Deflate instead of JPEG: the written pixels are exactly the painted ones.
    lossless: bool = False
    #: False leaves micrometres per pixel out of the header, as some scanners do.
    mpp_in_header: bool = True
    #: Where the slide's corner lies on the scanner's plane, level-0 pixels (y, x); OME-TIFF only.
    bounds_offset_px: tuple[int, int] = (0, 0)
    #: RGBA instead of RGB, the fourth channel full everywhere; always without loss, because JPEG
    #: with four channels means CMYK to most readers.
    alpha: bool = False
    #: Number of levels, each half as wide as the one before; None gives steps of 1, 4, 16 and, on
    #: large slides, 64. Sixteen need a slide whose shorter side has more than 16,384 pixels.
    levels: int | None = None


@dataclass(frozen=True, slots=True)
class PhantomSpec:
    """What to paint; see the module's docstring for the file it is read from."""

    seed: int
    #: Level-0 pixels, (y, x).
    size_px: tuple[int, int]
    #: Micrometres per level-0 pixel.
    mpp: float
    family: FamilyName
    #: Vessels of all kinds, arteries included; None asks for about 2 per mm² of liver.
    vessels: int | None = None
    #: Veins that hold tumour cells; None asks for 3 % of the veins, and at least 2 where there is
    #: room.
    mvi_vessels: int | None = None
    #: Distances from the tumour's outline to the outer walls of the first invaded veins, µm; the
    #: others lie where there is room.
    mvi_distances_um: tuple[float, ...] = ()
    #: Tumour cells wanted in the first invaded veins; the others hold a log-normal number.
    mvi_cells: tuple[int, ...] = ()
    #: Veins whose content cannot be told from H&E alone: neither positive nor negative; None asks
    #: for the family's usual number.
    equivocal: int | None = None
    #: Whether the mass lies on the slide. Without one, veins hold tumour cells only where
    #: `mvi_vessels` asks for them: invasion in a block far from the tumour, whose distance no
    #: slide can tell.
    tumour: bool = True
    #: Where the block was cut; goes into the case's table, and is all that is known of distance on
    #: a slide without tumour.
    site: Site = ""
    #: Tumour nodules apart from the mass.
    satellites: int = 0
    #: Scarring of the liver; None draws one.
    background: Background | None = None
    contents: ContentMix = field(default_factory=ContentMix)
    artefacts: Artefacts = field(default_factory=Artefacts)
    #: Multiplies the family's variation of stain; 0 gives the family's mean colours.
    stain_jitter: float = 1.0
    file: FileLayout = field(default_factory=FileLayout)
    #: A title; goes into the header of OME-TIFF files.
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
    return [*_scale_problems(spec), *_vessel_problems(spec), *_file_problems(spec)]


def _scale_problems(spec: PhantomSpec) -> list[str]:
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
    if spec.background is not None:
        found += _unknown("background", spec.background, BACKGROUNDS)
    found += _unknown("site", spec.site, SITES)
    if not 0 <= spec.stain_jitter <= 3:
        found.append(f"stain_jitter = {spec.stain_jitter:g} is out of range: give 0 to 3.")
    if not spec.slide_name.isprintable():
        found.append(f"slide_name = {spec.slide_name!r} cannot be shown: leave out line breaks.")
    return found


def _vessel_problems(spec: PhantomSpec) -> list[str]:
    found = []
    for name in ("vessels", "mvi_vessels", "equivocal", "satellites"):
        found += _negative(name, getattr(spec, name))
    if spec.satellites and not spec.tumour:
        found.append(
            f"satellites = {spec.satellites} needs a tumour: set tumour = true, or satellites = 0."
        )
    if spec.mvi_distances_um and not spec.tumour:
        found.append(
            "mvi_distances_um needs a tumour to measure from: set tumour = true, or leave it out."
        )
    for name in ("mvi_distances_um", "mvi_cells"):
        values = getattr(spec, name)
        if len(values) > (spec.mvi_vessels or 0):
            found.append(
                f"{name} names {len(values)} veins but mvi_vessels = {spec.mvi_vessels or 0}:"
                " raise mvi_vessels or shorten the list."
            )
    if min(spec.mvi_cells, default=1) <= 0:
        found.append("mvi_cells needs numbers of 1 and more.")
    if not all(0 <= distance < math.inf for distance in spec.mvi_distances_um):
        found.append("mvi_distances_um needs distances of 0 µm and more.")
    weights = [getattr(spec.contents, f.name) for f in fields(ContentMix)]
    if not all(0 <= weight < math.inf for weight in weights) or sum(weights) <= 0:
        found.append(
            "contents needs weights of 0 or more with a sum above 0: correct the [contents] table."
        )
    return found


def _file_problems(spec: PhantomSpec) -> list[str]:
    layout, soil = spec.file, spec.artefacts
    found = _unknown("file.format", layout.format, FILE_FORMATS)
    if layout.jpeg_quality is not None and not 1 <= layout.jpeg_quality <= 100:
        found.append(
            f"file.jpeg_quality = {layout.jpeg_quality} is no JPEG quality: give 1 to 100."
        )
    if layout.jpeg_quality is not None and (layout.lossless or layout.alpha):
        found.append(
            f"file.jpeg_quality = {layout.jpeg_quality} has no meaning where file.lossless or"
            " file.alpha is true: leave it out."
        )
    if any(layout.bounds_offset_px) and layout.format != "ome":
        found.append('file.bounds_offset_px needs file.format = "ome": other TIFFs cannot say it.')
    most = most_levels(spec.size)
    if layout.levels is not None and not 1 <= layout.levels <= most:
        found.append(
            f"file.levels = {layout.levels} does not fit {list(spec.size_px)} px:"
            f" give 1 to {most}, or enlarge size_px."
        )
    for colour in soil.pen or ():
        found += _unknown("artefacts.pen", colour, PEN_COLOURS)
    for name in ("folds", "bubbles", "blurs", "dust", "tears", "dropouts"):
        found += _negative(f"artefacts.{name}", getattr(soil, name))
    return found


def most_levels(size: Size) -> int:
    """How often a slide can be halved, itself included, until a side is one pixel; at most 16."""
    return min(_MOST_LEVELS, 1 + math.ceil(math.log2(min(size.shape))))


def _negative(name: str, number: int | None) -> list[str]:
    if number is None or number >= 0:
        return []
    return [f"{name} = {number} is negative: give 0 or more, or leave it out."]


def _unknown(name: str, value: str, known: tuple[str, ...]) -> list[str]:
    if value in known:
        return []
    choices = ", ".join(f'"{choice}"' for choice in known)
    return [f'{name} = "{value}" is unknown: choose one of {choices}.']
