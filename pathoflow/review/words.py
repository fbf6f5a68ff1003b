"""The words of a review: reasons, kinds, stages, and one reader's word on one vessel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pathoflow.mvi import Kind, Location, MuscularWall, Status
from pathoflow.mvi.kind_counts import CellBox


class Reason(StrEnum):
    """Why a vessel is not invaded, or no vessel at all; exported for training."""

    RBC = "rbc"
    INFLAMMATION = "inflammation"
    RETRACTION = "retraction"
    ARTEFACT = "artefact"
    DUCT = "duct"
    SINUSOID = "sinusoid"
    OTHER = "other"

    @property
    def is_no_vessel(self) -> bool:
        """Whether the outline holds no vessel, rather than a vessel without carcinoma."""
        return self in (Reason.RETRACTION, Reason.ARTEFACT, Reason.DUCT, Reason.SINUSOID)


class Named(StrEnum):
    """What a reader calls an outline: a kind of vessel, or a bile duct, which leaves the count."""

    PORTAL = "portal"
    HEPATIC = "hepatic"
    CAPSULAR = "capsular"
    ARTERY = "artery"
    LYMPHATIC = "lymphatic"
    UNKNOWN = "unknown"
    DUCT = "duct"

    @property
    def kind(self) -> Kind | None:
        """The kind of vessel; None for a duct."""
        return None if self is Named.DUCT else Kind(self.value)


class ReviewStage(StrEnum):
    """Where a case stands on the pathologist's path.

    new -> running -> ready -> in_review -> (second_review -> consensus) -> signed -> amended -> signed ...

    `qc_failed` and `stale` are states beside the path: a slide failed, or a slide or its result changed.
    """

    #: No slide has been analysed.
    NEW = "new"
    #: Some slides have been analysed.
    RUNNING = "running"
    #: All slides are there, and nobody has begun.
    READY = "ready"
    IN_REVIEW = "in_review"
    SECOND_REVIEW = "second_review"
    CONSENSUS = "consensus"
    SIGNED = "signed"
    #: Opened again after signing, with a reason.
    AMENDED = "amended"
    QC_FAILED = "qc_failed"
    STALE = "stale"


class NoteOn(StrEnum):
    """What a note is about."""

    CASE = "case"
    SLIDE = "slide"
    VESSEL = "vessel"


#: A place in level-0 pixels, (y, x).
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class VesselWord:
    """One reader's word on one vessel; None leaves it as the machine saw it."""

    verdict: Status | None = None
    reason: Reason | None = None
    named: Named | None = None
    location: Location | None = None
    muscular_wall: MuscularWall | None = None
    n_cells: int | None = None
    cell_box: CellBox | None = None
    #: Distance measured by hand, µm.
    dist_edge_um: float | None = None
    #: Nuclei that the reader marked, and detected ones that the reader struck out.
    added_nuclei: tuple[Place, ...] = ()
    removed_nuclei: tuple[Place, ...] = ()
