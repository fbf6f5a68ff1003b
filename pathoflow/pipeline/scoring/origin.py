"""Where truths come from, so that no figure of painted slides is ever taken for one of patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: So many seeds are named one by one in a line of text; JSON names all.
_FEW_SEEDS = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one truth comes from; painted truth names what painted it."""

    is_synthetic: bool = False
    generator_version: str | None = None
    seed: int | None = None
    family: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As every score of one slide carries it."""
        return {
            "data": "synthetic" if self.is_synthetic else "real",
            "synthetic": self.is_synthetic,
            "generator_version": self.generator_version,
            "seed": self.seed,
            "family": self.family,
        }


def origins_json(origins: Sequence[Origin]) -> dict[str, Any]:
    """As every score of many slides carries it; one painted slide makes the whole synthetic."""
    painted = [origin for origin in origins if origin.is_synthetic]
    kind = "real" if not painted else "synthetic" if len(painted) == len(origins) else "mixed"
    return {
        "data": kind,
        "synthetic": bool(painted),
        "generator_versions": sorted({o.generator_version for o in painted if o.generator_version}),
        "seeds": sorted({o.seed for o in painted if o.seed is not None}),
        "families": sorted({o.family for o in painted if o.family}),
    }


def origin_label(known: Mapping[str, Any]) -> str:
    """One line of text for the JSON of one origin or of many; empty for real slides."""
    if not known.get("synthetic"):
        return ""
    words = ["partly synthetic" if known.get("data") == "mixed" else "synthetic"]
    words += _named("generator", known.get("generator_versions"), known.get("generator_version"))
    words += _named("family", known.get("families"), known.get("family"))
    seeds = known.get("seeds")
    if seeds and len(seeds) > _FEW_SEEDS:
        words.append(f"{len(seeds)} seeds {seeds[0]} to {seeds[-1]}")
    else:
        words += _named("seed", seeds, known.get("seed"))
    return ", ".join(words)


def _named(word: str, many: Sequence[Any] | None, one: Any) -> list[str]:
    values = [one] if many is None else list(many)
    said = " ".join(str(value) for value in values if value is not None)
    return [f"{word} {said}"] if said else []
