"""Many slides, one after the other: each ends with exactly one status, and none stops the others."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import Code, PathoflowError, SlideError, UsageError
from pathoflow.pipeline.maps import load_networks
from pathoflow.pipeline.progress import OnStep, silent
from pathoflow.pipeline.run import Ready, analyse
from pathoflow.pipeline.settings import RunSettings
from pathoflow.slide import Slide, open_slide
from pathoflow.store import Result, ResultFolder, ensure_writable, write_text

#: What a folder is searched for; a file named by hand may end in anything.
SLIDE_SUFFIXES = frozenset(
    ".svs .ndpi .mrxs .scn .bif .vms .vmu .svslide .tif .tiff .btf .dcm .zarr".split()
)
SUMMARY_NAME = "slides.csv"


@dataclass(frozen=True)
class Outcome:
    """What became of one slide."""

    path: Path
    slide_id: str
    status: str
    codes: tuple[str, ...]
    message: str
    result: Result | None = None


def find_slides(paths: Sequence[Path]) -> list[Path]:
    """The slides that ``paths`` name; folders are searched with all below them, in order of name.

    Raises
    ------
    UsageError
        A path does not exist, or a folder holds no slide.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist; give a slide or a folder of slides.")
        if path.is_file() or path.suffix == ".zarr":
            found.append(path)
            continue
        inside = sorted(
            p for p in path.rglob("*") if p.suffix.lower() in SLIDE_SUFFIXES and not _is_inner(p)
        )
        if not inside:
            kinds = ", ".join(sorted(SLIDE_SUFFIXES))
            raise UsageError(
                f"{path} holds no slides (files ending in {kinds}); give a folder that does."
            )
        found += inside
    return list(dict.fromkeys(found))


def _is_inner(path: Path) -> bool:
    """Whether a path lies inside a Zarr folder, which is one slide as a whole."""
    return any(parent.suffix == ".zarr" for parent in path.parents)


def run_slides(
    paths: Sequence[Path],
    out: Path,
    settings: RunSettings,
    on_step: OnStep = silent,
    fail_fast: bool = False,
) -> Iterator[Outcome]:
    """Analyse ``paths`` into ``out`` and yield what became of each, as soon as it is known.

    ``out/slides.csv`` lists all outcomes once any slide has written something.

    Raises
    ------
    NetworkError, EnvironmentFault
        Nothing can be analysed at all.
    """
    ensure_writable(out)
    ready = Ready(settings, load_networks(settings))
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
        with open_slide(path, mpp=ready.settings.mpp) as slide:
            slide_id = slide_name(slide, is_shared)
            result = analyse(slide, ResultFolder(out / slide_id), ready, on_step)
    except SlideError as error:
        return Outcome(
            path, slide_id, "failed", (str(error.code or Code.SLIDE_CORRUPT),), str(error)
        )
    except UsageError as error:
        return Outcome(
            path, slide_id, "failed", (str(error.code or Code.SLIDE_CORRUPT),), str(error)
        )
    codes = tuple(str(code["code"]) for code in result.codes)
    message = next((str(c["message"]) for c in result.codes if c["severity"] == "error"), "")
    return Outcome(path, slide_id, result.status, codes, message, result)


def slide_name(slide: Slide, is_shared: bool) -> str:
    """The slide's id: its file's stem, with a short hash of the content where two slides share the stem."""
    return f"{slide.id}-{slide.sha256[:8]}" if is_shared else slide.id


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
