"""Many slides, one after the other: each ends with exactly one status, and none stops the others."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import (
    Code,
    EnvironmentFault,
    NetworkError,
    NoSpace,
    PathoflowError,
    SlideError,
)
from pathoflow.pipeline.progress import OnStep, silent
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.run import analyse
from pathoflow.pipeline.settings import RunSettings
from pathoflow.slide import open_slide
from pathoflow.slide.fingerprint import sha256_of
from pathoflow.store import Result, ResultFolder, ensure_writable, write_text

SUMMARY_NAME = "slides.csv"


@dataclass(frozen=True)
class Outcome:
    """What became of one slide."""

    path: Path
    slide_id: str
    status: str
    codes: tuple[str, ...]
    #: Why it failed; empty for a slide that did not.
    message: str
    #: None where the slide failed before there was anything to write.
    result: Result | None = None
    #: What ended the analysis, for those who want to see where.
    error: Exception | None = None


def run_slides(
    paths: Sequence[Path],
    out: Path,
    settings: RunSettings,
    on_step: OnStep = silent,
    fail_fast: bool = False,
) -> Iterator[Outcome]:
    """Analyse ``paths`` into ``out`` and yield what became of each, as soon as it is known.

    ``out/slides.csv`` lists the outcomes of this call, once any slide has written something.

    Raises
    ------
    NetworkError, EnvironmentFault
        Nothing can be analysed at all.
    NoSpace
        The disk is full, so going on makes no sense; what is finished is kept.
    """
    ensure_writable(out)
    ready = Ready.of(settings)
    stems = Counter(path.stem for path in paths)
    outcomes = []
    for path in paths:
        outcome = _run_one(path, out, ready, stems[path.stem] > 1, on_step)
        outcomes.append(outcome)
        if out.is_dir():
            write_text(out / SUMMARY_NAME, _summary(outcomes))
        yield outcome
        if fail_fast and outcome.status == "failed":
            return


def _run_one(path: Path, out: Path, ready: Ready, is_shared: bool, on_step: OnStep) -> Outcome:
    slide_id = path.stem
    try:
        slide_id = slide_name(path, is_shared)
        with open_slide(path, mpp=ready.settings.mpp) as slide:
            result = analyse(slide, ResultFolder(out / slide_id), ready, on_step)
    except NoSpace:
        raise
    except PathoflowError as error:
        if isinstance(error, NetworkError | EnvironmentFault) and not ready.is_loaded:
            # Without networks, or without the device, no other slide would fare better.
            raise
        # A folder that may not be written, or a network that answers nonsense, is no word on the slide.
        code = error.code or (Code.SLIDE_CORRUPT if isinstance(error, SlideError) else None)
        named = (str(code),) if code else ()
        return Outcome(path, slide_id, "failed", named, str(error), error=error)
    except Exception as error:  # noqa: BLE001  (a fault of ours on one slide must not cost the other 499 of a night)
        message = f"a fault of pathoflow itself ({type(error).__name__}: {error}); --debug shows where, please report it."
        return Outcome(path, slide_id, "failed", (str(Code.INTERNAL),), message, error=error)
    codes = tuple(str(code["code"]) for code in result.codes)
    message = next((str(c["message"]) for c in result.codes if c["severity"] == "error"), "")
    return Outcome(path, slide_id, result.status, codes, message, result)


def slide_name(path: Path, is_shared: bool) -> str:
    """The slide's id: its file's stem, with a short hash of the content where two slides share the stem."""
    try:
        return f"{path.stem}-{sha256_of(path)[:8]}" if is_shared else path.stem
    except OSError:  # opening the slide will say why
        return path.stem


def _summary(outcomes: Sequence[Outcome]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["slide", "file", "status", "codes", "message"])
    for one in outcomes:
        rows.writerow([one.slide_id, one.path.name, one.status, " ".join(one.codes), one.message])
    return text.getvalue()


def worst_exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 where every slide is done, 1 where one has failed."""
    return PathoflowError.exit_code if any(one.status == "failed" for one in outcomes) else 0
