"""Everything that can go wrong, as one small tree, with the stable codes that results carry.

PathoflowError                 one clear sentence: value, place, remedy
├── UsageError                 the call was wrong                        exit code 2
├── EnvironmentFault           this machine lacks something              exit code 3
└── SlideError                 this slide cannot be analysed             exit code 1
    ├── SlideUnreadable        no reader opens it, or it is damaged
    ├── ReaderRefused          one reader's reason; the registry collects them
    ├── TileUnreadable         one piece of pixels could not be decoded
    ├── MppUnknown             no micrometres per pixel
    └── SlideRejected          readable, but not to be trusted (stain, focus, ...)
NetworkError                   a network folder is missing, foreign or altered (a UsageError)
ReviewRefused                  an action that a case does not allow now: signed, locked, blinded (a UsageError)
JournalError                   a journal of decisions was altered or damaged
NoSpace                        the disk is full (an EnvironmentFault)
OutOfMemory                    a batch of tiles does not fit in memory (an EnvironmentFault)
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Stable strings that results, logs and scripts rely on; never renamed, only added to."""

    MPP_MISSING = "MPP_MISSING"
    MPP_SUSPECT = "MPP_SUSPECT"
    RES_TOO_LOW = "RES_TOO_LOW"
    PEN = "PEN"
    FOLD = "FOLD"
    BLUR = "BLUR"
    ARTEFACT = "ARTEFACT"
    OOD_FROZEN = "OOD_FROZEN"
    OOD_STAIN = "OOD_STAIN"
    OOD_ORGAN = "OOD_ORGAN"
    NO_TISSUE = "NO_TISSUE"
    NO_TUMOUR = "NO_TUMOUR"
    BIOPSY = "BIOPSY"
    TILE_UNREADABLE = "TILE_UNREADABLE"
    SLIDE_CORRUPT = "SLIDE_CORRUPT"
    SLIDE_CHANGED = "SLIDE_CHANGED"
    OOM_RETRY = "OOM_RETRY"
    RESUMED = "RESUMED"
    NO_SPACE = "NO_SPACE"
    MODEL_HASH = "MODEL_HASH"
    # Not in the field's tables, but a batch must be able to say it: a fault of ours, with its message kept.
    INTERNAL = "INTERNAL"


class ReviewCode(StrEnum):
    """The same for reviews: why an action is refused, and what is wrong with a journal. Results never carry them."""

    REVIEW_REFUSED = "REVIEW_REFUSED"
    CASE_SIGNED = "CASE_SIGNED"
    CASE_LOCKED = "CASE_LOCKED"
    READER_BLINDED = "READER_BLINDED"
    JOURNAL_DAMAGED = "JOURNAL_DAMAGED"


class PathoflowError(Exception):
    """Base of every error a user may meet; ``str(error)`` is one sentence for them."""

    exit_code = 1
    code: Code | ReviewCode | None = None

    def __init__(self, message: str, code: Code | ReviewCode | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class UsageError(PathoflowError):
    """The command or the call was wrong: an option, a path, a setting."""

    exit_code = 2


class EnvironmentFault(PathoflowError):
    """This machine lacks something: a folder cannot be written, a device is absent."""

    exit_code = 3


class NoSpace(EnvironmentFault):
    """The disk is full; what was complete before stays as it was."""

    code = Code.NO_SPACE


class OutOfMemory(EnvironmentFault):
    """Tiles do not fit in the memory of the device or of the host; fewer or smaller ones may."""


class NetworkError(UsageError):
    """A network folder is missing, foreign, or its weights are not those of its card."""


class ReviewRefused(UsageError):
    """A case does not allow this action now; the code says why, and nothing was written."""

    code = ReviewCode.REVIEW_REFUSED


class JournalError(PathoflowError):
    """A journal of decisions was altered or is damaged; ``line`` says where, counted from 1."""

    code = ReviewCode.JOURNAL_DAMAGED

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class SlideError(PathoflowError):
    """This slide cannot be analysed; other slides of the batch go on."""

    code = Code.SLIDE_CORRUPT


class SlideUnreadable(SlideError):
    """No reader opens the file, or its pixels are damaged."""


class ReaderRefused(SlideError):
    """One reader's reason for not opening a file; the registry collects them."""


class TileUnreadable(SlideError):
    """One piece of pixels could not be decoded."""

    code = Code.TILE_UNREADABLE


class MppUnknown(SlideError):
    """The micrometres per pixel are absent or absurd, so nothing can be measured."""

    code = Code.MPP_MISSING


class SlideRejected(SlideError):
    """The slide is readable but must not be trusted; the code says why."""
