"""Powers by the slide's scale."""

from __future__ import annotations

import pytest

from napari_pathoflow.magnification import POWERS, power_of, require_scale, zoom_of
from pathoflow.errors import Code, MppUnknown


def test_20x_is_half_a_micrometre_per_pixel_of_the_screen() -> None:
    # A zoom of 2 logical pixels per µm.
    assert zoom_of(20) == pytest.approx(1 / 0.5)
    assert zoom_of(40) == pytest.approx(1 / 0.25)
    assert zoom_of(5) == pytest.approx(1 / 2.0)


def test_on_a_screen_of_double_density_a_device_pixel_counts_not_a_logical_one() -> None:
    # 20x: 0.5 µm per device pixel, hence 1 µm per logical pixel.
    assert zoom_of(20, device_pixel_ratio=2.0) == pytest.approx(1.0)


@pytest.mark.parametrize("power", POWERS)
def test_the_power_that_is_shown_is_the_one_that_was_asked_for(power: float) -> None:
    assert power_of(zoom_of(power, 1.5), 1.5) == pytest.approx(power)


def test_without_a_scale_a_power_is_refused_with_its_remedy() -> None:
    with pytest.raises(MppUnknown, match=r"liver gives no micrometres per pixel.*--mpp") as refusal:
        require_scale(False, "liver")
    assert refusal.value.code is Code.MPP_MISSING
    require_scale(True, "liver")
