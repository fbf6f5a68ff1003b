import numpy as np
import pytest

from pathoflow.errors import Code
from pathoflow.space import Frame, Mpp
from pathoflow.tissue import TissueMask, check_biopsy
from pathoflow.tissue.biopsy import core_shape

UM = 8.0


def judge(*boxes, shape=(1200, 2400)):
    """Ask about rectangles (top, left, height, width) in µm/8."""
    pixels = np.zeros(shape, bool)
    for top, left, height, width in boxes:
        pixels[top : top + height, left : left + width] = True
    return check_biopsy(TissueMask(pixels, Frame(16.0, 16.0), Mpp.square(0.5)))


@pytest.mark.parametrize(("height", "width"), [(100, 1500), (60, 700), (200, 200), (120, 180)])
def test_the_shape_of_a_rectangle_is_its_sides(height, width):
    thin, long = core_shape(np.ones((height, width), bool), UM)
    assert thin == pytest.approx(height * UM, rel=0.12)
    assert long == pytest.approx(width * UM, rel=0.12)


def test_a_bent_core_is_as_long_as_its_arc():
    y, x = np.indices((500, 1000))
    radius = np.hypot(y, x - 500)
    thin, long = core_shape((radius > 350) & (radius < 450), UM)
    assert thin == pytest.approx(100 * UM, rel=0.12)
    assert long == pytest.approx(np.pi * 400 * UM, rel=0.12)


def test_two_cores_are_a_biopsy():
    flag = judge((100, 100, 130, 1500), (400, 100, 110, 1200))
    assert flag.code is Code.BIOPSY
    assert flag.severity == "warning"
    assert "2 core(s)" in flag.message
    assert "not gradable" in flag.message


def test_crumbs_beside_a_core_do_not_change_the_verdict():
    assert judge((100, 100, 130, 1500), (400, 100, 40, 50)) is not None


@pytest.mark.parametrize(
    "boxes",
    [
        [(100, 100, 900, 1500)],
        [(100, 100, 130, 1500), (400, 100, 600, 700)],
        [(100, 100, 400, 2000)],
        [(100, 100, 100, 300)],
        [(100, 100, 40, 50)],
        [],
    ],
    ids=["resection", "core beside resection", "3 mm strip", "2.4 mm fragment", "crumb", "nothing"],
)
def test_anything_else_is_not(boxes):
    assert judge(*boxes) is None


def test_a_piece_cut_off_by_the_picture_is_not_judged():
    assert judge((0, 100, 130, 1500)) is None
