import numpy as np

from pathoflow.cells import CLASSICAL, NamedNuclei, NucleusClass


def named(*rows):
    probability = np.array(rows, float)
    return NamedNuclei(np.arange(2.0 * len(rows)).reshape(-1, 2), probability, CLASSICAL)


def test_the_likeliest_class_counts():
    nuclei = named([0.6, 0.4, 0, 0, 0, 0], [0.4, 0.1, 0.5, 0, 0, 0], [0, 0, 0, 0, 1, 0])
    assert nuclei.count() == {
        NucleusClass.TUMOUR: 1,
        NucleusClass.HEPATOCYTE: 0,
        NucleusClass.LEUCOCYTE: 1,
        NucleusClass.ENDOTHELIUM: 0,
        NucleusClass.RED_CELL: 1,
        NucleusClass.OTHER: 0,
    }
    assert nuclei.tumour_score.tolist() == [0.6, 0.4, 0]
    assert nuclei.of(NucleusClass.LEUCOCYTE).tolist() == [0, 0.5, 0]


def test_some_of_them_keep_their_places_and_method():
    nuclei = named([1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0])
    kept = nuclei.where(np.array([False, True]))
    assert len(kept) == 1
    assert kept.centres_px.tolist() == [[2, 3]]
    assert kept.method == CLASSICAL
    assert kept.count()[NucleusClass.HEPATOCYTE] == 1


def test_red_cells_are_not_among_the_nucleated():
    nuclei = named([1, 0, 0, 0, 0, 0], [0, 0.4, 0, 0, 0.6, 0], [0, 0, 0.6, 0, 0.4, 0])
    assert nuclei.nucleated.centres_px.tolist() == [[0, 1], [4, 5]]
