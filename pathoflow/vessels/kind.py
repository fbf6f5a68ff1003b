"""The words for what a vessel is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Which vessel it is."""

    PORTAL = "portal"
    HEPATIC = "hepatic"
    CAPSULAR = "capsular"
    ARTERY = "artery"
    LYMPHATIC = "lymphatic"
    UNKNOWN = "unknown"


class MuscularWall(StrEnum):
    """Whether the vessel's wall holds smooth muscle."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
