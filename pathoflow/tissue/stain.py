"""Is this haematoxylin and eosin? Told from the share of each channel in the optical density of the tissue.

In haematoxylin (0.40, 0.43, 0.18) and in eosin (0.14, 0.51, 0.35) green absorbs most, so every mixture of the two does. Brown,
yellow and most red counterstains absorb blue most; trichrome blue and fast green absorb red most; grey absorbs all alike.
On 18 whole liver sections with saffron from one hospital and 14 further H&E pictures the median green
share lay between 0.45 and 0.62 and at most 0.4 % of the pixels were brown; picrosirius red gave 0.29
and 99 %, a brown immunostain 0.33 and 96 %. Stains that look like eosin (PAS) are not told apart, and an
immunostain that marks few cells on a full H&E-like ground would not be either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code
from pathoflow.tissue.density import (
    brightest,
    darkest,
    density_shares,
    estimate_white,
    optical_density,
    total_density,
)
from pathoflow.tissue.flag import Flag
from pathoflow.tissue.planes import every_nth


@dataclass(frozen=True, slots=True)
class StainSettings:
    """When a stain is refused; every field carries its reason."""

    #: Fluorescence: this much of the picture is darker than `dark_level` in every channel ...
    max_dark_fraction: float = 0.25
    dark_level: int = 60
    #: ... and less than this is bright glass, which brightfield always shows (black padding beside glass is allowed).
    min_bright_fraction: float = 0.02
    bright_level: int = 200
    #: Summed density from which a pixel has a colour worth judging.
    min_density: float = 0.15
    #: With fewer coloured pixels there is no verdict.
    min_pixels: int = 100
    #: Blue absorbs more than green: brown or yellow. Bile and iron stay local; a tenth of the tissue is a stain.
    max_brown_fraction: float = 0.10
    #: Red absorbs this much more than green: blue or green dye. Haematoxylin itself reaches 0.93, rotated by 4 degrees 1.06.
    blue_ratio: float = 1.10
    max_blue_fraction: float = 0.10
    #: H&E mixtures have a green share of 0.43 to 0.51 and were seen from 0.45 to 0.62; grey has 0.33.
    min_green_share: float = 0.38
    #: Green less blue share: haematoxylin 0.25, eosin 0.16, 0.11 at least in 18 sections with saffron, 0.10 in painted ones; ponceau
    #: 0.05, blood 0.02.
    min_green_over_blue: float = 0.08
    #: Haematoxylin alone has a red share of 0.40; nuclei-rich H&E was seen up to 0.34.
    max_red_share: float = 0.385
    #: Between nuclei and cytoplasm at 1 µm/px the red share of sharp H&E spreads by 0.09 to 0.23 (5th to 95th percentile).
    min_red_spread: float = 0.05


def check_stain(
    overview: NDArray[np.uint8],
    tissue: NDArray[np.bool_],
    red_spread: float | None = None,
    settings: StainSettings | None = None,
) -> Flag | None:
    """Judge the stain of a whole slide.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    tissue
        Where to look, ink left out, shape ``(h, w)``.
    red_spread
        Typical spread of the red share in sharp fields at 1 µm/px (`pathoflow.tissue.focus`), None where none was read.

    Returns
    -------
    An `OOD_STAIN` error, or None for H&E and for too little tissue to judge.
    """
    settings = settings or StainSettings()
    reason = _darkness(overview, settings) or _foreign_hue(overview, tissue, settings)
    if reason is None and red_spread is not None and red_spread < settings.min_red_spread:
        reason = (
            f"nuclei and cytoplasm have one colour (spread {red_spread:.3f}, "
            f"H&E at least {settings.min_red_spread:g}): a single stain"
        )
    if reason is None:
        return None
    message = f"The slide does not look like haematoxylin and eosin: {reason}; analyse an H&E section of the block instead."
    return Flag(Code.OOD_STAIN, "error", message)


def _darkness(overview: NDArray[np.uint8], settings: StainSettings) -> str | None:
    dark = float(np.mean(brightest(overview) < settings.dark_level))
    bright = float(np.mean(darkest(overview) >= settings.bright_level))
    if dark >= settings.max_dark_fraction and bright < settings.min_bright_fraction:
        return f"{dark:.0%} of it is black and no glass is bright, as in fluorescence"
    return None


_SAMPLE_PX = 2_000_000


def _foreign_hue(
    overview: NDArray[np.uint8], tissue: NDArray[np.bool_], settings: StainSettings
) -> str | None:
    # Shares of a sample are as good, and a section of four square centimetres has six million pixels.
    sample = every_nth(overview, tissue, 1 + int(tissue.sum()) // _SAMPLE_PX)
    density = optical_density(sample, estimate_white(overview))
    density = density[total_density(density) >= settings.min_density]
    if len(density) < settings.min_pixels:
        return None
    red, green, blue = density_shares(density).T
    brown_part = float(np.mean(blue > green))
    blue_part = float(np.mean(red > settings.blue_ratio * green))
    if brown_part > settings.max_brown_fraction:
        return f"{brown_part:.0%} of the tissue is brown or yellow"
    if blue_part > settings.max_blue_fraction:
        return f"{blue_part:.0%} of the tissue is blue or green"
    if np.median(green) < settings.min_green_share:
        return f"the tissue is grey (green share of density {np.median(green):.2f}, grey is 0.33)"
    if np.median(green - blue) < settings.min_green_over_blue:
        return (
            f"the tissue is orange or scarlet (green share less blue share {np.median(green - blue):.2f}, "
            f"H&E at least {settings.min_green_over_blue:g})"
        )
    if np.median(red) > settings.max_red_share:
        return f"there is no eosin (red share of density {np.median(red):.2f}, haematoxylin alone is 0.40)"
    return None
