"""Parts of a data set that share no patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError


def split_by_group(
    groups: Sequence[str], shares: Mapping[str, float], seed: int
) -> dict[str, NDArray[np.intp]]:
    """Deal whole groups (patients) out to parts, so that patches come close to the shares.

    Parameters
    ----------
    groups
        Patient of every patch.
    shares
        Part -> its share of the patches; need not sum to one.
    seed
        The same seed deals the same groups alike, whatever the order of the patches.

    Returns
    -------
    Part -> rising indices of its patches. Every patch is in one part, and no part is empty.

    Raises
    ------
    UsageError
        There are fewer groups than parts, or a share is not positive.
    """
    if not shares or min(shares.values()) <= 0:
        raise UsageError(f"shares must be positive numbers, not {dict(shares)}.")
    sizes = Counter(groups)
    if len(sizes) < len(shares):
        raise UsageError(
            f"{len(sizes)} patients cannot be split into {len(shares)} parts ({', '.join(shares)}): "
            "outline slides of more patients, or ask for fewer parts."
        )
    names = sorted(sizes)
    rng = np.random.default_rng(seed)
    order = [names[i] for i in rng.permutation(len(names))]
    total = sum(shares.values())
    missing = {part: len(groups) * share / total for part, share in shares.items()}
    empty = set(shares)
    home: dict[str, str] = {}
    for place, name in enumerate(order):
        # The last groups go to the parts that still have none.
        open_parts = empty if len(order) - place <= len(empty) else set(shares)
        part = max((p for p in shares if p in open_parts), key=lambda p: missing[p])
        home[name] = part
        missing[part] -= sizes[name]
        empty.discard(part)
    parts = np.array([home[name] for name in groups])
    return {part: np.flatnonzero(parts == part) for part in shares}


def assert_disjoint(parts: Mapping[str, Sequence[str]]) -> None:
    """Make sure that no patient is in two parts.

    Parameters
    ----------
    parts
        Part -> patient of every patch in it.

    Raises
    ------
    UsageError
        A patient is in two parts; figures on the one would flatter what learned on the other.
    """
    seen: dict[str, str] = {}
    for part, groups in parts.items():
        for name in sorted(set(groups)):
            if name in seen:
                raise UsageError(
                    f'patient "{name}" is in both {seen[name]} and {part}: leave the slides out of one.'
                )
            seen[name] = part
