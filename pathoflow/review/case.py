"""A case in its folder: what it says follows the journal of its review."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pathoflow.errors import UsageError
from pathoflow.mvi import LEADING_SYSTEM, Case, CaseRow, Decisions, Grade
from pathoflow.mvi.case_json import case_as_json, case_from_json
from pathoflow.review.core import SIGNED_NAME
from pathoflow.review.records import Records
from pathoflow.review.review import Review
from pathoflow.review.slides import criteria_of, slide_of
from pathoflow.store import (
    CASES_NAME,
    CaseFolder,
    ResultFolder,
    case_folders,
    load_result,
    read_case_file,
    write_case_file,
)


class OpenCase:
    """A case with its review: ``case.review.accept(vessel)``, then ``case.grade("NHC")``.

    Everything that a `pathoflow.mvi.Case` says can be asked here too (slides, vessels, grades, blockers, ...) and is
    answered by `now`, the case as its journal stands.
    """

    def __init__(self, folder: CaseFolder, base: Case, out: Path, reader: str = "") -> None:
        self.folder = folder
        #: The results folder that holds the slides.
        self.out = out
        self._base = base
        self._reader = reader

    @cached_property
    def review(self) -> Review:
        """Its review; reading it takes no lock.

        Raises
        ------
        JournalError
            The journal was altered or is damaged.
        """
        return Review(self.folder, self._base, Records(self.out), self._reader)

    @property
    def now(self) -> Case:
        """The case as its journal stands, for the reader who opened it."""
        return self.review.case

    @property
    def id(self) -> str:
        """The case's id."""
        return self._base.id

    def grade(self, system: str = LEADING_SYSTEM) -> Grade:
        """The grade in one system; see `Case.grade`."""
        return self.now.grade(system)

    def decide(self, decisions: Decisions) -> Case:
        """The case with these decisions instead, without writing anything; see `Case.decide`."""
        return self.now.decide(decisions)

    def save(self) -> Path:
        """Write `case.json` as the journal stands, for those who read files; the journal stays what counts.

        Raises
        ------
        UsageError
            The folder holds another case, or a signed version.
        NoSpace, EnvironmentFault
            It cannot be written.
        """
        if self.folder.path.parent.name == SIGNED_NAME:
            raise UsageError(f"{self.folder.path} is a signed version and never changes")
        return write_case_file(
            self.folder, case_as_json(self.now, {"pathoflow": version("pathoflow")})
        )

    def close(self) -> None:
        """Let others write; doing it twice is fine."""
        self.review.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.now, name)

    def __repr__(self) -> str:
        return f"OpenCase({self.id!r}, {self.review.stage})"


def open_case(path: Path | str, reader: str = "") -> OpenCase:
    """Open a case from its folder or its `case.json`; from the folder of one slide, that slide as its own case.

    Raises
    ------
    UsageError
        There is neither a valid case nor a valid result.
    JournalError
        The journal of its review was altered or is damaged.
    """
    path = Path(path)
    folder = CaseFolder(path.parent if path.name == "case.json" else path)
    if not folder.case_json.exists() and ResultFolder(path).result_json.exists():
        opened = _single(path, reader)
    else:
        case = case_from_json(read_case_file(folder))
        opened = OpenCase(folder, case, _out_of(folder), reader)
    # A damaged journal is told now, and not in the middle of something.
    _ = opened.review
    return opened


def _single(path: Path, reader: str) -> OpenCase:
    """A slide as its own case, in the folder that a case of its name has."""
    result = load_result(path)
    name = result.slide_id
    base = Case(name, (slide_of(CaseRow(name, name), result),), criteria_of(result))
    folder = case_folders(path.parent, [name])[name]
    if folder.case_json.exists():
        known = case_from_json(read_case_file(folder))
        if [slide.id for slide in known.slides] != [name]:
            raise UsageError(
                f"slide {name} stands beside the case of that name in {CASES_NAME}; open {folder.path} instead"
            )
    return OpenCase(folder, base, path.parent, reader)


def _out_of(folder: CaseFolder) -> Path:
    """The results folder of a case, or of one of its signed versions."""
    is_version = folder.path.parent.name == SIGNED_NAME
    return folder.path.parents[3] if is_version else folder.path.parent.parent
