"""What one reader says, and what is settled for all readers: the two halves of a review's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pathoflow.mvi import Site, TumourBurden
from pathoflow.review.words import NoteOn, Place, VesselWord

#: GeoJSON Polygon in level-0 (x, y), as result.json keeps outlines.
Outline = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was measured on a slide."""

    slide: str
    start: Place
    end: Place
    #: Its length, µm.
    um: float
    #: The vessel whose distance it is; empty for a line by itself.
    vessel: str = ""


@dataclass
class Reading:
    """One reader's words; a second reader begins with an empty one."""

    words: dict[str, VesselWord] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    #: By what they are about and its id (the case's is empty).
    notes: dict[tuple[NoteOn, str], str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    #: By slide and vessel: the outline as it was drawn, None where it was taken away.
    outlines: dict[str, dict[str, Outline | None]] = field(default_factory=dict)
    #: New outlines -> the machine's or other outlines that they were made of.
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_complete: bool = False

    def on(self, vessel: str) -> VesselWord:
        """The word on one vessel; an empty one where there is none."""
        return self.words.get(vessel, VesselWord())


@dataclass
class Material:
    """Facts of the material, the same for every reader."""

    sites: dict[str, Site] = field(default_factory=dict)
    #: Slides whose tumour was drawn anew: all its outlines; an empty list says there is none.
    tumours: dict[str, tuple[Outline, ...]] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    #: By slide and number of the piece: why it is left out.
    excluded_pieces: dict[str, dict[int, str]] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    overruled: dict[str, str] = field(default_factory=dict)
    burden: TumourBurden | None = None
