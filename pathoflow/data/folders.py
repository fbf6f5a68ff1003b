r"""Patches from a folder of pictures and a folder of masks, or one folder with both.

GlaS        image = "{name}.jpg"   mask = "{name}_gt.png"      mpp = 0.62
CHASE_DB1   image = "{name}.jpg"   mask = "{name}_1stHO.png"   group = "Image_(\d+)[LR]"
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pathoflow.data.patches import PatchSet, Pictures, spread
from pathoflow.errors import UsageError

_NAME = "{name}"
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Where pictures and their masks lie, and whose they are."""

    #: Folder of the pictures; from the config's folder, where it is relative.
    images: str
    #: Folder of the masks; empty: the same.
    masks: str = ""
    #: How a picture and its mask are called.
    image: str = "{name}.jpg"
    mask: str = "{name}_gt.png"
    #: "binary": 0 and one other value, 1 or 255; "nonzero": numbered objects, of which every one counts.
    mask_values: Literal["binary", "nonzero"] = "binary"
    #: Only names that match this regular expression from their start on; empty: all.
    take: str = ""
    #: Regular expression whose first group, in the name, is the patient; empty: every picture by itself.
    group: str = ""
    #: µm per pixel of the pictures; None where they have no scale.
    mpp: float | None = None
    #: Pictures are made this many times smaller, where no µm per pixel says how much.
    shrink: float = 1.0
    #: Random crops of every picture; 0: as many as cover it.
    crops_per_picture: int = 0
    #: What `load_data` uses them for.
    role: Literal["labelled", "unlabelled", "validation"] = "labelled"

    def __post_init__(self) -> None:
        problems = [
            f'{key} = "{value}" must hold {_NAME} once'
            for key, value in (("image", self.image), ("mask", self.mask))
            if value.count(_NAME) != 1
        ]
        for key, pattern in (("take", self.take), ("group", self.group)):
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                problems.append(f'{key} = "{pattern}" is no regular expression ({error})')
            else:
                if key == "group" and pattern and groups != 1:
                    problems.append(f'group = "{pattern}" must mark the patient with one (...)')
        if (self.mpp is not None and not self.mpp > 0) or not self.shrink > 0:
            problems.append("mpp and shrink must be positive")
        if self.crops_per_picture < 0:
            problems.append(f"crops_per_picture = {self.crops_per_picture} is negative")
        if problems:
            raise UsageError(
                f"pictures in {self.images} cannot be named so: {'; '.join(problems)}."
            )


@dataclass(frozen=True, slots=True)
class Crops:
    """How pictures are cut."""

    patch_px: int
    #: µm per pixel of the patches; None: as the pictures are, but for `FolderSource.shrink`.
    mpp: float | None = None
    seed: int = 0


def labelled_crops(source: FolderSource, crops: Crops, name: str, root: Path) -> PatchSet:
    """Patches of every picture with its mask; ``name`` is the class of the masks.

    Pictures smaller than a patch are put in its middle; round them it is white and not known.

    Raises
    ------
    UsageError
        No picture is found, a mask is missing, of another size or of other values, a name tells no patient, or the
        scale is not known.
    """
    pixels, masks, known, groups = [], [], [], []
    for picture in _find(source, root):
        if not picture.mask.is_file():
            raise UsageError(f"{picture.image} has no mask {picture.mask}: add it, or narrow take.")
        image = _read(picture.image, "RGB")
        truth = _read_mask(picture.mask, source)
        if image.shape[:2] != truth.shape:
            raise UsageError(
                f"{picture.image} has {image.shape[0]} x {image.shape[1]} px and its mask {picture.mask} "
                f"{truth.shape[0]} x {truth.shape[1]}: give masks of the pictures' size."
            )
        factor = _factor(source, crops)
        image, truth = _shrunk(image, factor), _shrunk(truth * np.uint8(255), factor) >= 128
        for top, left in _corners(picture.name, truth.shape, source, crops):
            pixels.append(_cut(image, top, left, crops.patch_px, 255))
            masks.append(_cut(truth, top, left, crops.patch_px, False))
            known.append(_cut(np.ones_like(truth), top, left, crops.patch_px, False))
            groups.append(picture.group)
    return PatchSet(
        np.stack(pixels),
        np.stack(masks)[:, None],
        np.stack(known),
        (name,),
        _mpp(source, crops),
        tuple(groups),
    )


