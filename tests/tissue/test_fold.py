import numpy as np
import pytest

from pathoflow.tissue import find_folds, planes

MPP = 8.0


@pytest.fixture
def section(canvas, rng):
    """Tissue of 3.2 mm across, on glass."""
    picture = canvas(500, 500)
    picture.tissue(picture.disc((250, 250), 200), rng)
    return picture


@pytest.fixture
def ribbon(section):
    """A pleat, 96 µm wide and 1.6 mm long, at 30 degrees."""
    y, x = np.indices((500, 500)) - 250
    along, across = x * np.cos(0.5) + y * np.sin(0.5), y * np.cos(0.5) - x * np.sin(0.5)
    return (np.abs(along) <= 100) & (np.abs(across) <= 6)


def folds(picture, rng):
    return find_folds(picture.pixels(rng), picture.disc((250, 250), 200), MPP)


def test_a_second_layer_of_the_same_tissue_is_a_fold(section, ribbon, rng):
    section.density[ribbon] *= 2.1
    found = folds(section, rng)
    assert found[ribbon].mean() > 0.9
    assert found.sum() < 1.3 * ribbon.sum()


def test_a_fold_does_not_depend_on_the_bands_it_is_found_in(section, ribbon, rng, monkeypatch):
    section.density[ribbon] *= 2.1
    pixels = section.pixels(rng)
    whole = find_folds(pixels, section.disc((250, 250), 200), MPP)
    monkeypatch.setattr(planes, "_BAND_PX", 500 * 37)
    assert np.array_equal(find_folds(pixels, section.disc((250, 250), 200), MPP), whole)


@pytest.mark.parametrize(
    "dyes",
    [
        {"haematoxylin": 0.50, "eosin": 0.18},
        {"haematoxylin": 0.06, "eosin": 0.60},
        {"blood": 0.75},
        {"haematoxylin": 0.03, "eosin": 0.24},
    ],
    ids=["lymphocytes", "necrosis", "red cells", "collagen"],
)
def test_a_ribbon_of_other_tissue_is_none(section, ribbon, rng, dyes):
    section.stain(ribbon, **dyes)
    assert not folds(section, rng).any()


def test_a_dense_patch_is_no_ribbon(section, rng):
    section.density[section.disc((250, 250), 60)] *= 2.1
    assert not folds(section, rng).any()


def test_a_short_dense_band_is_a_clump(section, ribbon, rng):
    short = ribbon & section.disc((250, 250), 15)
    section.density[short] *= 2.1
    assert not folds(section, rng).any()


def test_the_border_of_dense_tissue_beside_pale_tissue_is_none(canvas, rng):
    """Tumour inside pale stroma: the mean around its border is low, but not on the tumour's own side."""
    picture = canvas(500, 500)
    where = picture.disc((250, 250), 200)
    picture.stain(where, haematoxylin=0.03, eosin=0.2)
    picture.tissue(picture.disc((250, 250), 110), rng)
    assert not folds(picture, rng).any()


def test_glass_holds_no_fold(canvas, rng):
    picture = canvas(100, 100)
    assert not find_folds(picture.pixels(rng), np.zeros((100, 100), bool), MPP).any()
