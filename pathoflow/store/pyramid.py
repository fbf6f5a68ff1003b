"""A picture in several resolutions on disk: write whole shards, build the coarser levels, read any box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

from pathoflow.space import Box, Mpp, Size
from pathoflow.store.atomic import explained_os_errors
from pathoflow.store.ngff import Label, PyramidLevel, label_attributes
from pathoflow.store.reduce import halve_by_majority, halve_by_mean

Pixels = NDArray[Any]

LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Pyramid:
    """One image or label image of a result; made by `create_pyramid` or `open_pyramid`.

    Arrays have shape ``(height, width)``, or ``(3, height, width)`` for RGB. Threads and processes may write at once as
    long as each shard has one writer, which `write` sees to by taking whole shards only. It can be pickled.
    """

    #: The OME-Zarr it lies in.
    root: Path
    #: Its path there, such as ``probability/vessel``.
    name: str
    #: From fine to coarse.
    levels: tuple[PyramidLevel, ...]
    arrays: tuple[zarr.Array[Any], ...]

    @property
    def size(self) -> Size:
        """Pixels of level 0 of this pyramid."""
        return self.levels[0].size

    @property
    def mpp(self) -> Mpp:
        """Micrometres per pixel of level 0 of this pyramid."""
        return self.levels[0].mpp

    @property
    def dtype(self) -> np.dtype[Any]:
        """Kind of number."""
        return np.dtype(self.arrays[0].dtype)

    @property
    def is_rgb(self) -> bool:
        """Whether arrays have three channels in front."""
        return self.arrays[0].ndim == 3

    @property
    def is_labels(self) -> bool:
        """Whether values are names of things, so that no level may average them."""
        return self.name.startswith(f"{LABELS}/")

    @property
    def shard_px(self) -> int:
        """Side of the piece that has one writer, pixels."""
        shards = self.arrays[0].shards or self.arrays[0].chunks
        return int(shards[-1])

    def write(self, box: Box, pixels: Pixels) -> None:
        """Write ``pixels`` to ``box`` of level 0; coarser levels stay as they are until `build_levels`.

        Raises
        ------
        ValueError
            The box cuts a shard, or the array does not fit it. Two writers in one shard lose pixels without any
            error, so half a shard is refused.
        NoSpace, EnvironmentFault
            The disk is full or not writable; the old pixels stay.
        """
        if pixels.dtype != self.dtype or pixels.shape != self._shape(box.size):
            raise ValueError(
                f"{self.name} takes {self.dtype} of shape {self._shape(box.size)} for {box}, "
                f"got {pixels.dtype} of shape {pixels.shape}"
            )
        if box.is_empty or not self.size.box().contains(box) or not self._is_whole_shards(box):
            raise ValueError(
                f"{box} does not hold whole shards of {self.shard_px} px of {self.name} "
                f"({self.size.height} x {self.size.width} px); write shard by shard"
            )
        self._put(0, box, pixels)

    def read(self, box: Box, level: int = 0) -> Pixels:
        """Pixels of ``box``, in pixels of ``level``; what lies outside the image is 0."""
        inside = box.intersect(self.levels[level].size.box())
        found = np.zeros(self._shape(box.size), dtype=self.dtype)
        if not inside.is_empty:
            found[(..., *inside.within(box).slices)] = self.arrays[level][(..., *inside.slices)]
        return found

    def build_levels(self) -> None:
        """Fill every coarser level from the one below it; by mean, or by majority for labels.

        Works through small parts of shards, so memory is that of about two shards whatever the size.

        Raises
        ------
        NoSpace, EnvironmentFault
            The disk is full or not writable.
        """
        halve = halve_by_majority if self.is_labels else halve_by_mean
        for level in range(1, len(self.levels)):
            for shard in self.levels[level].size.box().pieces(Size(self.shard_px, self.shard_px)):
                self._put(level, shard, self._halved(level, shard, halve))

    def repaint(self, box: Box, pixels: Pixels) -> None:
        """Write any ``box`` of level 0, inside shards too; only for the one writer of the whole image.

        Shards that the box cuts are read and written again, of which only the touched chunks are packed anew. Coarser
        levels follow with `rebuild_levels`.

        Raises
        ------
        ValueError
            The array does not fit the box, or the box leaves the image.
        NoSpace, EnvironmentFault
            The disk is full or not writable.
        """
        if pixels.shape != self._shape(box.size) or not self.size.box().contains(box):
            raise ValueError(
                f"{self.name} cannot take pixels of shape {pixels.shape} for {box}; it has {self.size.height} x "
                f"{self.size.width} px"
            )
        if not box.is_empty:
            self._put(0, box, np.asarray(pixels, self.dtype))

    def rebuild_levels(self, box: Box) -> None:
        """Fill every coarser level over ``box`` of level 0; the same pixels as `build_levels` gives there.

        Raises
        ------
        NoSpace, EnvironmentFault
            The disk is full or not writable.
        """
        halve = halve_by_majority if self.is_labels else halve_by_mean
        for level in range(1, len(self.levels)):
            box = Box.spanning(box.top // 2, box.left // 2, -(-box.bottom // 2), -(-box.right // 2))
            for piece in box.pieces(Size(self.shard_px, self.shard_px)):
                self._put(level, piece, self._halved(level, piece, halve))

    def describe_labels(self, labels: Sequence[Label]) -> None:
        """Give values their colours and properties, in place of those given before; none at all is fine.

        Raises
        ------
        ValueError
            This is no label image, a value is 0 (the background), or a value is described twice.
        """
        values = [label.value for label in labels]
        if not self.is_labels:
            raise ValueError(f"{self.name} is not a label image, so it takes no label colours")
        if len(set(values)) < len(values) or any(value <= 0 for value in values):
            raise ValueError(f"labels of {self.name} must be positive and unique, got {values}")
        with explained_os_errors(self.root):
            group = zarr.open_group(self.root, path=self.name, mode="r+", zarr_format=3)
            entry: Any = group.attrs["ome"]
            group.attrs.put(label_attributes(entry["multiscales"][0], labels))

    def _shape(self, size: Size) -> tuple[int, ...]:
        return (3, *size.shape) if self.is_rgb else size.shape

    def _is_whole_shards(self, box: Box) -> bool:
        shard = self.shard_px
        return (
            box.top % shard == 0
            and box.left % shard == 0
            and (box.bottom % shard == 0 or box.bottom == self.size.height)
            and (box.right % shard == 0 or box.right == self.size.width)
        )

    def _put(self, level: int, box: Box, pixels: Pixels) -> None:
        with explained_os_errors(self.root / self.name):
            self.arrays[level][(..., *box.slices)] = pixels

    def _halved(self, level: int, shard: Box, halve: Callable[[Pixels], Pixels]) -> Pixels:
        pixels = np.zeros(self._shape(shard.size), dtype=self.dtype)
        finer = self.levels[level - 1].size.box()
        side = -(-self.shard_px // 4)
        for piece in shard.pieces(Size(side, side)):
            source = Box(2 * piece.top, 2 * piece.left, 2 * piece.height, 2 * piece.width)
            known = self.arrays[level - 1][(..., *source.intersect(finer).slices)]
            pixels[(..., *piece.within(shard).slices)] = halve(np.asarray(known))
        return pixels
