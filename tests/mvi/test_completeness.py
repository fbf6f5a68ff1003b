from __future__ import annotations

from pathoflow.mvi.case_slide import CaseSlide
from pathoflow.mvi.completeness import check_sampling
from pathoflow.mvi.sentences import say
from pathoflow.mvi.site import Site


def slides(*sites: Site, status: str = "ok") -> list[CaseSlide]:
    return [
        CaseSlide(f"{status}{i}", f"{status}{i}", s, status=status) for i, s in enumerate(sites)
    ]


SEVEN = (*(Site.INTERFACE,) * 4, Site.TUMOUR_CENTRE, Site.NEAR, Site.FAR)


def test_seven_blocks_cover_the_protocol() -> None:
    found = check_sampling(slides(*SEVEN))
    assert (found.is_complete, found.n_points, found.missing) == (True, 7, [])


def test_what_is_missing_is_named_and_more_of_one_site_makes_up_for_nothing() -> None:
    found = check_sampling(slides(*(Site.INTERFACE,) * 3, *(Site.NEAR,) * 5, Site.MARGIN))
    assert found.n_points == 4
    assert [say(one) for one in found.missing] == [
        "1 block of the border between tumour and liver is missing (3 of 4 there).",
        "A block of the tumour's centre is missing.",
        "A block of liver beyond 1 cm of the tumour is missing.",
    ]


def test_two_sections_of_one_block_are_one_point() -> None:
    twice = [CaseSlide(f"s{i}", "A", Site.INTERFACE, status="ok") for i in range(4)]
    assert check_sampling(twice).n_points == 1
    # The same name on two tumours is two blocks, and so are slides that name none.
    two = [CaseSlide(f"s{i}", "A", Site.INTERFACE, f"T{i}", status="ok") for i in range(2)]
    assert check_sampling(two).n_points == 2
    nameless = [CaseSlide(f"s{i}", "", Site.INTERFACE, status="ok") for i in range(4)]
    assert check_sampling(nameless).n_points == 4


def test_failed_missing_and_left_out_slides_cover_nothing() -> None:
    found = check_sampling([*slides(*SEVEN[:6]), *slides(Site.FAR, status="failed")])
    assert [say(one) for one in found.missing] == [
        "A block of liver beyond 1 cm of the tumour is missing; 1 expected, not analysed."
    ]
    assert check_sampling(slides(*SEVEN), left_out={"ok6"}).n_points == 6


def test_blocks_without_a_site_may_be_those_that_are_missing() -> None:
    found = check_sampling(slides(*SEVEN[:6], Site.UNKNOWN))
    assert say(found.missing[-1]) == "1 block states no site, and may be among them."
    assert check_sampling(slides(*SEVEN, Site.UNKNOWN)).missing == []
