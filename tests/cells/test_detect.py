import numpy as np
import pytest

from pathoflow.cells import NucleusSettings, detect_nuclei, segment_nuclei
from pathoflow.errors import UsageError
from pathoflow.tissue import StainScale

SCALE = StainScale((245.0, 245.0, 245.0))


@pytest.mark.parametrize("mpp", [0.2, 0.5, 0.6])
def test_one_nucleus_is_found_at_its_place_with_its_shape(drawing, rng, mpp):
    field = drawing(60)
    field.nucleus((24, 33), (14, 9), haematoxylin=0.6, angle=0.5)
    nuclei = detect_nuclei(field.pixels(mpp, rng), mpp, scale=SCALE)
    assert len(nuclei) == 1
    # Pixel i covers i * mpp to (i + 1) * mpp, so its centre lies half a pixel further.
    assert (nuclei.centres_px[0] + 0.5) * mpp == pytest.approx([24, 33], abs=0.5)
    # Blur of 0.4 µm and the threshold below half height widen the outline by a third of a micrometre.
    assert nuclei.area_um2[0] == pytest.approx(np.pi * 7 * 4.5, rel=0.2)
    assert nuclei.elongation[0] == pytest.approx(14 / 9, rel=0.12)
    # The rim is mixed with cytoplasm, so the mean stays below the core.
    assert 0.45 < nuclei.haematoxylin[0] < 0.62
    assert nuclei.solidity[0] > 0.95


def test_every_nucleus_of_a_sheet_is_found_once(plug):
    pixels, n = plug(diameter_um=10, haematoxylin=0.6)
    assert len(detect_nuclei(pixels, 0.5, scale=SCALE)) == pytest.approx(n, abs=1)


def test_touching_nuclei_are_split(drawing, rng):
    field = drawing(80)
    for place in ((20, 30), (29, 33), (38, 30)):
        field.nucleus(place, (9.5, 9.5))
    assert len(detect_nuclei(field.pixels(0.5, rng), 0.5, scale=SCALE)) == 3


def test_a_vesicular_nucleus_is_one(drawing, rng):
    field = drawing(60)
    field.nucleus((30, 30), (11, 11), haematoxylin=0.6)
    field.nucleus((30, 30), (4, 4), haematoxylin=0.12)
    nuclei = detect_nuclei(field.pixels(0.5, rng), 0.5, scale=SCALE)
    assert len(nuclei) == 1
    assert nuclei.area_um2[0] == pytest.approx(np.pi * 5.5**2, rel=0.15)


def test_red_cells_serum_and_glass_have_no_nuclei(drawing, rng):
    blood = drawing(60, haematoxylin=0.0, eosin=0.1)
    for y in range(8, 56, 8):
        for x in range(8, 56, 8):
            blood.red_cell((y, x))
    assert len(detect_nuclei(blood.pixels(0.5, rng), 0.5, scale=SCALE)) == 0
    glass = drawing(60, haematoxylin=0.0, eosin=0.0)
    assert len(detect_nuclei(glass.pixels(0.5, rng), 0.5, scale=SCALE)) == 0


def test_debris_and_smears_are_not_nuclei(drawing, rng):
    field = drawing(80)
    field.nucleus((20, 20), (2, 2))
    field.nucleus((50, 50), (26, 26))
    nuclei = detect_nuclei(field.pixels(0.5, rng), 0.5, scale=SCALE)
    assert len(nuclei) == 0


def test_a_pale_slide_gives_the_same_nuclei_once_its_scale_is_known(drawing, rng):
    field = drawing(110)
    for y in range(15, 100, 16):
        for x in range(15, 100, 16):
            field.nucleus((y, x), (9, 9))
    field.density *= 0.35
    pixels = field.pixels(0.5, rng)
    known = detect_nuclei(pixels, 0.5, scale=StainScale(SCALE.white, haematoxylin=0.35))
    assert len(known) == 36
    assert len(detect_nuclei(pixels, 0.5, scale=SCALE)) < 5


def test_a_crop_gives_the_nuclei_of_the_whole_away_from_its_border(plug):
    pixels, _ = plug(diameter_um=9, haematoxylin=0.6, side_um=180.0)
    whole = detect_nuclei(pixels, 0.5, scale=SCALE).centres_px
    part = detect_nuclei(pixels[80:, 60:], 0.5, scale=SCALE).centres_px + np.array([80, 60])
    # The surroundings reach 40 µm, so 80 pixels from the cut both see the same.
    deep = [c[(c[:, 0] > 160) & (c[:, 1] > 140)] for c in (whole, part)]
    assert len(deep[0]) > 10
    assert deep[0] == pytest.approx(deep[1])


def test_an_empty_map_has_no_labels():
    labels = segment_nuclei(np.zeros((40, 40), np.float32), 0.5, NucleusSettings())
    assert labels.shape == (40, 40)
    assert labels.max() == 0


def test_coarse_pixels_are_refused_with_a_remedy():
    with pytest.raises(UsageError, match=r"2 µm/px; read the slide at 0\.5"):
        detect_nuclei(np.zeros((8, 8, 3), np.uint8), 2.0)


def test_crops_beyond_the_memory_bound_are_refused():
    with pytest.raises(UsageError, match="cut it into pieces"):
        detect_nuclei(np.zeros((300, 300, 3), np.uint8), 0.5, NucleusSettings(max_megapixels=0.05))
