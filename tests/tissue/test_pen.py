import numpy as np
import pytest

from pathoflow.tissue import find_pen

MPP = 8.0
INKS = ["blue_ink", "green_ink", "red_ink", "black_ink"]


@pytest.fixture
def section(canvas, rng):
    """Tissue of 2.8 mm across, on glass."""
    picture = canvas(450, 450)
    picture.tissue(picture.disc((225, 225), 175), rng)
    return picture


@pytest.mark.parametrize("ink", INKS)
def test_a_ring_of_ink_on_the_tissue_is_found_and_the_tissue_inside_is_kept(section, rng, ink):
    ring = section.disc((225, 225), 115) & ~section.disc((225, 225), 90)
    section.stain(ring, **{ink: 1.1})
    found = find_pen(section.pixels(rng), MPP)
    assert found[ring].mean() > 0.98
    assert not found[section.disc((225, 225), 80)].any()
    assert found.sum() < 2 * ring.sum()


@pytest.mark.parametrize("ink", INKS)
def test_ink_drawn_over_tissue_absorbs_on_top_of_it(section, rng, ink):
    ring = section.disc((225, 225), 115) & ~section.disc((225, 225), 90)
    section.add(ring, **{ink: 0.9})
    found = find_pen(section.pixels(rng), MPP)
    assert found[ring].mean() > 0.9


@pytest.mark.parametrize("ink", INKS)
def test_a_stroke_on_glass_is_found(section, rng, ink):
    stroke = np.zeros((450, 450), bool)
    stroke[10:36, 50:350] = True
    section.stain(stroke, **{ink: 1.1})
    assert find_pen(section.pixels(rng), MPP)[stroke].mean() > 0.95


def test_tissue_without_ink_is_left_alone(section, rng):
    section.stain(section.disc((150, 225), 30), haematoxylin=0.7, eosin=0.2)
    section.stain(section.disc((300, 225), 30), haematoxylin=0.05, eosin=0.6)
    assert not find_pen(section.pixels(rng), MPP).any()


def test_a_lake_of_blood_is_not_red_ink(section, rng):
    lake = section.disc((225, 225), 50)
    section.stain(lake, blood=0.6)
    dense = section.disc((225, 125), 30)
    section.stain(dense, blood=0.9)
    assert not find_pen(section.pixels(rng), MPP).any()


def test_a_fold_of_dark_tissue_is_not_black_ink(section, rng):
    fold = np.zeros((450, 450), bool)
    fold[150:300, 215:240] = True
    section.stain(fold, haematoxylin=0.6, eosin=0.9)
    assert not find_pen(section.pixels(rng), MPP).any()


def test_a_hair_is_too_thin_for_a_pen(section, rng):
    hair = np.zeros((450, 450), bool)
    hair[224:230, 50:400] = True
    section.stain(hair, black_ink=1.3)
    assert not find_pen(section.pixels(rng), MPP).any()


@pytest.mark.parametrize("ink", ["blue_ink", "green_ink", "black_ink"])
def test_a_pen_that_runs_dry_is_found_by_its_hue(section, rng, ink):
    ring = section.disc((225, 225), 115) & ~section.disc((225, 225), 90)
    section.add(ring, **{ink: 0.55})
    assert find_pen(section.pixels(rng), MPP)[ring].mean() > 0.8
