import math

import numpy as np
import pytest

from pathoflow.cells import ClassifySettings, Nuclei, NucleusClass, NucleusLook, classify_nuclei


def make_nuclei(area, haematoxylin, elongation=1.15, places=None):
    """Nuclei of given areas, 12 µm apart in a row unless ``places`` says where."""
    area = np.atleast_1d(np.asarray(area, dtype=float))
    n = len(area)
    short = np.sqrt(area / (np.pi / 4 * elongation))
    if places is None:
        places = np.stack([np.zeros(n), 12.0 * np.arange(n)], axis=1)
    return Nuclei(
        np.asarray(places, dtype=float),
        area,
        np.full(n, haematoxylin, dtype=float),
        short * elongation,
        short * np.ones(n),
        np.ones(n),
    )


@pytest.mark.parametrize(
    ("area", "haematoxylin", "elongation", "expected"),
    [
        (70, 0.52, 1.1, NucleusClass.TUMOUR),
        (86, 0.60, 1.2, NucleusClass.TUMOUR),
        (40, 0.40, 1.1, NucleusClass.HEPATOCYTE),
        (28, 0.70, 1.1, NucleusClass.LEUCOCYTE),
        (38, 0.55, 4.0, NucleusClass.ENDOTHELIUM),
    ],
)
def test_textbook_nuclei_get_their_class(area, haematoxylin, elongation, expected):
    found = classify_nuclei(make_nuclei([area] * 6, haematoxylin, elongation), mpp=1.0)
    assert found.count()[expected] == 6


def test_a_cap_among_tumour_nuclei_is_a_tumour_cell_and_alone_it_is_not():
    crowd = classify_nuclei(make_nuclei([80, 80, 40, 80, 80], 0.5), mpp=1.0)
    alone = classify_nuclei(make_nuclei([40], 0.5), mpp=1.0)
    assert crowd.tumour_score[2] > 0.5 > alone.tumour_score[0]


def test_a_lymphocyte_inside_a_tumour_plug_stays_visible():
    nuclei = make_nuclei([80, 80, 18, 80, 80], 0.5)
    nuclei.haematoxylin[2] = 0.85
    found = classify_nuclei(nuclei, mpp=1.0)
    assert found.tumour_score[2] < 0.5
    assert (np.delete(found.tumour_score, 2) > 0.5).all()


def test_neighbours_beyond_the_radius_have_no_say():
    near = make_nuclei([40, 90], 0.5, places=[(0, 0), (0, 34)])
    far = make_nuclei([40, 90], 0.5, places=[(0, 0), (0, 36)])
    alone = classify_nuclei(make_nuclei([40], 0.5), mpp=1.0).tumour_score[0]
    assert classify_nuclei(far, mpp=1.0).tumour_score[0] == pytest.approx(alone)
    assert classify_nuclei(near, mpp=1.0).tumour_score[0] > alone


def test_the_radius_is_in_micrometres():
    nuclei = make_nuclei([40, 90], 0.5, places=[(0, 0), (0, 60)])
    assert (
        classify_nuclei(nuclei, mpp=0.5).tumour_score[0]
        > classify_nuclei(nuclei, mpp=1.0).tumour_score[0]
    )


def test_the_score_of_a_lone_nucleus_is_bayes_rule():
    looks = {
        NucleusClass.TUMOUR: NucleusLook(80.0, 0.5, 0.5, 0.1),
        NucleusClass.HEPATOCYTE: NucleusLook(40.0, 0.4, 0.4, 0.1),
    }
    settings = ClassifySettings(looks=looks, tumour_odds=2.0)
    score = classify_nuclei(make_nuclei([55], 0.47), 1.0, settings).tumour_score[0]

    def normal(deviation, spread):
        return math.exp(-((deviation / spread) ** 2) / 2) / spread

    tumour = 2.0 * normal(math.log(55 / 80), 0.5) * normal(0.47 - 0.5, 0.1)
    benign = normal(math.log(55 / 40), 0.4) * normal(0.47 - 0.4, 0.1)
    # The elongation is judged alike in both and cancels.
    assert score == pytest.approx(tumour / (tumour + benign))


def test_what_no_class_explains_is_other_and_counts_for_nothing():
    found = classify_nuclei(make_nuclei([80], 2.5), mpp=1.0)
    assert found.count()[NucleusClass.OTHER] == 1
    assert found.tumour_score[0] == 0


def test_no_nuclei_have_no_classes():
    found = classify_nuclei(make_nuclei(np.zeros(0), 0.5), mpp=1.0)
    assert set(found.count().values()) == {0}
