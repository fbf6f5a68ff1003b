"""What TIFF tags say about a slide: its scale, its maker, and whether it was painted.

Values are believed only where they can be meant. A resolution of 72 or 96 dots per inch is a screen's, written by
picture programs into every file; taken at its word it would make a hepatocyte ten metres wide on the wall.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import tifffile

from pathoflow.space import Mpp

#: Coarser values in resolution tags come from screens and printers (72 dpi is 353 µm per pixel), not from scanners.
MOST_BELIEVABLE_MPP = 50.0
#: Painted slides carry these words in their Software tag or description.
PAINTED_MARK = "pathoflow phantom"

_UM_PER_RESOLUTION_UNIT = {
    2: 25_400.0,
    3: 10_000.0,
}  # TIFF 6.0, ResolutionUnit: 2 inch, 3 centimetre
_UM_PER_OME_UNIT = {
    "m": 1e6,
    "cm": 1e4,
    "mm": 1e3,
    "µm": 1.0,  # micro sign, U+00B5
    "μm": 1.0,  # Greek mu, U+03BC, which some writers use instead
    "um": 1.0,
    "nm": 1e-3,
    "Å": 1e-4,
    "in": 25_400.0,
}
_APERIO_MPP = re.compile(r"\|\s*MPP\s*=\s*([0-9.]+)")
_APERIO_POWER = re.compile(r"\|\s*AppMag\s*=\s*([0-9.]+)")


def is_painted(*texts: str) -> bool:
    """Whether a description or Software tag says that the slide was painted, not scanned."""
    return any(PAINTED_MARK in text.lower() for text in texts)


def resolution_mpp(page: tifffile.TiffPage) -> Mpp | None:
    """Micrometres per pixel from XResolution, YResolution and ResolutionUnit, if plausible."""
    um_per_unit = _UM_PER_RESOLUTION_UNIT.get(int(page.tags.valueof("ResolutionUnit", 2)))
    if um_per_unit is None:
        return None
    y = _um_per_pixel(page.tags.valueof("YResolution"), um_per_unit)
    x = _um_per_pixel(page.tags.valueof("XResolution"), um_per_unit)
    if y is None or x is None or max(y, x) > MOST_BELIEVABLE_MPP:
        return None
    return Mpp(y, x)


def aperio_facts(description: str) -> tuple[Mpp | None, float | None]:
    """Micrometres per pixel and objective power from an Aperio description."""
    mpp, power = _APERIO_MPP.search(description), _APERIO_POWER.search(description)
    return (
        Mpp.square(float(mpp[1])) if mpp and _is_positive(mpp[1]) else None,
        float(power[1]) if power and _is_positive(power[1]) else None,
    )


def ome_mpp(xml: str) -> Mpp | None:
    """Micrometres per pixel from PhysicalSizeY and PhysicalSizeX of the first image of an OME-XML text."""
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return None
    # The namespace carries a date that changes with every schema version.
    pixels = root.find(".//{*}Pixels")
    if pixels is None:
        return None
    y, x = _ome_length_um(pixels, "PhysicalSizeY"), _ome_length_um(pixels, "PhysicalSizeX")
    return None if y is None or x is None else Mpp(y, x)


def _ome_length_um(pixels: ElementTree.Element, name: str) -> float | None:
    """One physical size in µm, or None where absent, not positive, or in a unit that is no length."""
    text = pixels.get(name, "")
    um_per_unit = _UM_PER_OME_UNIT.get(pixels.get(f"{name}Unit", "µm"))
    if um_per_unit is None or not _is_positive(text):
        return None
    return float(text) * um_per_unit


def _um_per_pixel(resolution: object, um_per_unit: float) -> float | None:
    """Micrometres per pixel from a resolution stored as a fraction of pixels per unit."""
    if not isinstance(resolution, tuple) or len(resolution) != 2:
        return None
    pixels, units = resolution
    return um_per_unit * units / pixels if pixels > 0 and units > 0 else None


def _is_positive(text: str) -> bool:
    """Whether ``text`` is a finite number above zero."""
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False
