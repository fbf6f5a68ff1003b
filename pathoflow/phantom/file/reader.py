"""Read a recipe as if it were a slide: pixels are painted when they are asked for.

A virtual slide of any size costs a kilobyte on disk. Level 0 is painted in squares of 512 pixels;
coarser levels are rounded means of them, exactly those of the written TIFF before its JPEG. Looking
at the coarsest level of a large slide therefore paints all of it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, UsageError
from pathoflow.phantom.file.levels import PAINT_PX, level_steps, plan_levels
from pathoflow.phantom.painter.slide import box_mean, paint
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.spec import load_spec
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Box, Size

READER_NAME = "phantom"
VENDOR = "pathoflow-phantom"
#: Painted squares are kept per level up to this many bytes, oldest use forgotten first.
_CACHE_BYTES = 96 * 2**20


class _Kept:
    """Recently used squares of one level, bounded in bytes; safe to share between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._held = limit_bytes, 0
        self._squares: OrderedDict[tuple[int, int], NDArray[np.uint8]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int]) -> NDArray[np.uint8] | None:
        with self._lock:
            if key in self._squares:
                self._squares.move_to_end(key)
            return self._squares.get(key)

    def put(self, key: tuple[int, int], pixels: NDArray[np.uint8]) -> None:
        with self._lock:
            if key in self._squares:
                return
            self._squares[key] = pixels
            self._held += pixels.nbytes
            while self._held > self._limit and len(self._squares) > 1:
                self._held -= self._squares.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        with self._lock:
            self._squares.clear()
            self._held = 0


class PhantomReader:
    """A `SlideReader` over a plan; use `open_phantom` for a recipe on disk."""

    def __init__(self, plan: Plan, path: Path) -> None:
        self.plan = plan
        spec = plan.spec
        self._steps = level_steps(plan.size)
        self._kept = [_Kept(_CACHE_BYTES) for _ in self._steps]
        self._info = SlideInfo(
            path=path,
            reader=READER_NAME,
            vendor=VENDOR,
            size=plan.size,
            levels=plan_levels(plan.size),
            mpp=plan.mpp if spec.mpp_in_header else None,
            objective_power=10.0 / spec.mpp,
            is_synthetic=True,
            properties={
                "phantom.generator": GENERATOR_VERSION,
                "phantom.seed": str(spec.seed),
                "phantom.family": spec.family,
            },
        )

    @property
    def info(self) -> SlideInfo:
        """What the recipe says."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """RGB pixels of ``box`` of ``level``, shape ``(height, width, 3)``, white outside."""
        out = np.full((*box.size.shape, 3), 255, np.uint8)
        inside = box.intersect(self._info.levels[level].size.box())
        side = PAINT_PX // self._steps[level]
        for piece in inside.pieces(Size(side, side)) if not inside.is_empty else ():
            key = piece.top // side, piece.left // side
            pixels = self._square(level, key)
            rows, cols = piece.shift(-key[0] * side, -key[1] * side).slices
            target_rows, target_cols = piece.within(box).slices
            out[target_rows, target_cols] = pixels[rows, cols]
        return out

    def _square(self, level: int, key: tuple[int, int]) -> NDArray[np.uint8]:
        kept = self._kept[level].get(key)
        if kept is not None:
            return kept
        # Two threads may paint the same square at once; both get the same pixels.
        whole = Box(key[0] * PAINT_PX, key[1] * PAINT_PX, PAINT_PX, PAINT_PX)
        pixels = paint(self.plan, whole.intersect(self.plan.size.box()))
        # The other levels come almost for free: a walk over a coarse level leaves them behind.
        reduced = [box_mean(pixels, step) for step in self._steps]
        for k, square in enumerate(reduced):
            self._kept[k].put(key, square)
        return reduced[level]

    def close(self) -> None:
        """Forget the painted squares; reading again would paint them anew."""
        for kept in self._kept:
            kept.clear()


def open_phantom(path: Path) -> PhantomReader:
    """Open a recipe (TOML) as a slide.

    Raises
    ------
    ReaderRefused
        The file is not a TOML file, or not a recipe that can be painted; the message says why.
    """
    if path.suffix.lower() != ".toml":
        raise ReaderRefused(f"{path.name} is no recipe of a painted slide: those end in .toml.")
    try:
        return PhantomReader(plan_slide(load_spec(path)), path)
    except UsageError as error:
        raise ReaderRefused(str(error)) from error
