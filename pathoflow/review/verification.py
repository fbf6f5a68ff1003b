"""Whether what a case's folder holds is what its readers left there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pathoflow.errors import JournalError
from pathoflow.review.core import SIGNED_NAME
from pathoflow.review.journal import Journal
from pathoflow.review.versions import changed_files
from pathoflow.store import CaseFolder


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found."""

    case: str
    n_entries: int
    #: Hash of the last line: written down elsewhere, it proves later that nothing was cut off.
    last_hash: str
    versions: tuple[int, ...]
    problems: tuple[str, ...]
    #: The first line that does not fit; 0 where all do.
    line: int
    warnings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was altered."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """As plain values for scripts."""
        return {
            "case": self.case,
            "sound": self.is_sound,
            "entries": self.n_entries,
            "last_hash": self.last_hash,
            "versions": list(self.versions),
            "problems": list(self.problems),
            "line": self.line,
            "warnings": list(self.warnings),
        }


def verify_case(folder: CaseFolder) -> Verification:
    """Check every line of a journal and every file of the signed versions; nothing is locked or written."""
    name = folder.path.name
    try:
        journal = Journal(folder.review_jsonl)
    except JournalError as error:
        return Verification(name, 0, "", (), (str(error),), error.line, ())
    entries, signatures = journal.entries, journal.state.signatures
    signed = {f"v{one.version}": one.sign.files for one in signatures}
    kept = folder.path / SIGNED_NAME
    problems = [
        f"version {version[1:]}: {file} is not what was signed"
        for version, files in signed.items()
        for file in changed_files(kept / version, files)
    ]
    if kept.is_dir():
        # The newest may be what an interrupted signing left.
        orphans = sorted(path.name for path in kept.iterdir() if path.name not in signed)
        begun = f"v{len(signed) + 1}"
        problems += [
            f"the version {one} was signed, but the journal does not say so: lines are missing at its end"
            for one in orphans
            if one != begun
        ]
    return Verification(
        journal.state.case or name,
        len(entries),
        entries[-1].hash if entries else "",
        tuple(one.version for one in signatures),
        tuple(problems),
        0,
        journal.warnings,
    )
