"""Families of painted slides: how stain, walls, contents, textures and artefacts vary.

A network that learns on one family and is asked about another shows whether it learnt tissue or the
painter's hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FamilyName = Literal["train", "test", "stress"]
#: Value noise, gradient noise (Perlin), or value noise folded into ridges.
NoiseName = Literal["value", "gradient", "ridged"]

#: Haematoxylin and eosin as QuPath starts with them, as scikit-image (Ruifrok) has them, and a
#: saffron-like shift.
QUPATH_H, QUPATH_E = (0.651, 0.701, 0.290), (0.216, 0.801, 0.558)
BLEND_H, BLEND_E = (0.650, 0.704, 0.286), (0.172, 0.869, 0.426)
SAFFRON_H, SAFFRON_E = (0.600, 0.735, 0.315), (0.175, 0.760, 0.626)


@dataclass(frozen=True, slots=True)
class ArtefactRates:
    """Mean number of artefacts on a slide whose recipe does not say; areas in mm² of tissue."""

    #: Chance that the slide carries a pen line of some colour.
    pen: float = 0.2
    folds: float = 0.4
    bubbles: float = 0.3
    blurs: float = 0.6
    dust_per_mm2: float = 0.10
    tears_per_mm2: float = 0.30
    dropouts: float = 0.1


@dataclass(frozen=True, slots=True)
class Family:
    """The ranges from which a slide's own look is drawn."""

    haematoxylin: tuple[float, float, float]
    eosin: tuple[float, float, float]
    #: Standard deviation of the turn of each stain vector, degrees.
    stain_turn_deg: float
    #: Standard deviation of the logarithm of each stain's strength.
    stain_log_sd: float
    white: tuple[float, float]
    #: Standard deviation of the lens, µm.
    blur_um: tuple[float, float]
    #: How far red and blue lie apart from green at level 0, µm.
    chroma_shift_um: tuple[float, float]
    #: Largest relative change of the section's thickness over a millimetre or so.
    thickness: tuple[float, float]
    jpeg_quality: tuple[int, int]
    noise: NoiseName
    #: Layers of noise in every texture, and how much each finer one adds.
    octaves: int
    gain: float
    #: All texture scales are multiplied by one draw from this range.
    texture_scale: tuple[float, float]
    #: Wall thickness as a share of the radius: the range of its mean, and its own unevenness.
    wall_share: tuple[float, float]
    wall_uneven: float
    #: Concentrations of eosin in vessel walls.
    wall_eosin: tuple[float, float]
    #: Share of vein walls that show separate lamellae, split from the tissue round them.
    wall_split: float
    #: Chance that a lumen holds a second kind of content beside its own.
    mixing: float
    #: Equivocal veins for every invaded one, where the recipe does not say.
    equivocal: float
    artefacts: ArtefactRates = field(default_factory=ArtefactRates)


FAMILIES: dict[FamilyName, Family] = {
    "train": Family(
        haematoxylin=QUPATH_H,
        eosin=QUPATH_E,
        stain_turn_deg=4.0,
        stain_log_sd=0.20,
        white=(235.0, 252.0),
        blur_um=(0.3, 0.7),
        chroma_shift_um=(0.0, 0.15),
        thickness=(0.05, 0.15),
        jpeg_quality=(75, 90),
        noise="value",
        octaves=1,
        gain=0.5,
        texture_scale=(0.88, 1.15),
        wall_share=(0.045, 0.11),
        wall_uneven=0.35,
        wall_eosin=(0.27, 0.40),
        wall_split=0.15,
        mixing=0.35,
        equivocal=0.0,
    ),
    "test": Family(
        haematoxylin=BLEND_H,
        eosin=BLEND_E,
        stain_turn_deg=3.0,
        stain_log_sd=0.20,
        white=(236.0, 250.0),
        blur_um=(0.35, 0.75),
        chroma_shift_um=(0.05, 0.20),
        thickness=(0.08, 0.18),
        jpeg_quality=(75, 88),
        noise="gradient",
        octaves=2,
        gain=0.55,
        texture_scale=(0.95, 1.25),
        wall_share=(0.04, 0.13),
        wall_uneven=0.5,
        wall_eosin=(0.25, 0.42),
        wall_split=0.3,
        mixing=0.5,
        equivocal=0.3,
        artefacts=ArtefactRates(pen=0.3, folds=0.6, bubbles=0.4, blurs=0.8),
    ),
    "stress": Family(
        haematoxylin=SAFFRON_H,
        eosin=SAFFRON_E,
        stain_turn_deg=7.0,
        stain_log_sd=0.30,
        white=(225.0, 252.0),
        blur_um=(0.6, 1.1),
        chroma_shift_um=(0.1, 0.4),
        thickness=(0.15, 0.30),
        jpeg_quality=(40, 75),
        noise="ridged",
        octaves=3,
        gain=0.7,
        texture_scale=(0.7, 1.5),
        wall_share=(0.025, 0.16),
        wall_uneven=0.7,
        wall_eosin=(0.20, 0.45),
        wall_split=0.5,
        mixing=0.65,
        equivocal=0.5,
        artefacts=ArtefactRates(
            pen=0.6,
            folds=1.5,
            bubbles=1.0,
            blurs=2.5,
            dust_per_mm2=0.3,
            tears_per_mm2=0.6,
            dropouts=0.5,
        ),
    ),
}
