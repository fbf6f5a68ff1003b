"""Signed versions: what a case was when it was signed, kept in files of its own that nothing writes again.

    OUT/cases/<case>/signed/v1/case.json            the case, decisions and grades
                               outlines.json        every outline of the vessels on its list, by slide
                               labels/<slide>.geojson, labels/rejected.csv

A signature in the journal holds the SHA-256 of each, so that a changed one is found.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from importlib.metadata import version as version_of
from pathlib import Path

from pathoflow.mvi import Case
from pathoflow.mvi.case_json import case_as_json
from pathoflow.review.labels import label_set, rejections
from pathoflow.review.reading import Reading
from pathoflow.review.records import Records
from pathoflow.store import CaseFolder, write_case_file, write_json, write_text
from pathoflow.store.atomic import explained_os_errors

LABELS_NAME = "labels"


def write_version(
    folder: CaseFolder, case: Case, records: Records, reading: Reading
) -> dict[str, str]:
    """Write a version; what an interrupted signing left there is written over.

    Returns
    -------
    dict
        SHA-256 by name of the file.

    Raises
    ------
    NoSpace, EnvironmentFault
        It cannot be written; the case is not signed.
    """
    write_case_file(folder, case_as_json(case, {"pathoflow": version_of("pathoflow")}))
    write_json(folder.path / "outlines.json", _outlines(case, records, reading))
    write_labels(folder.path / LABELS_NAME, case, records, reading)
    return file_hashes(folder.path)


def write_labels(to: Path, case: Case, records: Records, reading: Reading) -> list[Path]:
    """Write the label set of a reading into a folder: what training reads, and why vessels were rejected.

    Raises
    ------
    NoSpace, EnvironmentFault
        The folder cannot be written.
    """
    with explained_os_errors(to):
        to.mkdir(parents=True, exist_ok=True)
    written = []
    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("slide", "vessel", "reason", "p_mvi"))
    for slide in case.slides:
        record = records[slide.id]
        for one in rejections(slide.id, record, reading):
            score = "" if one.p_mvi is None else repr(one.p_mvi)
            rows.writerow((one.slide, one.vessel, one.reason, score))
        text = None if record.result is None else label_set(slide.id, record, reading)
        if text is not None:
            written.append(to / f"{slide.id}.geojson")
            write_text(written[-1], text)
    written.append(to / "rejected.csv")
    write_text(written[-1], table.getvalue())
    return written


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder, by its path there; reports do not count, they follow from the rest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".html"
    }


def changed_files(folder: Path, known: Mapping[str, str]) -> list[str]:
    """Names of the files of a version that are missing, new, or not what was signed."""
    found = file_hashes(folder)
    return sorted(name for name in {*known, *found} if known.get(name) != found.get(name))


def _outlines(case: Case, records: Records, reading: Reading) -> dict[str, dict[str, object]]:
    kept: dict[str, dict[str, object]] = {}
    for vessel in case.vessels:
        slide = vessel.slide.id
        drawn = reading.outlines.get(slide, {}).get(vessel.id)
        row = records[slide].rows.get(vessel.id)
        if drawn is not None or row is not None:
            kept.setdefault(slide, {})[vessel.id] = drawn or (row and row["outline"])
    return kept
