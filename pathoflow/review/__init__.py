"""A reader's review of a case: journal, verdicts, drawing, second reader, signature.

    case = open_case("results/cases/C-17", reader="Dr Li")
    case.review.accept(vessel_id)
    case.grade("NHC").grade

review      everything a reader can do (`Review`); the files *_verbs hold it by subject
journal     what was done: append-only, hash-chained; state is what that comes to, rules say what is allowed when
edits       drawn outlines measured again; painting puts them into labels/vessels_reviewed
versions    what was signed; labels is the same outlines for training
worklist    all cases of a results folder

The machine's answer is never overwritten: result.json and labels/vessels stay; what a reader draws lives in the journal.
"""

from pathoflow.review.case import OpenCase, open_case
from pathoflow.review.conflicts import Agreement, Conflict
from pathoflow.review.edits import Measured
from pathoflow.review.entry import Entry
from pathoflow.review.journal import Journal
from pathoflow.review.lock import CaseLocked, Holder
from pathoflow.review.reading import Line, Reading
from pathoflow.review.review import Review
from pathoflow.review.signing_verbs import CheckItem
from pathoflow.review.verification import Verification, verify_case
from pathoflow.review.words import Named, NoteOn, Reason, ReviewStage, VesselWord
from pathoflow.review.worklist import WorklistRow, read_worklist

__all__ = [
    "Agreement",
    "CaseLocked",
    "CheckItem",
    "Conflict",
    "Entry",
    "Holder",
    "Journal",
    "Line",
    "Measured",
    "Named",
    "NoteOn",
    "OpenCase",
    "Reading",
    "Reason",
    "Review",
    "ReviewStage",
    "Verification",
    "VesselWord",
    "WorklistRow",
    "open_case",
    "read_worklist",
    "verify_case",
]
