import numpy as np
import pytest

from pathoflow.tissue import find_film, planes

MPP = 8.0
GREY = {"black_ink": 0.6}


@pytest.fixture
def section(canvas, rng):
    """Tissue of 3.2 mm across, on glass."""
    picture = canvas(500, 500)
    picture.tissue(picture.disc((250, 250), 200), rng)
    return picture


def film(picture, rng):
    return find_film(picture.pixels(rng), picture.disc((250, 250), 200), MPP)


def ring(picture, centre, radius, width=2):
    return picture.disc(centre, radius) & ~picture.disc(centre, radius - width)


def test_a_closed_grey_rim_is_a_bubble_with_all_it_holds(section, rng):
    section.add(ring(section, (250, 250), 60), **GREY)
    found = film(section, rng)
    assert found[section.disc((250, 250), 60)].all()
    assert not found[~section.disc((250, 250), 64)].any()


def test_a_bubble_may_reach_over_the_border_of_the_tissue(section, rng):
    section.add(ring(section, (250, 60), 50), **GREY)
    assert film(section, rng)[section.disc((250, 60), 50)].all()


def test_an_open_rim_hides_no_more_than_itself(section, rng):
    half = ring(section, (250, 250), 60) & (np.indices((500, 500))[0] < 250)
    section.add(half, **GREY)
    found = film(section, rng)
    assert found[half].mean() > 0.95
    assert not found[section.disc((250, 250), 50)].any()


def test_dust_and_fibres_are_left_out_with_a_small_border(section, rng):
    speck = section.disc((200, 200), 3)
    fibre = np.zeros((500, 500), bool)
    fibre[300:302, 200:280] = True
    section.add(speck | fibre, **GREY)
    found = film(section, rng)
    assert found[speck | fibre].all()
    # 16 µm, two pixels, on every side.
    assert found.sum() < np.pi * 6**2 + 7 * 86


def test_a_long_line_beside_the_tissue_is_the_edge_of_the_coverslip(section, rng):
    line = np.zeros((500, 500), bool)
    line[20:22] = True
    section.add(line, **GREY)
    assert film(section, rng)[line].all()


@pytest.mark.parametrize(
    "dyes",
    [
        {"haematoxylin": 0.7, "eosin": 0.2},
        {"haematoxylin": 0.05, "eosin": 0.8},
        {"haematoxylin": 0.35, "eosin": 0.6},
        {"blood": 0.8},
    ],
    ids=["lymphocytes", "necrosis", "fold", "red cells"],
)
def test_rings_and_specks_of_tissue_are_none(section, rng, dyes):
    section.stain(ring(section, (250, 250), 60, 4) | section.disc((200, 330), 4), **dyes)
    assert not film(section, rng).any()


def test_the_border_of_the_tissue_is_none(section, rng):
    assert not film(section, rng).any()


def test_without_two_dyes_grey_cannot_be_told(canvas, rng):
    picture = canvas(500, 500)
    picture.stain(picture.disc((250, 250), 200), black_ink=0.4)
    picture.add(ring(picture, (250, 250), 60), **GREY)
    assert not film(picture, rng).any()
    assert not find_film(picture.pixels(rng), np.zeros((500, 500), bool), MPP).any()


def test_what_is_found_does_not_depend_on_the_bands(section, rng, monkeypatch):
    section.add(ring(section, (250, 250), 60) | section.disc((100, 200), 3), **GREY)
    pixels, tissue = section.pixels(rng), section.disc((250, 250), 200)
    whole = find_film(pixels, tissue, MPP)
    monkeypatch.setattr(planes, "_BAND_PX", 500 * 37)
    assert np.array_equal(find_film(pixels, tissue, MPP), whole)


def test_a_circle_drawn_with_a_pen_is_no_bubble(section, rng):
    circle = ring(section, (250, 250), 80, 20)
    section.add(circle, black_ink=1.2)
    pixels, tissue = section.pixels(rng), section.disc((250, 250), 200)
    assert not find_film(pixels, tissue & ~circle, MPP, None, circle)[~circle].any()
