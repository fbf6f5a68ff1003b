"""Where the files of a case lie, and which folder a case's id becomes.

Ids come from a hand-written table, so they may hold anything; a folder's name must be one that every file system
takes, that leads nowhere else, and that no other case has.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pathoflow.store.atomic import explained_os_errors
from pathoflow.store.folder import ensure_writable

#: The folder of all cases in OUT.
CASES_NAME = "cases"

#: Letters and digits of any script, and inside the name a few signs.
_PLAIN = re.compile(r"\w[\w.-]*")
#: Looks like a name that was made here, so an id of this shape is given one of its own.
_MADE = re.compile(r".*-[0-9a-f]{8}")
#: Windows keeps these for devices, with any ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
#: Bytes of a name; file systems allow 255, and files inside want some of a path's length.
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """The folder ``OUT/cases/<case>`` and the names in it; nothing is created before `prepare`."""

    path: Path

    @property
    def case_json(self) -> Path:
        """What the case is made of and what follows from it."""
        return self.path / "case.json"

    @property
    def review_jsonl(self) -> Path:
        """The journal of a reader's decisions."""
        return self.path / "review.jsonl"

    @property
    def report_html(self) -> Path:
        """The report for people."""
        return self.path / "report.html"

    def prepare(self) -> None:
        """Create the folder where it is missing.

        Raises
        ------
        EnvironmentFault
            It cannot be created or written.
        """
        with explained_os_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        ensure_writable(self.path)


def case_folders(out: Path, ids: Iterable[str]) -> dict[str, CaseFolder]:
    """The folder of each case; a plain id is the name of its folder, any other gets a short hash behind it."""
    ids = list(dict.fromkeys(ids))
    # Some file systems take c-17 for C-17, and one way of writing é for the other.
    twins = Counter(_folded(name) for name in ids)
    return {
        name: CaseFolder(out / CASES_NAME / _folder_name(name, twins[_folded(name)] > 1))
        for name in ids
    }


def _folded(case_id: str) -> str:
    return unicodedata.normalize("NFC", case_id).casefold()


def _folder_name(case_id: str, has_twin: bool) -> str:
    is_plain = (
        _PLAIN.fullmatch(case_id) is not None
        and len(case_id.encode()) <= _LONGEST
        and not case_id.endswith(".")
        and unicodedata.is_normalized("NFC", case_id)
        and not _MADE.fullmatch(case_id)
        and not _RESERVED.fullmatch(case_id)
    )
    if is_plain and not has_twin:
        return case_id
    short = hashlib.sha256(case_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    words = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", case_id)).strip("-_")
    kept = words.encode()[: _LONGEST - 9].decode(errors="ignore").strip("-_")
    return f"{kept or 'case'}-{short}"
