"""Painted low-power pictures: optical density is concentration times dye, exactly as in the definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.slide.reader import Level, SlideInfo
from pathoflow.space import Box, Mpp, Size

Paint = Callable[..., NDArray[np.uint8]]

DYES = {
    "haematoxylin": (0.651, 0.701, 0.290),
    "eosin": (0.216, 0.801, 0.558),
    "brown": (0.27, 0.57, 0.78),
    "blood": (0.122, 0.721, 0.682),
    "blue ink": (0.77, 0.60, 0.20),
    "green ink": (0.82, 0.29, 0.50),
    "red ink": (0.10, 0.75, 0.65),
    "black ink": (0.59, 0.59, 0.55),
}


class Canvas:
    """A picture that starts as glass and collects dye."""

    def __init__(self, height: int, width: int, white: float = 243.0) -> None:
        self.density = np.zeros((height, width, 3))
        self.white = white

    def disc(self, centre: tuple[float, float], radius: float) -> NDArray[np.bool_]:
        """True within ``radius`` pixels of ``centre``."""
        y, x = np.indices(self.density.shape[:2])
        return (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2

    def stain(self, where: NDArray[np.bool_], **amounts: float) -> None:
        """Replace what lies ``where`` by dyes; underscores stand for spaces."""
        self.density[where] = 0
        self.add(where, **amounts)

    def add(self, where: NDArray[np.bool_], **amounts: float) -> None:
        """Lay dyes over what lies ``where``."""
        for dye, amount in amounts.items():
            self.density[where] += amount * np.array(DYES[dye.replace("_", " ")])

    def tissue(self, where: NDArray[np.bool_], rng: np.random.Generator) -> None:
        """Pink tissue whose nuclei vary from pixel to pixel, as H&E does at 8 µm/px."""
        count = int(np.count_nonzero(where))
        blue = rng.uniform(0.06, 0.22, count)[:, None] * np.array(DYES["haematoxylin"])
        pink = rng.uniform(0.22, 0.34, count)[:, None] * np.array(DYES["eosin"])
        self.density[where] = blue + pink

    def pixels(self, rng: np.random.Generator, noise: float = 2.0) -> NDArray[np.uint8]:
        """The picture with camera noise."""
        ideal = self.white * 10.0**-self.density
        return (ideal + rng.normal(0, noise, ideal.shape)).round().clip(0, 255).astype(np.uint8)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def canvas() -> type[Canvas]:
    return Canvas


class ArraySlide:
    """A slide whose pixels at every resolution are cut from one array by nearest neighbour."""

    def __init__(self, pixels: NDArray[np.uint8], mpp: float) -> None:
        self.pixels = pixels
        self.size = Size(*pixels.shape[:2])
        self.mpp = Mpp.square(mpp)
        self.reads: list[tuple[Box, float]] = []

    @property
    def info(self) -> SlideInfo:
        from pathlib import Path

        level = Level(self.size, 1.0, 1.0)
        return SlideInfo(Path("painted.tiff"), "array", "painted", self.size, (level,), self.mpp)

    def read(self, box: Box, mpp: float) -> NDArray[np.uint8]:
        self.reads.append((box, mpp))
        scale = mpp / self.mpp.y
        y = ((np.arange(box.top, box.bottom) + 0.5) * scale).astype(int)
        x = ((np.arange(box.left, box.right) + 0.5) * scale).astype(int)
        out = np.full((box.height, box.width, 3), 255, dtype=np.uint8)
        seen = ((y >= 0) & (y < self.size.height))[:, None] & ((x >= 0) & (x < self.size.width))
        taken = self.pixels[np.ix_(y.clip(0, self.size.height - 1), x.clip(0, self.size.width - 1))]
        out[seen] = taken[seen]
        return out


@pytest.fixture
def array_slide() -> type[ArraySlide]:
    return ArraySlide
