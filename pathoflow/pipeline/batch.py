"""Many slides: each ends with exactly one status, and none stops the others."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pathoflow.errors import (
    Code,
    EnvironmentFault,
    NetworkError,
    NoSpace,
    PathoflowError,
    SlideError,
)
from pathoflow.pipeline.progress import DONE, OnStep, Step, silent
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.run import ALONE, Hands, analyse
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


@dataclass(frozen=True, slots=True)
class SlideJob:
    """One slide of a batch."""

    path: Path
    #: Folder of all results.
    out: Path
    #: Whether another slide of the batch has the same file name.
    is_shared: bool = False

    @property
    def slide_id(self) -> str:
        """Name of the slide's result folder; reads the file where its name is shared."""
        return slide_name(self.path, self.is_shared)


class Crew(Protocol):
    """Whoever works through the slides of a batch: this process, or workers of a cluster."""

    def __call__(
        self, jobs: Sequence[SlideJob], ready: Ready, on_step: OnStep
    ) -> Generator[Outcome, None, None]:
        """Yield what became of each slide, in any order, with the errors of `run_slides`; closing it stops the work."""


def one_after_the_other(
    jobs: Sequence[SlideJob], ready: Ready, on_step: OnStep
) -> Generator[Outcome, None, None]:
    """Analyse slides in this process, in their order."""
    for job in jobs:
        yield run_one(job, ready, on_step)


def run_slides(
    paths: Sequence[Path],
    out: Path,
    settings: RunSettings,
    on_step: OnStep = silent,
    fail_fast: bool = False,
    crew: Crew = one_after_the_other,
) -> Generator[Outcome, None, None]:
    """Analyse ``paths`` into ``out`` and yield what became of each, as soon as it is known.

    ``out/slides.csv`` lists the outcomes of this call in the order of ``paths``, once any slide has written something.

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
    jobs = [SlideJob(path, out, stems[path.stem] > 1) for path in paths]
    outcomes: dict[Path, Outcome] = {}
    with closing(crew(jobs, ready, on_step)) as told:
        for outcome in told:
            outcomes[outcome.path] = outcome
            on_step(Step(outcome.slide_id, DONE))
            if out.is_dir():
                known = [outcomes[path] for path in paths if path in outcomes]
                write_text(out / SUMMARY_NAME, _summary(known))
            yield outcome
            if fail_fast and outcome.status == "failed":
                return


def run_one(job: SlideJob, ready: Ready, on_step: OnStep, hands: Hands = ALONE) -> Outcome:
    """Analyse one slide of a batch; what goes wrong with it alone is its outcome.

    Raises
    ------
    NoSpace
        The disk is full.
    NetworkError, EnvironmentFault
        The networks cannot be loaded here, so no other slide would fare better.
    """
    path, slide_id = job.path, job.path.stem
    try:
        slide_id = job.slide_id
        with open_slide(path, mpp=ready.settings.mpp) as slide:
            result = analyse(slide, ResultFolder(job.out / slide_id), ready, on_step, hands)
    except NoSpace:
        raise
    except PathoflowError as error:
        if isinstance(error, NetworkError | EnvironmentFault) and not ready.is_loaded:
            # Without networks, or without the device, no other slide would fare better.
            raise
        return failure(path, slide_id, error)
    except Exception as error:  # noqa: BLE001  (a fault of ours on one slide must not cost the other 499 of a night)
        return unforeseen(path, slide_id, error)
    return outcome_of(path, slide_id, result)


def outcome_of(path: Path, slide_id: str, result: Result) -> Outcome:
    """The outcome of a slide that has a result."""
    codes = tuple(str(code["code"]) for code in result.codes)
    message = next((str(c["message"]) for c in result.codes if c["severity"] == "error"), "")
    return Outcome(path, slide_id, result.status, codes, message, result)


def failure(path: Path, slide_id: str, error: PathoflowError) -> Outcome:
    """The outcome of a slide that ``error`` ended."""
    # A folder that may not be written, or a network that answers nonsense, is no word on the slide.
    code = error.code or (Code.SLIDE_CORRUPT if isinstance(error, SlideError) else None)
    named = (str(code),) if code else ()
    return Outcome(path, slide_id, "failed", named, str(error), error=error)


def unforeseen(path: Path, slide_id: str, error: Exception) -> Outcome:
    """The outcome of a slide whose analysis ended in a way that nobody thought of."""
    message = f"a fault of pathoflow itself ({type(error).__name__}: {error}); --debug shows where, please report it."
    return Outcome(path, slide_id, "failed", (str(Code.INTERNAL),), message, error=error)


def slide_name(path: Path, is_shared: bool) -> str:
    """The slide's id: its file's stem, with a short hash of the content where two slides share the stem."""
    try:
        return f"{path.stem}-{sha256_of(path)[:8]}" if is_shared else path.stem
    except OSError:  # opening the slide will say why
        return path.stem


def slide_ids(paths: Sequence[Path]) -> list[str]:
    """The ids that slides have in a batch of ``paths``."""
    stems = Counter(path.stem for path in paths)
    return [slide_name(path, stems[path.stem] > 1) for path in paths]


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
