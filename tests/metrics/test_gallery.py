import math

import pytest

from pathoflow.metrics.detection import SlideHits
from pathoflow.metrics.gallery import GalleryScore, score_gallery

HIT, MISS = frozenset({0}), frozenset[int]()


def test_the_first_pictures_of_a_case_come_from_all_its_slides() -> None:
    first = SlideHits((0.9, 0.2), (MISS, HIT), 1)
    second = SlideHits((0.8, 0.7), (HIT, MISS), 2)
    top = score_gallery([first, second], 2)
    assert (top.n_shown, top.n_true) == (2, 1)
    assert top.ppv == 0.5
    assert top.case_sensitivity == 1
    assert score_gallery([first, second], 1).case_sensitivity == 0


def test_two_pictures_of_one_vessel_are_both_right() -> None:
    assert score_gallery([SlideHits((0.9, 0.8), (HIT, HIT), 1)], 10).ppv == 1


def test_pictures_of_ignored_references_take_a_place_but_no_part_in_the_share() -> None:
    slide = SlideHits((0.9, 0.8, 0.7), (MISS, HIT, MISS), 1, (True, False, False))
    top = score_gallery([slide], 3)
    assert (top.n_shown, top.n_ignored) == (3, 1)
    assert top.ppv == 0.5
    assert score_gallery([slide], 1).case_sensitivity == 0


def test_only_cases_with_invasion_can_be_missed() -> None:
    cases = [
        [SlideHits((0.9,), (HIT,), 1)],
        [SlideHits((0.9,), (MISS,), 1)],
        [SlideHits((0.9,), (MISS,), 0)],
        [SlideHits((), (), 1)],
    ]
    total = sum((score_gallery(case, 5) for case in cases), GalleryScore())
    assert total.case_sensitivity == pytest.approx(1 / 3)
    assert total.ppv == pytest.approx(1 / 3)


def test_an_empty_gallery_and_one_of_doubt_alone_have_no_share() -> None:
    assert math.isnan(score_gallery([SlideHits((), (), 0)], 10).ppv)
    doubt = score_gallery([SlideHits((0.9,), (MISS,), 0, (True,))], 10)
    assert math.isnan(doubt.ppv)
    assert math.isnan(doubt.case_sensitivity)


def test_a_gallery_without_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        score_gallery([], 0)
