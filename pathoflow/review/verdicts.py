"""From a reader's words to the decisions that grading takes."""

from __future__ import annotations

from collections.abc import Iterable

from pathoflow.mvi import Decisions, Status, VesselDecision
from pathoflow.review.edits import SlideEdits
from pathoflow.review.reading import Material, Reading
from pathoflow.review.words import Named, VesselWord


def decisions_of(
    reading: Reading, material: Material, edits: Iterable[SlideEdits], known: Iterable[str]
) -> Decisions:
    """All decisions of one reading; words on outlines that are gone wait until these come back.

    Parameters
    ----------
    known
        Ids of the machine's listed vessels.
    """
    edits = list(edits)
    added = tuple(one for slide in edits for one in slide.added)
    removed = frozenset(name for slide in edits for name in slide.removed)
    there = ({*known} | {one.vessel.id for one in added}) - removed
    return Decisions(
        vessels={name: _decision(word) for name, word in reading.words.items() if name in there},
        added=added,
        same_vessel=tuple(pair for pair in reading.links if there.issuperset(pair)),
        excluded_pieces={slide: dict(p) for slide, p in material.excluded_pieces.items() if p},
        excused=dict(material.excused),
        overruled=dict(material.overruled),
        sites=dict(material.sites),
        confirmed_tumours=material.confirmed,
        burden=material.burden,
        complete=reading.is_complete,
        remeasured=tuple(one for slide in edits for one in slide.remeasured),
        removed=removed,
    )


def _decision(word: VesselWord) -> VesselDecision:
    # A duct is no vessel: whatever was said of it before, it does not count.
    is_duct = word.named is Named.DUCT
    return VesselDecision(
        Status.REJECTED if is_duct else word.verdict,
        None if word.named is None else word.named.kind,
        word.location,
        word.dist_edge_um,
        word.n_cells,
        word.muscular_wall,
        word.cell_box,
    )
