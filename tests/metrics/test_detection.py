import pytest
from shapely.geometry import Polygon, box

from pathoflow.metrics.detection import Candidate, SlideHits


def hits(candidate: Polygon, reference: Polygon) -> bool:
    return SlideHits.of([Candidate(candidate, 1.0)], [reference]).hits[0] == {0}


def test_a_small_candidate_hits_by_its_centroid() -> None:
    # 1 of 10,000 parts of the vessel, IoU 0.0001, but inside of it.
    assert hits(box(50, 50, 51, 51), box(0, 0, 100, 100))


def test_a_candidate_beside_its_centroid_hits_from_an_iou_of_a_tenth() -> None:
    vessel = box(0, 0, 10, 1)
    # Centroid outside at x > 10; shares s of 10 + 12 - s, a tenth at s = 2.
    assert hits(box(8, 0, 20, 1), vessel)
    assert not hits(box(8.01, 0, 20.01, 1), vessel)


def test_a_crescent_hits_the_vessel_it_bends_around_only_by_overlap() -> None:
    crescent = box(0, 0, 30, 30).difference(box(3, 3, 30, 27))
    assert not hits(crescent, box(25, 25, 26, 26))


def test_a_candidate_on_an_equivocal_vein_is_neither_right_nor_wrong() -> None:
    clear, doubtful = box(0, 0, 10, 10), box(100, 0, 110, 10)
    found = SlideHits.of(
        [Candidate(doubtful, 0.9), Candidate(clear, 0.8), Candidate(box(50, 0, 60, 10), 0.7)],
        [clear],
        [doubtful],
    )
    assert found.ignored == (True, False, False)
    assert found.is_false == (False, False, True)
    assert found.n_reference == 1


def test_a_candidate_over_a_sure_and_an_equivocal_vein_is_right() -> None:
    found = SlideHits.of(
        [Candidate(box(0, 0, 20, 10), 0.9)], [box(0, 0, 10, 10)], [box(10, 0, 20, 10)]
    )
    assert found.hits == (frozenset({0}),)
    assert found.ignored == (False,)


def test_where_all_references_are_equivocal_there_is_nothing_to_find_or_to_miss() -> None:
    veins = [box(0, 0, 10, 10), box(30, 0, 40, 10)]
    found = SlideHits.of([Candidate(veins[0], 0.9)], [], veins)
    assert (found.n_reference, found.is_false) == (0, (False,))


def test_without_candidates_nothing_is_hit() -> None:
    found = SlideHits.of([], [box(0, 0, 1, 1)], [box(2, 2, 3, 3)])
    assert (found.hits, found.ignored, found.n_reference) == ((), (), 1)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        SlideHits.of([Candidate(box(0, 0, 1, 1), float("nan"))], [])
