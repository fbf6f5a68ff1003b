"""The look of one slide, drawn once from its family: stain, white, blur, texture, grade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.recipe.family import Family, NoiseName
from pathoflow.phantom.recipe.spec import BACKGROUNDS, Background
from pathoflow.phantom.shapes.texture import texture_at, texture_grid

#: Red cells lie off the plane of H and E: the direction of RGB (205, 70, 75) in optical density.
RED_CELL_OD = (0.122, 0.721, 0.682)


@dataclass(frozen=True, eq=False)
class Look:
    """What all pixels of one slide share."""

    #: Optical density per unit of H, E and red cells: shape (3, 3), rows are dyes, columns R, G, B.
    density: NDArray[np.float64]
    white: NDArray[np.float64]
    blur_um: float
    #: Red lies this far (y, x) from green, blue as far the other way, µm.
    chroma_shift_um: tuple[float, float]
    #: Largest relative change of the section's thickness.
    thickness: float
    jpeg_quality: int
    background: Background
    noise: NoiseName
    octaves: int
    gain: float
    texture_scale: float
    wall_share: float
    wall_uneven: float
    wall_eosin: float
    wall_split: float
    mixing: float
    #: 0 is a well differentiated tumour, 1 a poorly differentiated one.
    grade: float
    #: How the tumour grows; weights of trabeculae, solid sheets and pseudoglands, summing to one.
    pattern: tuple[float, float, float]
    #: Share of tumour cells that are clear or fatty.
    clear: float
    #: Share of the liver that carries fat, 0 to about 0.5.
    fat: float
    #: How densely lymphocytes cuff the portal tracts, 0 to about 0.75.
    inflammation: float

    def texture(
        self, y_um: NDArray[np.float64], x_um: NDArray[np.float64], spacing_um: float, seed: int
    ) -> NDArray[np.float32]:
        """Noise in this slide's manner on the grid ``y_um`` x ``x_um``; mean 0, `TEXTURE_SD`."""
        return self._layered(partial(texture_grid, self.noise, y_um, x_um), spacing_um, seed)

    def texture_at(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating], spacing_um: float, seed: int
    ) -> NDArray[np.float32]:
        """The same noise at scattered places, which broadcast against each other."""
        return self._layered(partial(texture_at, self.noise, y_um, x_um), spacing_um, seed)

    def _layered(
        self, layer: Callable[[float, int], NDArray[np.float32]], spacing_um: float, seed: int
    ) -> NDArray[np.float32]:
        """One layer of noise or several ever finer ones."""
        spacing = spacing_um * self.texture_scale
        total = layer(spacing, seed)
        weight, power = 1.0, 1.0
        for octave in range(1, self.octaves):
            weight *= self.gain
            power += weight * weight
            finer = layer(spacing / 2.03**octave, seed + octave)
            finer *= np.float32(weight)
            total += finer
        if self.octaves > 1:
            # Every family keeps the same strength of texture; only its grain differs.
            total *= np.float32(power**-0.5)
        return total


def _turned(
    vector: tuple[float, float, float], degrees: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Scale ``vector`` to unit length and tilt it by ``degrees`` some way, non-negative."""
    unit = np.asarray(vector) / np.linalg.norm(vector)
    side = rng.normal(size=3)
    side -= unit * (side @ unit)
    side /= np.linalg.norm(side)
    angle = np.deg2rad(degrees)
    turned = np.maximum(unit * np.cos(angle) + side * np.sin(angle), 0.02)
    return np.asarray(turned / np.linalg.norm(turned))


def draw_look(family: Family, jitter: float, rng: np.random.Generator) -> Look:
    """One slide's look; ``jitter`` multiplies how far its stain strays from the family's mean."""
    sd = family.stain_turn_deg * jitter
    h = _turned(family.haematoxylin, rng.normal(0, sd), rng)
    e = _turned(family.eosin, rng.normal(0, sd), rng)
    h *= rng.lognormal(0, family.stain_log_sd * jitter)
    e *= rng.lognormal(0, family.stain_log_sd * jitter)
    red = _turned(RED_CELL_OD, 0.5 * rng.normal(0, sd), rng)
    tint = np.array([0.0, rng.uniform(-2.5, 0), rng.uniform(-1.5, 0.5)])
    shift, heading = rng.uniform(*family.chroma_shift_um), rng.uniform(0, 2 * np.pi)
    return Look(
        density=np.stack([h, e, red]),
        white=np.minimum(rng.uniform(*family.white) + tint, 254.0),
        blur_um=float(rng.uniform(*family.blur_um)),
        chroma_shift_um=(float(shift * np.sin(heading)), float(shift * np.cos(heading))),
        thickness=float(rng.uniform(*family.thickness)),
        jpeg_quality=int(rng.integers(family.jpeg_quality[0], family.jpeg_quality[1] + 1)),
        background=str(rng.choice(BACKGROUNDS, p=[0.5, 0.2, 0.3])),  # type: ignore[arg-type]
        noise=family.noise,
        octaves=family.octaves,
        gain=family.gain,
        texture_scale=float(rng.uniform(*family.texture_scale)),
        wall_share=float(rng.uniform(*family.wall_share)),
        wall_uneven=family.wall_uneven,
        wall_eosin=float(rng.uniform(*family.wall_eosin)),
        wall_split=family.wall_split,
        mixing=family.mixing,
        grade=float(rng.uniform(0, 1)),
        pattern=tuple(rng.dirichlet([1.6, 1.2, 0.7]).tolist()),
        clear=float(rng.choice([0.0, 0.1, 0.3], p=[0.5, 0.35, 0.15])),
        fat=float(rng.choice([0.0, 0.12, 0.25, 0.45], p=[0.25, 0.35, 0.25, 0.15])),
        inflammation=float(rng.uniform(0.05, 0.75)),
    )
