"""Microscope powers and the camera: 20x is 0.5 µm per pixel of the screen, whatever the scanner and the screen."""

from __future__ import annotations

from pathoflow.errors import MppUnknown

#: 40x is taken as 0.25 µm per pixel, as scanners do.
_UM_AT_ONE = 10.0
POWERS = (5.0, 10.0, 20.0, 40.0)


def zoom_of(power: float, device_pixel_ratio: float = 1.0) -> float:
    """The camera's zoom for a power, in logical screen pixels per µm.

    On a screen with two device pixels per logical one, the same zoom would show tissue twice as large as the number
    says, so the ratio is taken out.
    """
    um_per_device_px = _UM_AT_ONE / power
    return 1.0 / (um_per_device_px * device_pixel_ratio)


def power_of(zoom: float, device_pixel_ratio: float = 1.0) -> float:
    """The power that the camera's zoom stands for; the other way round of `zoom_of`."""
    return _UM_AT_ONE * zoom * device_pixel_ratio


def require_scale(is_scale_known: bool, slide: str) -> None:
    """Refuse powers, lengths and µm where a slide has no scale.

    Raises
    ------
    MppUnknown
        Always, unless the scale is known.
    """
    if not is_scale_known:
        raise MppUnknown(
            f"{slide} gives no micrometres per pixel, so no power or length can be shown; "
            "state them with --mpp and run the slide again"
        )
