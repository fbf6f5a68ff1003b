"""Which kind of vessel it is, suggested by Bayes' rule from what lies around it and what its wall is like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pathoflow.vessels.companions import SORTS, Sort
from pathoflow.vessels.kind import Kind, MuscularWall


@dataclass(frozen=True, slots=True)
class SuggestSettings:
    """How evidence is weighed; our choice where nothing else is named."""

    #: A kind is named from this probability on.
    min_probability: float = 0.6
    #: Every piece of evidence but the place in the capsule counts with this power: duct, artery and stroma are three signs of one tract and not
    #: independent, so together they would claim too much.
    weight: float = 0.7
    #: Share of the ducts in a section that the map shows, and share of places without any where it shows one.
    duct_seen: float = 0.9
    duct_false: float = 0.03
    #: The same of arteries: many measure less than the 25 µm from which vessels are kept.
    artery_seen: float = 0.5
    artery_false: float = 0.03
    #: Bounds of hardly and mostly stroma in the ring.
    stroma_bounds: tuple[float, float] = (0.2, 0.6)
    #: A wall from here on holds muscle: sublobular veins 15 to 80 µm (DOMAIN §7.2) ...
    muscular_um: float = 15.0
    #: ... and one up to here none: portal veins of small tracts 2 to 8 µm.
    not_muscular_um: float = 8.0
    #: Walls are measured no thinner than this part of the lumen: half a pixel of 2 µm beside a lumen of 50 µm.
    least_wall_ratio: float = 0.02


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is asked about one vessel; None is unknown and has no say."""

    diameter_um: float
    #: None of a vessel that an edge cuts: its shape is the edge's.
    elongation: float | None = None
    wall_thickness_um: float | None = None
    lumen_diameter_um: float | None = None
    stroma_share: float | None = None
    n_ducts: int | None = None
    duct_um: float | None = None
    n_arteries: int | None = None
    in_capsule: bool | None = None

    @property
    def wall_ratio(self) -> float | None:
        """Thickness of the wall over diameter of the lumen."""
        if self.wall_thickness_um is None or not self.lumen_diameter_um:
            return None
        return self.wall_thickness_um / self.lumen_diameter_um

    @property
    def is_empty(self) -> bool:
        """Whether no map said anything, so that only the outline is known."""
        known = (self.wall_ratio, self.stroma_share, self.n_ducts, self.n_arteries)
        return all(value is None for value in known)


@dataclass(frozen=True)
class KindSuggestion:
    """A kind with its probability and the evidence in words; to be checked, never a finding."""

    kind: Kind
    #: Of the most probable kind, also where it is too low to name it; None where nothing is known.
    probability: float | None
    #: Of every kind but unknown; empty where nothing is known.
    probabilities: Mapping[Kind, float]
    muscular_wall: MuscularWall
    #: Short sentences, one for each piece of evidence.
    reasons: tuple[str, ...]


def suggest_kind(evidence: Evidence, settings: SuggestSettings) -> KindSuggestion:
    """The kind that the evidence makes most probable.

    Unknown where that is less than the least probability, and where nothing is known of the stroma that would join
    a vein with its companions.
    """
    wall = _muscle(evidence, settings)
    if evidence.is_empty:
        return KindSuggestion(Kind.UNKNOWN, None, {}, wall, ())
    scores = [
        math.log(sort.prior)
        + settings.weight * sum(_logs(sort, evidence, settings))
        + _log_place(sort, evidence)
        for sort in SORTS
    ]
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    probabilities: dict[Kind, float] = {}
    for sort, share in zip(SORTS, shares, strict=True):
        probabilities[sort.kind] = probabilities.get(sort.kind, 0.0) + share / sum(shares)
    best = max(probabilities, key=probabilities.__getitem__)
    probability = probabilities[best]
    # Veins are told apart by their companions; an artery shows by itself.
    may_name = best is Kind.ARTERY or evidence.stroma_share is not None
    kind = best if may_name and probability >= settings.min_probability else Kind.UNKNOWN
    if kind is Kind.ARTERY:
        wall = MuscularWall.YES
    return KindSuggestion(kind, probability, probabilities, wall, _words(evidence))


def _logs(sort: Sort, evidence: Evidence, settings: SuggestSettings) -> Iterator[float]:
    """Logarithm of the likelihood of every known piece of evidence."""
    yield sort.diameter_um.log_density(evidence.diameter_um)
    if evidence.elongation is not None:
        yield sort.elongation.log_density(evidence.elongation)
    if evidence.wall_ratio is not None:
        yield sort.wall_ratio.log_density(max(evidence.wall_ratio, settings.least_wall_ratio))
    if evidence.stroma_share is not None:
        low, high = settings.stroma_bounds
        yield math.log(
            sort.stroma[(evidence.stroma_share >= low) + (evidence.stroma_share >= high)]
        )
    if evidence.n_ducts is not None:
        seen = _seen(sort.duct, settings.duct_seen, settings.duct_false)
        yield math.log(seen if evidence.n_ducts else 1 - seen)
    if evidence.n_arteries is not None:
        seen = _seen(sort.artery, settings.artery_seen, settings.artery_false)
        yield math.log(seen if evidence.n_arteries else 1 - seen)


def _log_place(sort: Sort, evidence: Evidence) -> float:
    """To lie in the capsule is what makes a vein capsular, not one more sign of a tract: it counts in full."""
    if evidence.in_capsule is None:
        return 0.0
    return math.log(sort.capsule if evidence.in_capsule else 1 - sort.capsule)


def _seen(frequency: float, sensitivity: float, false: float) -> float:
    """Probability that a companion is seen, of one that is there as often as ``frequency``."""
    return frequency * sensitivity + (1 - frequency) * false


def _muscle(evidence: Evidence, settings: SuggestSettings) -> MuscularWall:
    if evidence.wall_thickness_um is None:
        return MuscularWall.UNKNOWN
    if evidence.wall_thickness_um >= settings.muscular_um:
        return MuscularWall.YES
    if evidence.wall_thickness_um <= settings.not_muscular_um:
        return MuscularWall.NO
    return MuscularWall.UNKNOWN


def _words(evidence: Evidence) -> tuple[str, ...]:
    said = []
    if evidence.n_ducts is not None:
        if not evidence.n_ducts:
            said.append("No bile duct near it in the same stroma.")
        elif evidence.n_ducts == 1:
            said.append(f"A bile duct in the same stroma, {evidence.duct_um:.0f} µm away.")
        else:
            said.append(
                f"{evidence.n_ducts} bile ducts in the same stroma, the nearest {evidence.duct_um:.0f} µm away."
            )
    if evidence.n_arteries is not None:
        number = {0: "No artery", 1: "An artery"}.get(
            evidence.n_arteries, f"{evidence.n_arteries} arteries"
        )
        said.append(f"{number} near it in the same stroma.")
    if evidence.stroma_share is not None:
        said.append(f"Stroma takes {evidence.stroma_share:.0%} of the ring around it.")
    if evidence.in_capsule:
        said.append("It lies in stroma that runs along the tumour's border.")
    if evidence.wall_ratio is not None:
        said.append(
            f"Its wall is {evidence.wall_thickness_um:.0f} µm thick, {evidence.wall_ratio:.2g} of the width of its lumen."
        )
    said.append(f"It is {evidence.diameter_um:.0f} µm wide.")
    return tuple(said)
