"""Where in the specimen a block was cut, and what that says of a vessel nobody could measure."""

from __future__ import annotations

from enum import StrEnum


class Site(StrEnum):
    """Where a block was cut from, as the pathologist who cut it states."""

    INTERFACE = "interface"
    NEAR = "near"
    FAR = "far"
    TUMOUR_CENTRE = "tumour_centre"
    MARGIN = "margin"
    UNKNOWN = ""

    @property
    def is_far(self) -> bool | None:
        """Whether its vessels lie beyond 1 cm of the tumour; None where the site does not say.

        A margin is no distance: it may lie anywhere.
        """
        match self:
            case Site.FAR:
                return True
            case Site.NEAR | Site.INTERFACE | Site.TUMOUR_CENTRE:
                return False
        return None
