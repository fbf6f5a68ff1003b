import numpy as np
import pytest

from pathoflow.errors import Code
from pathoflow.tissue import check_stain


@pytest.fixture
def judge(canvas, rng):
    """Stain the left and right half of a piece of tissue and ask."""

    def ask(left, right=None, red_spread=None):
        picture = canvas(100, 200)
        where = np.zeros((100, 200), bool)
        where[10:90, 20:180] = True
        columns = np.arange(200)[None, :]
        picture.stain(where & (columns < 100), **left)
        picture.stain(where & (columns >= 100), **(right or left))
        return check_stain(picture.pixels(rng), where, red_spread)

    return ask


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"haematoxylin": 0.08, "eosin": 0.30}, {"haematoxylin": 0.20, "eosin": 0.24}),
        ({"haematoxylin": 0.03, "eosin": 0.24}, {"haematoxylin": 0.05, "eosin": 0.42}),
        ({"haematoxylin": 0.60, "eosin": 0.16}, {"haematoxylin": 0.40, "eosin": 0.20}),
        ({"haematoxylin": 0.08, "eosin": 0.30}, {"blood": 0.6}),
    ],
    ids=["liver and tumour", "collagen and necrosis", "lymphocytes and nuclei", "haemorrhage"],
)
def test_mixtures_of_haematoxylin_and_eosin_pass(judge, left, right):
    assert judge(left, right) is None


@pytest.mark.parametrize(
    ("left", "right", "word"),
    [
        ({"haematoxylin": 0.15}, {"brown": 0.5}, "brown"),
        ({"blue_ink": 0.3}, {"eosin": 0.4}, "blue"),
        ({"black_ink": 0.4}, {"black_ink": 0.6}, "grey"),
        ({"haematoxylin": 0.3}, {"haematoxylin": 0.6}, "no eosin"),
        ({"red_ink": 0.4}, {"red_ink": 0.5, "haematoxylin": 0.02}, "scarlet"),
    ],
    ids=["immunostain", "trichrome", "grey", "haematoxylin alone", "ponceau"],
)
def test_other_stains_are_refused_and_the_message_says_why(judge, left, right, word):
    flag = judge(left, right)
    assert flag.code is Code.OOD_STAIN
    assert flag.severity == "error"
    assert word in flag.message


def test_fluorescence_is_refused_by_its_dark_background():
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[40:60, 40:60] = (10, 20, 220)
    assert "fluorescence" in check_stain(picture, picture.any(axis=-1)).message


def test_black_padding_beside_glass_is_not_fluorescence(canvas, rng):
    picture = canvas(100, 100)
    tissue = picture.disc((50, 70), 20)
    picture.tissue(tissue, rng)
    pixels = picture.pixels(rng)
    pixels[:, :40] = 0
    assert check_stain(pixels, tissue) is None


def test_one_colour_for_nuclei_and_cytoplasm_is_a_single_stain(judge):
    pink = {"eosin": 0.4}
    assert judge(pink, red_spread=0.15) is None
    assert "single stain" in judge(pink, red_spread=0.02).message


def test_too_little_tissue_gives_no_verdict(canvas, rng):
    picture = canvas(50, 50)
    where = picture.disc((25, 25), 3)
    picture.stain(where, brown=0.5)
    assert check_stain(picture.pixels(rng), where) is None
