"""The review of one case: everything a reader does, headless; the viewer is one caller of it, scripts are another.

    actions ─> journal (review.jsonl) ─> state ─> decisions ─> grades of the case
                                          └─> outlines ─> measurements, labels/vessels_reviewed

Only the journal is written as a truth; the rest follows from it and from what the machine left.
"""

from __future__ import annotations

from pathlib import Path

from pathoflow.errors import ReviewRefused
from pathoflow.review.case_verbs import CaseVerbs
from pathoflow.review.outline_verbs import OutlineVerbs
from pathoflow.review.signing_verbs import SigningVerbs
from pathoflow.review.state import signed_state
from pathoflow.review.versions import write_labels
from pathoflow.review.vessel_verbs import VesselVerbs


class Review(VesselVerbs, OutlineVerbs, CaseVerbs, SigningVerbs):
    """One case under review; made by `pathoflow.review.open_case`."""

    def export_labels(self, to: Path | str, version: int | None = None) -> list[Path]:
        """Write the reviewed outlines as a label set for training, as they are now or as a version was signed.

        Raises
        ------
        ReviewRefused
            There is no such version.
        NoSpace, EnvironmentFault
            The folder cannot be written.
        """
        reading = self.reading
        if version is not None:
            state = signed_state(self.journal.entries, version)
            if state is None:
                raise ReviewRefused(f"{self.case.id} has no signed version {version}")
            reading = state.current
        return write_labels(Path(to), self.case, self.records, reading)
