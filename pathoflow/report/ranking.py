"""The order of vessels in a report: by suspicion, with the numbers that the pictures carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ranked:
    """One vessel of ``result.json`` with its number; 1 is the most suspicious of the slide."""

    number: int
    is_candidate: bool
    vessel: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The vessel's UUID."""
        return str(self.vessel["id"])


def rank_vessels(result: Mapping[str, Any]) -> list[Ranked]:
    """Order all vessels of ``result`` by falling ``p_mvi``; the first ``mvi.n_candidates`` are the candidates.

    A candidate is called by its score, so the called ones are the head of this order and their count is the
    result's own; nothing is called a second time here. Vessels without a score come last, equal scores are
    ordered by id.
    """
    vessels = sorted(result.get("vessels") or (), key=_suspicion)
    n_candidates = count_candidates(result)
    return [Ranked(index + 1, index < n_candidates, vessel) for index, vessel in enumerate(vessels)]


def count_candidates(result: Mapping[str, Any]) -> int:
    """How many vessels the analysis called, as it says itself; 0 where it made no call."""
    return int((result.get("mvi") or {}).get("n_candidates") or 0)


def _suspicion(vessel: Mapping[str, Any]) -> tuple[bool, float, str]:
    p_mvi = vessel.get("p_mvi")
    return p_mvi is None, -float(p_mvi or 0.0), str(vessel["id"])
