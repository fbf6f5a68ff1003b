"""The case that is open: what it holds as its reader may see it, what is selected, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal
from shapely import Polygon, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from napari_pathoflow.candidates import Candidate, Query, neighbour
from napari_pathoflow.slides import Slides
from napari_pathoflow.texts import Words
from napari_pathoflow.vessel_rows import candidate_of, rings_of
from pathoflow.errors import UsageError
from pathoflow.mvi import Case
from pathoflow.review import (
    Review,
    ReviewStage,
    VesselWord,
    WorklistRow,
    open_case,
    read_worklist,
)
from pathoflow.space.raster import polygons_in
from pathoflow.store import Result, ResultFolder


class OpenCase:
    """One reader at one worklist, looking; what can be decided is in `Session`.

    Parameters
    ----------
    out
        The result folder whose cases are read; None until one is chosen.
    reader
        Name that stands in the journal; empty takes the one of the system's user.
    slide_folders
        Where slide files are looked for beside the results' own folder.
    """

    #: Verdicts, outlines, notes: anything that a panel shows of the case.
    changed = Signal()
    #: Another case, or none.
    case_changed = Signal()
    #: The stage of the case, or the right to write in it.
    state_changed = Signal()
    #: The id of the selected vessel, or None.
    selected = Signal(object)

    def __init__(
        self, out: Path | None, reader: str = "", slide_folders: Sequence[str] = ()
    ) -> None:
        self.out = out
        self.reader = reader
        self.slide_folders = tuple(Path(one) for one in slide_folders)
        self.review: Review | None = None
        self.slides = Slides({}, ())
        self.slide_id: str | None = None
        self.vessel_id: str | None = None
        self.query = Query()
        self._results: dict[str, Result] = {}
        self._found: dict[str, Candidate] = {}
        self._shown: dict[str, Candidate] = {}
        self._listed: list[Candidate] | None = None

    # --- worklist and case ---

    def worklist(self) -> list[WorklistRow]:
        """All cases of the result folder; none where there is no folder.

        Raises
        ------
        UsageError
            The folder holds neither cases nor results.
        """
        return [] if self.out is None else read_worklist(self.out, self.reader)

    def set_out(self, out: Path) -> None:
        """Read the cases of another result folder; the open case stays open."""
        self.out = out
        self.state_changed.emit()

    def open_case(self, folder: Path) -> None:
        """Open a case and take the right to write in it; where somebody else has that, to look only."""
        self.close()
        opened = open_case(folder, self.reader)
        review = self.review = opened.review
        review.open()
        out = opened.out
        self._results = {
            slide.id: result
            for slide in review.case.slides
            if (result := review.records[slide.id].result) is not None
        }
        self.slides = Slides(
            self._results, (out, out.parent, out.parent / "slides"), self.slide_folders
        )
        self._found = self._machines()
        self._shown, self._listed = {}, None
        self._read_words()
        ids = self.slide_ids
        self.slide_id = ids[0] if ids else None
        self.vessel_id = None
        self.case_changed.emit()
        self.selected.emit(None)

    def close(self) -> None:
        """Give the case back to others."""
        if self.review is not None:
            self.review.close()
            self.review = None
        self.slides.close()
        self._results, self._found, self._shown, self._listed = {}, {}, {}, None
        self.slide_id = self.vessel_id = None

    @property
    def case(self) -> Case | None:
        """The case with everything that was decided; None where none is open."""
        return None if self.review is None else self.review.case

    @property
    def case_id(self) -> str | None:
        """Name of the open case."""
        return None if self.review is None else self.review.case.id

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be decided here now."""
        return self.review is None or self.review.is_read_only or self.is_signed

    @property
    def is_signed(self) -> bool:
        """Whether the case is signed and locked."""
        return self.review is not None and self.review.stage is ReviewStage.SIGNED

    @property
    def is_second_reading(self) -> bool:
        """Whether a second reader is at it."""
        return self.review is not None and self.review.stage is ReviewStage.SECOND_REVIEW

    @property
    def is_complete(self) -> bool:
        """Whether the reader says that all is seen."""
        return self.review is not None and self.review.reading.is_complete

    @property
    def may_sign(self) -> bool:
        """Whether nothing is left that blocks signing."""
        return not self.is_read_only and self.case is not None and not self.case.blockers

    def require_writable(self) -> None:
        """Refuse where nothing can be decided.

        Raises
        ------
        UsageError
            No case is open, somebody else has it, or it is signed.
        """
        review = self._review
        if review.why_read_only:
            raise UsageError(review.why_read_only)
        if self.is_signed:
            raise UsageError(f"{review.case.id} is signed and locked; amend it with a reason first")

    def state_text(self, words: Words) -> str:
        """Stage, reader, and why nothing can be written, as rich text."""
        review = self._review
        lines = [
            f"<b>{review.case.id}</b> · {words(f'case_state.{review.stage}')}",
            words("case.reader", name=review.reader),
        ]
        if review.holder is not None:
            holder = review.holder
            lines.append(words("case.open_by", name=holder.who, time=short_time(holder.since_utc)))
        for signed in review.state.signatures:
            said = words(
                "case.signed_by",
                name=signed.who,
                time=short_time(signed.utc),
                version=signed.version,
            )
            lines.append(said)
        return "<br>".join(lines)

    # --- slides ---

    @property
    def slide_ids(self) -> list[str]:
        """Slides of the case that have a result, in the order of the case."""
        return list(self._results)

    def set_slide(self, slide_id: str) -> None:
        """Say which slide is looked at.

        Raises
        ------
        UsageError
            The case has no such slide.
        """
        if slide_id not in self._results:
            raise UsageError(f"the case has no analysed slide {slide_id}")
        self.slide_id = slide_id

    def result_folder(self, slide_id: str) -> ResultFolder:
        """Where the result of a slide lies."""
        return self._review.records[slide_id].folder

    def tumour(self, slide_id: str) -> BaseGeometry:
        """The tumour of a slide as the reader drew it, else the machine's; level-0 (x, y), empty for none."""
        drawn = self._review.state.material.tumours.get(slide_id)
        if drawn is not None:
            return union_all([shape(dict(one)) for one in drawn])
        return union_all(list(self._review.records[slide_id].tumours))

    def tumour_rings(self, slide_id: str) -> list[NDArray[np.float64]]:
        """The border of the tumour as rings."""
        parts = list(polygons_in(self.tumour(slide_id)))
        return [
            np.asarray(ring.coords) for part in parts for ring in (part.exterior, *part.interiors)
        ]

    # --- vessels ---

    @property
    def all_candidates(self) -> list[Candidate]:
        """Every vessel that the case lists, whatever the filter."""
        return list(self._shown.values())

    @property
    def candidates(self) -> list[Candidate]:
        """What the gallery shows, in its order."""
        if self._listed is None:
            self._listed = self.query.select(self._shown.values())
        return self._listed

    @property
    def progress(self) -> tuple[int, int]:
        """Vessels with a verdict, and all."""
        return sum(one.verdict is not None for one in self._shown.values()), len(self._shown)

    @property
    def first(self) -> str | None:
        """The first vessel of the gallery."""
        return self.candidates[0].id if self.candidates else None

    @property
    def selected_id(self) -> str:
        """The selected vessel.

        Raises
        ------
        UsageError
            None is selected.
        """
        if self.vessel_id is None:
            raise UsageError("no vessel is selected; choose one in the gallery")
        return self.vessel_id

    def candidate(self, vessel_id: str | None) -> Candidate | None:
        """A vessel by its id."""
        return None if vessel_id is None else self._shown.get(vessel_id)

    def select(self, vessel_id: str | None) -> None:
        """Select a vessel."""
        self.vessel_id = vessel_id
        self.selected.emit(vessel_id)

    def neighbour(self, step: int, *, unreviewed: bool = False) -> str | None:
        """The next vessel of the gallery, or the one before; see `napari_pathoflow.candidates.neighbour`."""
        return neighbour(self.candidates, self.vessel_id, step, unreviewed=unreviewed)

    def set_query(self, query: Query) -> None:
        """Show others, or in another order."""
        self.query, self._listed = query, None
        self.changed.emit()

    def outline(self, vessel_id: str) -> Polygon:
        """The outline of a vessel as it is now, level-0 (x, y)."""
        one = self._shown[vessel_id]
        return Polygon(one.rings[0], list(one.rings[1:]))

    def notes_on(self, vessel_id: str) -> list[str]:
        """What was written about a vessel."""
        if self.review is None:
            return []
        return [text for (_, name), text in self.review.reading.notes.items() if name == vessel_id]

    def measurements(self, words: Words) -> list[str]:
        """All kept lines, in words."""
        if self.review is None:
            return []
        return [
            words("measure.line", um=f"{line.um:.1f}")
            for line in self.review.reading.lines.values()
        ]

    # --- inside ---

    @property
    def _review(self) -> Review:
        if self.review is None:
            raise UsageError("no case is open; open one in the worklist")
        return self.review

    def _refresh(self) -> None:
        """Read back what was decided, and tell everybody."""
        self._read_words()
        self._listed = None
        self.changed.emit()

    def _machines(self) -> dict[str, Candidate]:
        """The vessels that the machine lists, as it saw them."""
        found = {}
        for slide in self._review.case.slides:
            rows = self._review.records[slide.id].rows
            for seen in slide.vessels:
                if seen.id in rows:
                    found[seen.id] = candidate_of(rows[seen.id], slide.id)
        return found

    def _read_words(self) -> None:
        """Bring the vessels up to date: drawn ones, taken ones, and those with another word than before."""
        reading = self._review.reading
        drawn = {name: one for slide in reading.outlines.values() for name, one in slide.items()}
        shown = {name: one for name, one in self._found.items() if name not in drawn}
        for name, measured in self._review.measured.items():
            seen = measured.seen
            shown[name] = Candidate(
                name,
                measured.slide,
                rings_of(drawn[name] or {"coordinates": ()}),
                seen.p_mvi,
                measured.equivalent_diameter_um,
                seen.dist_edge_um,
                str(seen.kind),
                str(seen.location),
                seen.n_cells,
                seen.n_cells_interval,
                self._found[name].flags if name in self._found else (),
                is_added=name not in self._found,
            )
        for name, word in reading.words.items():
            if name in shown:
                shown[name] = _with_word(shown[name], word)
        self._shown = shown


def short_time(utc: str) -> str:
    """A time as people read it, to the minute: ``2026-01-02 03:04 UTC``."""
    return f"{utc[:10]} {utc[11:16]} UTC"


def _with_word(one: Candidate, word: VesselWord) -> Candidate:
    """A vessel with what a reader says of it in place of what the machine saw."""
    is_counted = word.n_cells is not None
    return replace(
        one,
        verdict=None if word.verdict is None else str(word.verdict),
        kind=one.kind if word.named is None else str(word.named),
        location=one.location if word.location is None else str(word.location),
        dist_edge_um=one.dist_edge_um if word.dist_edge_um is None else word.dist_edge_um,
        n_cells=word.n_cells if is_counted else one.n_cells,
        n_cells_interval=None if is_counted else one.n_cells_interval,
    )
