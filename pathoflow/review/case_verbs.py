"""What a reader says about blocks, slides, tumours and the case as a whole, and taking things back."""

from __future__ import annotations

from collections.abc import Sequence

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Site, TumourBurden
from pathoflow.review.actions import Undo
from pathoflow.review.core import ReviewCore
from pathoflow.review.entry import Entry
from pathoflow.review.material_actions import (
    ConfirmTumour,
    DrawTumour,
    ExcludePiece,
    Excuse,
    Overrule,
    StateBurden,
    StateSite,
)
from pathoflow.review.outline_verbs import Drawn, as_outline
from pathoflow.review.reading_actions import Complete
from pathoflow.review.state import last_to_redo, last_to_undo


class CaseVerbs(ReviewCore):
    """Sites, pieces, tumours, completeness, undo; errors are those of `act`."""

    def state_site(self, slide: str, site: Site | str, by: str = "") -> Entry:
        """Say where the block of a slide was cut."""
        return self.act(StateSite(slide, Site(site)), by)

    def confirm_tumour(self, slide: str, is_confirmed: bool = True, by: str = "") -> Entry:
        """The tumour outline of a slide is right; or not yet, after all."""
        return self.act(ConfirmTumour(slide, is_confirmed), by)

    def draw_tumour(self, slide: str, outlines: Sequence[Drawn], by: str = "") -> Entry:
        """Draw the tumour of a slide anew, all of it; this confirms it, and every distance follows.

        Raises
        ------
        ReviewRefused
            An outline has no area.
        """
        return self.act(DrawTumour(slide, tuple(as_outline(one) for one in outlines)), by)

    def exclude_piece(self, slide: str, piece: int, reason: str, by: str = "") -> Entry:
        """Leave a piece or ribbon out."""
        return self.act(ExcludePiece(slide, piece, _reason(reason)), by)

    def include_piece(self, slide: str, piece: int, by: str = "") -> Entry:
        """Take a piece in again."""
        return self.act(ExcludePiece(slide, piece, ""), by)

    def excuse(self, slide: str, reason: str, by: str = "") -> Entry:
        """Go on without a slide that failed, is missing or cannot be graded."""
        found = next((one for one in self.case.slides if one.id == slide), None)
        if found is not None and found.is_analysed and not found.is_refused:
            raise ReviewRefused(
                f"slide {slide} is in order and cannot be excused; leave a piece out instead"
            )
        return self.act(Excuse(slide, _reason(reason)), by)

    def withdraw_excuse(self, slide: str, by: str = "") -> Entry:
        """Take an excused slide in again."""
        return self.act(Excuse(slide, ""), by)

    def overrule(self, slide: str, reason: str, by: str = "") -> Entry:
        """Grade a slide although its codes forbid it."""
        return self.act(Overrule(slide, _reason(reason)), by)

    def withdraw_overrule(self, slide: str, by: str = "") -> Entry:
        """Let the codes of a slide hold again."""
        return self.act(Overrule(slide, ""), by)

    def state_burden(
        self, largest_um: float | None = None, n_tumours: int | None = None, by: str = ""
    ) -> Entry:
        """State size and number of the tumours, for the stage."""
        return self.act(StateBurden(TumourBurden(largest_um, n_tumours)), by)

    def complete(self, is_complete: bool = True, by: str = "") -> Entry:
        """All candidates are seen, and the slides were searched without aid; or not yet."""
        return self.act(Complete(is_complete), by)

    def undo(self, by: str = "") -> Entry:
        """Take the last action back, of this or an earlier session, until the case is signed.

        Raises
        ------
        ReviewRefused
            There is nothing to take back.
        """
        last = last_to_undo(self.journal.entries)
        if last is None:
            raise ReviewRefused(f"nothing of {self.case.id} can be undone")
        return self.act(Undo(last.seq), by)

    def redo(self, by: str = "") -> Entry:
        """Do again what was taken back last.

        Raises
        ------
        ReviewRefused
            Nothing was taken back, or another action came after it.
        """
        last = last_to_redo(self.journal.entries)
        if last is None:
            raise ReviewRefused(f"nothing of {self.case.id} can be done again")
        return self.act(Undo(last.seq), by)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReviewRefused("this needs a written reason")
    return reason.strip()
