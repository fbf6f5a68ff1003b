from __future__ import annotations

import math

import pytest

from pathoflow.space import Mpp


@pytest.mark.parametrize("wrong", [0.0, -0.25, math.nan, math.inf])
def test_micrometres_per_pixel_are_positive_and_finite(wrong: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Mpp(wrong, 0.25)
    with pytest.raises(ValueError, match="positive"):
        Mpp(0.25, wrong)


def test_square_pixels_of_a_scanner_are_not_doubted() -> None:
    assert Mpp.square(0.2528).doubt is None


@pytest.mark.parametrize("mpp", [0.1, 2.0])
def test_the_limits_themselves_are_believed(mpp: float) -> None:
    assert Mpp.square(mpp).doubt is None


@pytest.mark.parametrize("mpp", [0.099, 2.001, 352.8])
def test_what_no_scanner_writes_is_doubted(mpp: float) -> None:
    assert f"{mpp:g}" in str(Mpp.square(mpp).doubt)


def test_two_percent_from_square_is_the_limit() -> None:
    assert Mpp(0.5 * 1.019, 0.5).doubt is None
    assert "not square" in str(Mpp(0.5 * 1.021, 0.5).doubt)


def test_area_and_mean_belong_to_each_other() -> None:
    mpp = Mpp(0.2, 0.8)
    assert mpp.pixel_area_um2 == pytest.approx(0.16)
    assert mpp.mean == pytest.approx(0.4)
