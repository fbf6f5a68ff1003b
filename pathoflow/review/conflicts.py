"""Two readings side by side: where they differ, how well they agree, and what both say already."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, replace

from pathoflow.metrics import cohen_kappa, rating_table
from pathoflow.mvi import Status
from pathoflow.review.reading import Reading
from pathoflow.review.words import VesselWord


@dataclass(frozen=True, slots=True)
class Conflict:
    """A vessel on which two readers differ."""

    vessel: str
    first: VesselWord
    second: VesselWord
    #: Only one of them drew it.
    is_drawn_by_one: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two readers agree on the vessels that both judged."""

    n: int
    n_agreed: int
    #: Cohen's; None where it cannot be told: too few vessels, or both know only one verdict.
    kappa: float | None


def find_conflicts(first: Reading, second: Reading) -> tuple[Conflict, ...]:
    """Vessels on which verdict, kind or cell box differ, or that only one reader drew."""
    drawn_one, drawn_other = _drawn(first), _drawn(second)
    names = dict.fromkeys([*first.words, *second.words, *drawn_one, *drawn_other])
    conflicts = []
    for name in names:
        one, other = first.on(name), second.on(name)
        by_one = (name in drawn_one) != (name in drawn_other)
        if _said(one) != _said(other) or by_one:
            conflicts.append(Conflict(name, one, other, by_one))
    return tuple(conflicts)


def agreement(first: Reading, second: Reading) -> Agreement:
    """Cohen's kappa over the vessels with a verdict of both."""
    both = [
        (one.verdict, other.verdict)
        for name in first.words
        if (one := first.on(name)).verdict and (other := second.on(name)).verdict
    ]
    names = [str(status) for status in Status]
    table = rating_table([str(b) for _, b in both], [str(a) for a, _ in both], names)
    kappa = cohen_kappa(table)
    return Agreement(len(both), int(table.trace()), None if math.isnan(kappa) else kappa)


def consensus_of(first: Reading, second: Reading) -> Reading:
    """What the consensus begins with: all that both say; verdicts on which they differ are open again.

    Outlines are those of the first reader, and those that only the second drew.
    """
    agreed = deepcopy(first)
    for slide, drawn in second.outlines.items():
        agreed.outlines[slide] = {**drawn, **agreed.outlines.get(slide, {})}
    agreed.parents = {**second.parents, **agreed.parents}
    agreed.links = tuple(dict.fromkeys((*first.links, *second.links)))
    for conflict in find_conflicts(first, second):
        agreed.words[conflict.vessel] = replace(conflict.first, verdict=None, reason=None)
    agreed.is_complete = False
    return agreed


def _drawn(reading: Reading) -> set[str]:
    return {vessel for drawn in reading.outlines.values() for vessel in drawn}


def _said(word: VesselWord) -> tuple[object, ...]:
    return word.verdict, word.named, word.cell_box
