"""Slides and results that lie in stores (``s3://`` and others): analysed here, one after the other.

    store ── slide ──> scratch ── analysis as of any file ──> scratch ── result ──> store
                the next one comes meanwhile              new blocks go meanwhile

At most two slides lie on this disk at any time, and the result of one.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pathoflow.errors import NoSpace, PathoflowError, UsageError
from pathoflow.pipeline.batch import (
    SUMMARY_NAME,
    Outcome,
    SlideJob,
    failure,
    outcome_of,
    run_one,
)
from pathoflow.pipeline.progress import DONE, OnStep, Step
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.remote_place import RemotePlace, StoreFault, is_url, open_place
from pathoflow.pipeline.remote_results import Mirror
from pathoflow.pipeline.remote_slides import RemoteSlide, Watch, find_remote_slides
from pathoflow.pipeline.run import finished_result, stored_result
from pathoflow.pipeline.search import find_slides
from pathoflow.slide import open_slide
from pathoflow.store import Result, ResultFolder, write_json

#: In a result folder: which version of which file the slide was, so that a finished one need not be fetched again.
ORIGIN_NAME = "origin.json"
_TICK_S = 0.5


@contextmanager
def staged(slides: Sequence[str], out: str) -> Iterator[Remote]:
    """Find slides, of which some or all are URLs, and a place for results; what is fetched is gone after the block.

    Raises
    ------
    UsageError
        There is nothing where a slide should be, or ``out`` cannot be written.
    EnvironmentFault
        A store does not answer, or the library for it is missing.
    """
    with tempfile.TemporaryDirectory(prefix="pathoflow-", ignore_cleanup_errors=True) as scratch:
        found: dict[Path, RemoteSlide | None] = {}
        known: set[str] = set()
        for given in slides:
            if not is_url(given):
                found.update(dict.fromkeys(find_slides([Path(given)])))
                continue
            for slide in find_remote_slides(given):
                if slide.place.url not in known:
                    known.add(slide.place.url)
                    found[Path(scratch, "slides", str(len(found)), slide.place.name)] = slide
        if not is_url(out):
            yield Remote(found, Path(out))
            return
        results = open_place(out)
        try:
            results.check_writable()
        except StoreFault as fault:
            raise UsageError(str(fault)) from fault
        here = Path(scratch, "results")
        if results.info() is not None:
            here.mkdir()
        yield Remote(found, here, results)


@dataclass(frozen=True)
class Remote:
    """Who analyses slides of stores: a `Crew` of this process alone; made by `staged`."""

    #: Where each slide lies, or will lie when it is its turn; None for one that is here anyway.
    slides: dict[Path, RemoteSlide | None]
    #: Folder of all results, here.
    out: Path
    #: The same in a store, if that is where they are wanted.
    results: RemotePlace | None = None
    _watch: Watch = field(default_factory=Watch)
    #: What the store said of each slide before it was fetched, so that a later change is not taken for it.
    _versions: dict[Path, str | None] = field(default_factory=dict)

    @property
    def paths(self) -> list[Path]:
        """The slides, for `run_slides`."""
        return list(self.slides)

    def name_of(self, path: Path) -> str:
        """A path of this run as a person knows it: the URL of a slide or of a result."""
        if (slide := self.slides.get(path)) is not None:
            return slide.place.url
        if self.results is not None and path.is_relative_to(self.out):
            return self.results.child(path.relative_to(self.out).as_posix()).url
        return str(path)

    def __call__(
        self, jobs: Sequence[SlideJob], ready: Ready, on_step: OnStep
    ) -> Generator[Outcome, None, None]:
        """See `Crew`.

        Raises
        ------
        StoreFault
            The list of outcomes could not be sent at the end.
        """
        with ThreadPoolExecutor(1, "fetch") as fetcher:
            coming = fetcher.submit(self._fetch, jobs[0], ready) if jobs else None
            try:
                for at, job in enumerate(jobs):
                    assert coming is not None
                    self._await(coming, job, on_step)
                    fetched = coming
                    if at + 1 < len(jobs):
                        coming = fetcher.submit(self._fetch, jobs[at + 1], ready)
                    outcome = fetched.result() or self._analyse(job, ready, on_step)
                    yield outcome
                    self._clear(outcome)
                    with suppress(StoreFault):  # the last one counts
                        self._send_summary()
            except BaseException:
                self._watch.stop.set()
                with suppress(StoreFault):  # what ended the run is the news
                    self._send_summary()
                raise
            self._send_summary()

    def _await(self, coming: Future[Outcome | None], job: SlideJob, on_step: OnStep) -> None:
        """Tell how far the slide is on its way."""
        while not wait([coming], timeout=_TICK_S).done:
            done, total = (
                n // 1_000_000 for n in (self._watch.done_bytes, self._watch.total_bytes)
            )
            name = "fetching (MB)" if self._watch.total_bytes else "looking into the store"
            on_step(Step(job.path.stem, name, done, total))
        if job.is_shared:
            # From here on it goes by another name.
            on_step(Step(job.path.stem, DONE))

    def _fetch(self, job: SlideJob, ready: Ready) -> Outcome | None:
        """Bring the slide here; an outcome says that there is nothing more to do.

        Raises
        ------
        NoSpace
            The disk is full.
        """
        slide = self.slides[job.path]
        if slide is None:
            return None
        self._watch.done_bytes = self._watch.total_bytes = 0
        try:
            version = self._versions[job.path] = slide.version()
            if version is not None and (known := self._finished(job, version, ready)) is not None:
                return known
            slide.fetch(job.path.parent, self._watch)
        except NoSpace:
            raise
        except PathoflowError as error:
            return failure(job.path, job.path.stem, error)
        return None

    def _finished(self, job: SlideJob, version: str, ready: Ready) -> Outcome | None:
        """The outcome of a slide whose result is there and whose file is still the one that it was."""
        if job.is_shared or ready.settings.overwrite:
            return None
        folder = ResultFolder(job.out / job.path.stem)
        if self.results is not None:
            self._mirror(folder).fetch_answer()
        result = stored_result(folder, ready)
        if result is None:
            return None
        try:
            origin = json.loads((folder.path / ORIGIN_NAME).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if origin != _origin(version, result):
            return None
        return outcome_of(job.path, job.path.stem, result)

    def _analyse(self, job: SlideJob, ready: Ready, on_step: OnStep) -> Outcome:
        """Analyse a slide that is here."""
        folder = ResultFolder(job.out / job.slide_id)
        try:
            if self.results is None:
                return self._run(job, ready, on_step)
            mirror = self._mirror(folder)
            if not ready.settings.overwrite:
                mirror.fetch_answer()
                if _is_finished(job, folder, ready):
                    return run_one(job, ready, on_step)
                mirror.fetch_maps()
            with mirror.kept_up():
                return self._run(job, ready, on_step)
        except StoreFault as fault:
            return failure(job.path, job.slide_id, fault)

    def _run(self, job: SlideJob, ready: Ready, on_step: OnStep) -> Outcome:
        outcome = run_one(job, ready, on_step)
        version = self._versions.get(job.path)
        if version is not None and outcome.result is not None:
            path = job.out / outcome.slide_id / ORIGIN_NAME
            write_json(path, _origin(version, outcome.result))
        return outcome

    def _mirror(self, folder: ResultFolder) -> Mirror:
        assert self.results is not None
        return Mirror(self.results.child(folder.path.name), folder)

    def _send_summary(self) -> None:
        if self.results is not None and (self.out / SUMMARY_NAME).exists():
            self.results.send([SUMMARY_NAME], self.out)

    def _clear(self, outcome: Outcome) -> None:
        """Give the disk back."""
        if self.slides[outcome.path] is not None:
            shutil.rmtree(outcome.path.parent, ignore_errors=True)
        if self.results is not None:
            shutil.rmtree(self.out / outcome.slide_id, ignore_errors=True)


def _is_finished(job: SlideJob, folder: ResultFolder, ready: Ready) -> bool:
    """Whether the result is that of the slide that is here."""
    with suppress(PathoflowError), open_slide(job.path, mpp=ready.settings.mpp) as slide:
        return finished_result(slide, folder, ready) is not None
    return False  # analysing it will say why


def _origin(version: str, result: Result) -> dict[str, str]:
    return {"version": version, "file_sha256": result.data["slide"]["file_sha256"]}
