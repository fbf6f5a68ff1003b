import math
from types import SimpleNamespace

import numpy as np
import pytest

from pathoflow.cells import CellCounter, CountCalibration, CountSettings, NucleusClass
from pathoflow.errors import UsageError
from pathoflow.tissue import StainScale

SCALE = StainScale((245.0, 245.0, 245.0))


class Fake:
    """A network that takes the red channel for tumour cells and the green one for leucocytes."""

    def __init__(self, classes=("tumour_cell", "leucocyte"), calibration=None):
        self.card = SimpleNamespace(
            name="cells", classes=classes, mpp=0.5, halo_px=16, calibration=calibration
        )

    def predict(self, pixels):
        return np.moveaxis(pixels[..., :2], -1, 1).copy()


def picture(tumour, leucocytes, shape=(96, 128)):
    """Discs of 3.5 pixels in the red and in the green channel."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    rgb = np.zeros((*shape, 3), np.uint8)
    for channel, places in enumerate((tumour, leucocytes)):
        for place in places:
            rgb[np.hypot(y - place[0], x - place[1]) <= 3.5, channel] = 255
    return rgb


TUMOUR = [(20, 20), (20, 40), (60, 100)]


def test_a_network_counts_the_tumour_cells_of_the_lumen():
    rgb = picture(TUMOUR, [(40, 30)])
    inside = np.zeros(rgb.shape[:2], bool)
    inside[:, :80] = True
    count = CellCounter.of(Fake()).count(rgb, inside, 0.5)
    assert count.n == 2
    assert np.allclose(count.centres_px[np.argsort(count.centres_px[:, 1])], TUMOUR[:2], atol=0.3)
    assert count.classes[NucleusClass.LEUCOCYTE] == 1
    assert (count.expected, count.variance) == pytest.approx((2, 0))
    assert count.method == "network:cells"
    assert count.inside_area_um2 == 96 * 80 / 4
    assert 0 < count.tumour_area_um2 <= 2 * math.pi * 12**2


def test_without_a_network_the_classical_detector_counts(plug):
    pixels, n = plug(diameter_um=10, haematoxylin=0.58)
    counter = CellCounter.of(None)
    count = counter.count(pixels, np.ones(pixels.shape[:2], bool), 0.5, SCALE)
    assert count.method == counter.method == "classical"
    assert count.n == pytest.approx(n, abs=2)
    assert count.calibration == CountSettings().classical


def test_intervals_rest_on_the_card_s_calibration():
    exact = {"count": {"ratio": 1.0, "relative_sd": 0.0, "n_veins": 40}}
    rgb = picture(TUMOUR, [])
    inside = np.ones(rgb.shape[:2], bool)
    sure = CellCounter.of(Fake(calibration=exact)).count(rgb, inside, 0.5)
    assert sure.interval == (3, 3)
    assert sure.box == "le50"
    doubled = {"count": {"ratio": 2.0, "relative_sd": 0.0, "n_veins": 40}}
    biased = CellCounter.of(Fake(calibration=doubled)).count(rgb, inside, 0.5)
    # The interval holds what was counted, too.
    assert biased.interval == (3, 6)
    assert CellCounter.of(Fake()).calibration == CountCalibration()


@pytest.mark.parametrize("classes", [("leucocyte",), ("tumour_cell", "vessel"), ("vessel",)])
def test_a_network_of_other_things_is_refused(classes):
    with pytest.raises(UsageError, match="cannot count tumour cells"):
        CellCounter.of(Fake(classes))


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(UsageError, match="cut both from one box"):
        CellCounter.of(Fake()).count(np.zeros((9, 9, 3), np.uint8), np.ones((9, 8), bool), 0.5)


def test_what_is_found_is_counted_as_if_it_were_counted_at_once():
    rgb = picture(TUMOUR, [(40, 30)])
    inside = np.zeros(rgb.shape[:2], bool)
    inside[:, :80] = True
    counter = CellCounter.of(Fake())
    nuclei = counter.find(rgb, inside, 0.5)
    assert len(nuclei) == 3, "two tumour cells and a leucocyte; the third tumour cell lies outside"
    assert counter.count_found(nuclei, inside, 0.5).n == 2
