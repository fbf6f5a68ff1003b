import numpy as np
import pytest
from shapely import Point, box

from pathoflow.cells import Attachment, AttachmentSettings, attachment_of

LUMEN = Point(300, 200).buffer(100)
"""A circle of 50 µm about (y, x) = (200, 300), at 0.5 µm per unit."""


def place(away, turn=0.3):
    """A centre this far from the circle's middle."""
    return (200 + away * np.sin(turn), 300 + away * np.cos(turn))


def test_no_cells_have_no_attachment():
    assert attachment_of(np.zeros((0, 2)), LUMEN, 0.5, 0.0) is None


def test_most_of_the_lumen_under_tumour_is_filling_wherever_the_cells_lie():
    centres = np.array([place(0)])
    assert attachment_of(centres, LUMEN, 0.5, 0.7) is Attachment.FILLING
    assert attachment_of(centres, LUMEN, 0.5, 0.69) is Attachment.FLOATING


@pytest.mark.parametrize(("to_wall_um", "found"), [(11.5, "adherent"), (12.5, "floating")])
def test_a_cell_within_its_breadth_of_the_wall_is_adherent(to_wall_um, found):
    centres = np.array([place(100 - to_wall_um / 0.5)])
    assert attachment_of(centres, LUMEN, 0.5, 0.1) == found


@pytest.mark.parametrize(("at_wall", "found"), [(2, "adherent"), (1, "floating")])
def test_one_cell_of_ten_at_the_wall_attaches_a_plug(at_wall, found):
    centres = np.array([place(95, k) for k in range(at_wall)] + [place(5, k) for k in range(18)])
    assert attachment_of(centres, LUMEN, 0.5, 0.3) == found


def test_centres_are_y_x_and_outlines_x_y():
    wide = box(0, 0, 1000, 100)
    assert attachment_of(np.array([[50, 5.0]]), wide, 1.0, 0.0) == "adherent"
    assert attachment_of(np.array([[50, 500.0]]), wide, 1.0, 0.0) == "floating"


def test_bounds_can_be_set():
    settings = AttachmentSettings(filling=0.2, at_wall_um=60, adherent=0.5)
    assert attachment_of(np.array([place(0)]), LUMEN, 0.5, 0.1, settings) == "adherent"
    assert attachment_of(np.array([place(0)]), LUMEN, 0.5, 0.2, settings) == "filling"