def unlabelled_crops(source: FolderSource, crops: Crops, root: Path) -> Pictures:
    """The patches of `labelled_crops`; masks are not looked for. Errors as there."""
    pixels, groups = [], []
    for picture in _find(source, root):
        image = _shrunk(_read(picture.image, "RGB"), _factor(source, crops))
        for top, left in _corners(picture.name, image.shape[:2], source, crops):
            pixels.append(_cut(image, top, left, crops.patch_px, 255))
            groups.append(picture.group)
    return Pictures(np.stack(pixels), _mpp(source, crops), tuple(groups))


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture, the place of its mask, and whose it is."""

    name: str
    image: Path
    mask: Path
    group: str


def _find(source: FolderSource, root: Path) -> Iterator[_Picture]:
    """Pictures by name."""
    images = root / source.images
    masks = root / source.masks if source.masks else images
    if not images.is_dir():
        raise UsageError(f"{images} is no folder: give the folder of the pictures.")
    as_image, as_mask = _pattern(source.image), _pattern(source.mask)
    names = []
    for path in images.iterdir():
        found = as_image.fullmatch(path.name)
        # Where both lie in one folder, "{name}.png" fits the masks too.
        is_mask = masks == images and as_mask.fullmatch(path.name)
        if found and not is_mask and re.match(source.take, found[1]):
            names.append(found[1])
    if not names:
        taken = f' with names that match "{source.take}"' if source.take else ""
        raise UsageError(
            f'{images} has no pictures "{source.image}"{taken}: correct image or take.'
        )
    for name in sorted(names):
        paths = (
            images / source.image.replace(_NAME, name),
            masks / source.mask.replace(_NAME, name),
        )
        yield _Picture(name, *paths, _group(name, source))


def _pattern(template: str) -> re.Pattern[str]:
    before, after = (re.escape(part) for part in template.split(_NAME))
    return re.compile(f"{before}(.+){after}")


def _group(name: str, source: FolderSource) -> str:
    if not source.group:
        return name
    found = re.search(source.group, name)
    if not found:
        raise UsageError(
            f'group = "{source.group}" finds no patient in the name "{name}": correct it.'
        )
    return found[1]


def _read(path: Path, mode: Literal["RGB", "L", "I"]) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as opened:
            return np.asarray(opened.convert(mode))
    except (OSError, UnidentifiedImageError) as error:
        raise UsageError(
            f"{path} cannot be read as a picture ({error}): replace or remove it."
        ) from error


def _read_mask(path: Path, source: FolderSource) -> NDArray[np.bool_]:
    if source.mask_values == "nonzero":
        return np.asarray(_read(path, "I") != 0)
    values = _read(path, "L")
    held = set(np.unique(values).tolist())
    if not (held <= {0, 1} or held <= {0, 255}):
        raise UsageError(
            f"{path} is no mask of 0 and 1, or of 0 and 255: it holds {sorted(held)[:5]}; "
            'for numbered objects set mask_values = "nonzero".'
        )
    return values > 0


def _factor(source: FolderSource, crops: Crops) -> float:
    """How many times smaller the pictures become."""
    if crops.mpp is None:
        return source.shrink
    if source.mpp is None:
        raise UsageError(
            f"pictures in {source.images} have no µm per pixel, but patches of {crops.mpp:g} µm/px are wanted: "
            "state their mpp."
        )
    return crops.mpp / source.mpp


def _mpp(source: FolderSource, crops: Crops) -> float:
    if crops.mpp is not None:
        return crops.mpp
    return float("nan") if source.mpp is None else source.mpp * source.shrink


def _shrunk(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """Mean over the area of each new pixel; linear between pixels where ``factor`` is less than one."""
    if factor == 1:
        return picture
    height, width = (max(1, round(side / factor)) for side in picture.shape[:2])
    way = Image.Resampling.BOX if factor > 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(picture).resize((width, height), way))


def _corners(
    name: str, shape: tuple[int, ...], source: FolderSource, crops: Crops
) -> list[tuple[int, int]]:
    """Corners (y, x) of the crops; negative where the picture is smaller than a patch."""
    room = [side - crops.patch_px for side in shape]
    if source.crops_per_picture:
        # A picture's crops depend on its name alone, so that adding others changes none.
        rng = np.random.default_rng([crops.seed, zlib.crc32(name.encode())])
        return [
            (_start(room[0], rng), _start(room[1], rng)) for _ in range(source.crops_per_picture)
        ]
    rows, columns = (
        [r // 2] if r < 0 else spread(side, crops.patch_px)
        for r, side in zip(room, shape, strict=True)
    )
    return [(top, left) for top in rows for left in columns]


def _start(room: int, rng: np.random.Generator) -> int:
    return room // 2 if room < 0 else int(rng.integers(room + 1))


def _cut(array: NDArray[_T], top: int, left: int, side: int, around: int) -> NDArray[_T]:
    """``side`` x ``side`` pixels from (top, left) on, filled up with ``around`` where there are none."""
    out = np.full((side, side, *array.shape[2:]), around, array.dtype)
    height, width = array.shape[:2]
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + side, height), min(left + side, width)
    out[y0 - top : y1 - top, x0 - left : x1 - left] = array[y0:y1, x0:x1]
    return out
