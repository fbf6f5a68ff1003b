"""Whether a case was sampled as the seven-point protocol asks (Cong et al. 2016, World J Gastroenterol 22:9279).

At least four blocks of the border between tumour and liver, at 12, 3, 6 and 9 o'clock; one of the tumour's
centre; one of near and one of far liver. Blocks count, not slides: two sections of one block are one point.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pathoflow.mvi.case_slide import CaseSlide
from pathoflow.mvi.language import Phrase, phrase
from pathoflow.mvi.site import Site

#: Fewest blocks of each site.
SEVEN_POINTS = {Site.INTERFACE: 4, Site.TUMOUR_CENTRE: 1, Site.NEAR: 1, Site.FAR: 1}


@dataclass(frozen=True, slots=True)
class SiteCover:
    """One site of the protocol."""

    site: Site
    n_wanted: int
    #: Blocks that were analysed.
    n_found: int
    #: Blocks that were expected and could not be analysed, or are left out.
    n_lost: int

    @property
    def n_missing(self) -> int:
        """Blocks that the protocol still asks for."""
        return max(0, self.n_wanted - self.n_found)


@dataclass(frozen=True, slots=True)
class Completeness:
    """All sites, and what cannot be placed."""

    sites: tuple[SiteCover, ...]
    #: Analysed blocks without a stated site.
    n_unplaced: int

    @property
    def is_complete(self) -> bool:
        """Whether every site has the blocks that the protocol asks for."""
        return not any(cover.n_missing for cover in self.sites)

    @property
    def n_points(self) -> int:
        """Points of the seven that are covered."""
        return sum(min(cover.n_found, cover.n_wanted) for cover in self.sites)

    @property
    def missing(self) -> list[Phrase]:
        """What is missing, in words; empty where nothing is."""
        said = [
            phrase(
                f"sampling.{cover.site}",
                n=cover.n_missing,
                found=cover.n_found,
                lost=phrase("sampling.lost", n=cover.n_lost) if cover.n_lost else "",
            )
            for cover in self.sites
            if cover.n_missing
        ]
        if said and self.n_unplaced:
            said.append(phrase("sampling.unplaced", n=self.n_unplaced))
        return said


def check_sampling(slides: Sequence[CaseSlide], left_out: Collection[str] = ()) -> Completeness:
    """Count blocks per site; slides in ``left_out`` (by id) do not cover theirs."""
    found: dict[Site, set[str]] = {site: set() for site in Site}
    expected: dict[Site, set[str]] = {site: set() for site in Site}
    for slide in slides:
        # Without the name of a block every slide is taken as one of its own.
        block = f"block {slide.tumour}/{slide.block}" if slide.block else f"slide {slide.id}"
        expected[slide.site].add(block)
        if slide.is_analysed and slide.id not in left_out:
            found[slide.site].add(block)
    covers = tuple(
        SiteCover(site, n, len(found[site]), len(expected[site] - found[site]))
        for site, n in SEVEN_POINTS.items()
    )
    return Completeness(covers, len(found[Site.UNKNOWN]))
