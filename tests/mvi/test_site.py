from __future__ import annotations

from pathoflow.mvi.site import Site


def test_a_site_says_near_or_far_and_a_margin_says_neither() -> None:
    assert {site: site.is_far for site in Site} == {
        Site.INTERFACE: False,
        Site.NEAR: False,
        Site.FAR: True,
        Site.TUMOUR_CENTRE: False,
        Site.MARGIN: None,
        Site.UNKNOWN: None,
    }
