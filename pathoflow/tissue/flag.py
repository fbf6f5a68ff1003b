"""One remark on the quality of a slide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Flag:
    """A stable code, how bad it is, and one sentence for people.

    Attributes
    ----------
    area_um2
        Tissue concerned, µm², where the remark has a place.
    mask
        The place, in the frame of the tissue mask, shape ``(h, w)``.
    """

    code: Code
    severity: Severity
    message: str
    area_um2: float | None = None
    mask: NDArray[np.bool_] | None = field(default=None, repr=False, compare=False)
