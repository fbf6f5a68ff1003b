"""Nuclei drawn from geometry: dye amounts on a grid five times finer than the pixels, averaged down as a camera does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage as ndi

HAEMATOXYLIN = np.array((0.651, 0.701, 0.290))
EOSIN = np.array((0.216, 0.801, 0.558))
RED_CELL = np.array((0.122, 0.721, 0.682))
WHITE = 245.0


class Drawing:
    """A square field of cytoplasm that collects nuclei; places are (y, x) in µm from the corner."""

    fine_um = 0.1

    def __init__(self, side_um: float, haematoxylin: float = 0.10, eosin: float = 0.28) -> None:
        self.side_um = side_um
        side = round(side_um / self.fine_um)
        self.density = np.full((side, side, 3), 0.0, dtype=np.float32)
        self.density += haematoxylin * HAEMATOXYLIN + eosin * EOSIN

    def _ellipse(self, place, axes_um, angle):
        """Slices around an ellipse, and the ellipse in them."""
        reach = max(axes_um) / 2 + 1
        top, left = (max(0, int((c - reach) / self.fine_um)) for c in place)
        bottom, right = (int((c + reach) / self.fine_um) for c in place)
        window = self.density[top:bottom, left:right]
        y, x = np.indices(window.shape[:2])
        y = (y + top + 0.5) * self.fine_um - place[0]
        x = (x + left + 0.5) * self.fine_um - place[1]
        along, across = (
            x * np.cos(angle) + y * np.sin(angle),
            -x * np.sin(angle) + y * np.cos(angle),
        )
        return window, (2 * along / axes_um[0]) ** 2 + (2 * across / axes_um[1]) ** 2 <= 1

    def nucleus(self, place, axes_um, haematoxylin=0.6, angle=0.0) -> None:
        """An ellipse of nuclear dye."""
        window, inside = self._ellipse(place, axes_um, angle)
        window[inside] = haematoxylin * HAEMATOXYLIN + 0.2 * EOSIN

    def red_cell(self, place) -> None:
        """A disc of haemoglobin, 7 µm across."""
        window, inside = self._ellipse(place, (7, 7), 0.0)
        window[inside] = 0.75 * RED_CELL

    def pixels(self, mpp: float, rng: np.random.Generator) -> NDArray[np.uint8]:
        """What a scanner of ``mpp`` sees, with blur and noise."""
        step = round(mpp / self.fine_um)
        light = WHITE * 10.0**-self.density
        side = light.shape[0] // step * step
        light = light[:side, :side].reshape(side // step, step, side // step, step, 3)
        seen = ndi.gaussian_filter(light.mean(axis=(1, 3)), (0.4 / mpp, 0.4 / mpp, 0))
        return (seen + rng.normal(0, 2, seen.shape)).round().clip(0, 255).astype(np.uint8)


def lattice(side_um: float, spacing_um: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Places on a grid with some stray, at least one spacing from the border."""
    line = np.arange(spacing_um, side_um - spacing_um + 1e-9, spacing_um)
    places = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    return places + rng.uniform(-0.1, 0.1, places.shape) * spacing_um


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def drawing() -> type[Drawing]:
    return Drawing


@pytest.fixture
def plug(rng):
    """A field of nuclei of one size: returns pixels and how many there are."""

    def draw(
        diameter_um,
        haematoxylin,
        spacing_um=16.0,
        side_um=110.0,
        elongation=1.1,
        mpp=0.5,
        ground=0.1,
    ):
        field = Drawing(side_um, ground)
        places = lattice(side_um, spacing_um, rng)
        for place in places:
            size = diameter_um * rng.lognormal(0, 0.1)
            axes = (size * elongation**0.5, size / elongation**0.5)
            field.nucleus(place, axes, haematoxylin, rng.uniform(0, np.pi))
        return field.pixels(mpp, rng), len(places)

    return draw
