"""Read a recipe as if it were a slide: pixels are painted when they are asked for.

A virtual slide of any size costs a kilobyte on disk. Level 0 is painted in squares of 512 pixels;
coarser levels are rounded means of them, exactly those of the written TIFF before its JPEG.

There is no free overview: one pixel of a coarse level needs every level-0 pixel under it. A tile of
1,024 pixels costs as much at level 0 as a tile of 256 at step 4 or of 64 at step 16, and the
thumbnail of a whole slide paints the whole slide once, which for 100,000 x 100,000 pixels takes the
better part of an hour of one core. What was painted on the way is kept as far as memory is allowed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, UsageError
from pathoflow.phantom.file.levels import PAINT_PX, level_means, level_steps, plan_levels
from pathoflow.phantom.painter.slide import paint
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.spec_file import load_spec
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Box, Size

READER_NAME = "phantom"
VENDOR = "pathoflow-phantom"
#: Painted squares are kept up to this many bytes over all levels, oldest use forgotten first; a
#: third of them is level 0's, which is read most.
_CACHE_BYTES = 192 * 2**20
#: What Python adds to a kept square; on coarse levels, where a square is a few pixels, most of it.
_ENTRY_BYTES = 400
_SQUARE = Size(PAINT_PX, PAINT_PX)
#: The memory of where level 0 was read begins anew after so many squares.
_MOST_ASKED = 100_000


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
            self._held += pixels.nbytes + _ENTRY_BYTES
            while self._held > self._limit and len(self._squares) > 1:
                self._held -= self._squares.popitem(last=False)[1].nbytes + _ENTRY_BYTES

    def clear(self) -> None:
        with self._lock:
            self._squares.clear()
            self._held = 0


class PhantomReader:
    """A `SlideReader` over a plan; use `open_phantom` for a recipe on disk."""

    def __init__(self, plan: Plan, path: Path) -> None:
        self.plan = plan
        spec = plan.spec
        steps = level_steps(plan.size, spec.file.levels)
        #: Those that one painted square holds whole pixels of; further ones are made of the last.
        self._steps = tuple(step for step in steps if step <= PAINT_PX)
        rest = 2 * _CACHE_BYTES // (3 * max(1, len(self._steps) - 1))
        self._kept = [_Kept(rest if k else _CACHE_BYTES // 3) for k in range(len(self._steps))]
        self._asked: set[tuple[int, int]] = set()
        self._info = SlideInfo(
            path=path,
            reader=READER_NAME,
            vendor=VENDOR,
            size=plan.size,
            levels=plan_levels(plan.size, spec.file.levels),
            mpp=plan.mpp if spec.file.mpp_in_header else None,
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
        if inside.is_empty:
            return out
        if level >= len(self._steps):
            pixels = self._read_further(level, inside)
        elif level == 0 and not self._is_known(inside):
            pixels = self._paint_alone(inside)
        else:
            pixels = self._gather(level, inside)
        out[inside.within(box).slices] = pixels
        return out

    def _is_known(self, box: Box) -> bool:
        """Whether any square under a box of level 0 was asked for before; from now on all were."""
        keys = {(p.top // PAINT_PX, p.left // PAINT_PX) for p in box.pieces(_SQUARE)}
        is_known = not keys.isdisjoint(self._asked)
        if len(self._asked) > _MOST_ASKED:
            self._asked = set()
        self._asked |= keys
        return is_known

    def _paint_alone(self, box: Box) -> NDArray[np.uint8]:
        """A box where nobody has read before: painted as it is, not with all squares it touches.

        An unaligned box of 1,024 pixels touches nine squares, more than twice its own area.
        """
        pixels = paint(self.plan, box)
        for piece in box.pieces(_SQUARE):
            if piece.size == _SQUARE:
                # A copy: the squares are kept longer than the box.
                own = pixels[piece.within(box).slices].copy()
                self._keep((piece.top // PAINT_PX, piece.left // PAINT_PX), own)
        return pixels

    def _gather(self, level: int, inside: Box) -> NDArray[np.uint8]:
        """A box put together from squares, which are painted whole and kept."""
        out = np.empty((*inside.size.shape, 3), np.uint8)
        side = PAINT_PX // self._steps[level]
        for piece in inside.pieces(Size(side, side)):
            key = piece.top // side, piece.left // side
            pixels = self._square(level, key)
            rows, cols = piece.shift(-key[0] * side, -key[1] * side).slices
            out[piece.within(inside).slices] = pixels[rows, cols]
        return out

    def _read_further(self, level: int, inside: Box) -> NDArray[np.uint8]:
        """A level beyond the painted square: means of the coarsest one within it."""
        last = len(self._steps) - 1
        step = round(self._info.levels[level].scale_y) // self._steps[last]
        under = Box(
            inside.top * step, inside.left * step, inside.height * step, inside.width * step
        )
        finer = self.read(last, under.intersect(self._info.levels[last].size.box()))
        return level_means(finer, (step,))[0]

    def _square(self, level: int, key: tuple[int, int]) -> NDArray[np.uint8]:
        kept = self._kept[level].get(key)
        if kept is not None:
            return kept
        # Two threads may paint the same square at once; both get the same pixels.
        whole = Box(key[0] * PAINT_PX, key[1] * PAINT_PX, PAINT_PX, PAINT_PX)
        pixels = paint(self.plan, whole.intersect(self.plan.size.box()))
        return self._keep(key, pixels)[level]

    def _keep(self, key: tuple[int, int], pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """Keep a painted square and its means, which cost next to nothing; all levels are given back."""
        means = level_means(pixels, self._steps)
        for kept, square in zip(self._kept, means, strict=True):
            kept.put(key, square)
        return means

    def close(self) -> None:
        """Forget the painted squares; reading again would paint them anew."""
        for kept in self._kept:
            kept.clear()
        self._asked = set()


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
