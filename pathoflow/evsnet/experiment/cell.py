"""The figures of one table: all seeds of one task, number of labels and test set."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

from pathoflow.evsnet.experiment.arms import ALL, BASE


@dataclass(frozen=True)
class Cell:
    """All seeds of one task, number of labels and test set, by arm: ``seeds[arm][seed][figure]``."""

    task: str
    title: str
    n_labels: int
    test: str
    seeds: dict[str, dict[int, dict[str, float]]]

    def values(self, arm: str, figure: str) -> list[float]:
        """One figure of an arm, seed by seed."""
        return [scores[figure] for _, scores in sorted(self.seeds.get(arm, {}).items())]

    def gains(self, arm: str, figure: str) -> list[float]:
        """What an arm has over the supervised one, in points, seed by seed."""
        own, base = self.seeds.get(arm, {}), self.seeds.get(BASE, {})
        return [100 * (own[s][figure] - base[s][figure]) for s in sorted(own) if s in base]

    def gap_closed(self, arm: str, figure: str) -> float | None:
        """Share of the way from the supervised arm to the one with all labels, of means over seeds."""
        gains, whole = self.gains(arm, figure), self.gains(ALL, figure)
        return mean(gains) / mean(whole) if gains and whole and mean(whole) > 0 else None
