"""One slide from file to report: the function that the command line, the viewer and the tests all call."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pathoflow.errors import Code, MppUnknown, PathoflowError, TileUnreadable, UsageError
from pathoflow.inference import RunBlocks, TileTally, stream_blocks
from pathoflow.interchange import write_geojson
from pathoflow.pipeline import stages
from pathoflow.pipeline.compose import Analysis, Remark, compose_result, outer_rings
from pathoflow.pipeline.identity import set_aside
from pathoflow.pipeline.lease import LeaseLost, lease_on
from pathoflow.pipeline.maps import Maps
from pathoflow.pipeline.progress import OnStep, Step, silent
from pathoflow.pipeline.provenance import describe_networks, describe_run, plain_settings, utc_now
from pathoflow.pipeline.quality_map import keep_quality
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.settings import RunSettings
from pathoflow.pipeline.unreadable import check_rim
from pathoflow.report import save_pictures, take_pictures, trace_mask, write_report
from pathoflow.slide import Slide, open_slide
from pathoflow.store import Result, ResultFolder, load_result, save_result
from pathoflow.vessels import write_csv, write_geoparquet


@dataclass(frozen=True, slots=True)
class Hands:
    """Who predicts the blocks of a slide, and how its owner waits."""

    run_blocks: RunBlocks = stream_blocks
    pause: Callable[[float], None] = time.sleep


#: This process alone.
ALONE = Hands()


def run_slide(
    slide: Slide | Path | str,
    out: Path | str,
    settings: RunSettings | None = None,
    on_step: OnStep = silent,
) -> Result:
    """Analyse one slide into ``out/<slide-id>`` and return its result.

    A finished analysis of the same slide with the same networks and settings is returned as it is; an interrupted one
    is resumed. While another process works on the same folder, this one waits for it. Where the folder holds the result
    of another file of the same name, that is moved to a folder beside it and kept.

    Raises
    ------
    SlideError
        The slide cannot be opened or has no µm per pixel; nothing is left behind.
    NetworkError, EnvironmentFault
        A network is not usable; the folder cannot be written; the disk is full.
    """
    settings = settings or RunSettings()
    ready = Ready.of(settings)
    if isinstance(slide, Slide):
        return analyse(slide, ResultFolder(Path(out) / slide.id), ready, on_step)
    with open_slide(Path(slide), mpp=settings.mpp) as opened:
        return analyse(opened, ResultFolder(Path(out) / opened.id), ready, on_step)


def analyse(
    slide: Slide,
    folder: ResultFolder,
    ready: Ready,
    on_step: OnStep = silent,
    hands: Hands = ALONE,
) -> Result:
    """Analyse an open slide into ``folder``; see `run_slide`."""
    slide_id = folder.path.name

    def tell(name: str, done: int, total: int) -> None:
        on_step(Step(slide_id, name, done, total))

    if doubt := slide.mpp.doubt:
        # Also a person's value: outside of what scanners write, a slip of the keyboard is likelier than a slide.
        raise MppUnknown(
            f"{slide.path.name}: {doubt}; state the scanner's value with --mpp.", Code.MPP_SUSPECT
        )
    tell("identity", 0, 0)
    is_wanted_anew = ready.settings.overwrite
    if not is_wanted_anew and (known := finished_result(slide, folder, ready)) is not None:
        return known
    # Before anything is written: where networks cannot be loaded, nothing is left behind.
    _ = ready.loaded
    new = _missing(folder.path)
    folder.prepare()
    waiting = partial(tell, "waiting for another run that works on it", 0, 0)
    with lease_on(folder.path, waiting, hands.pause) as lease:
        is_worth_a_look = lease.was_waited_for and not is_wanted_anew
        if is_worth_a_look and (known := finished_result(slide, folder, ready)) is not None:
            return known

        def tell_and_check(name: str, done: int, total: int) -> None:
            tell(name, done, total)
            lease.check()

        bench = stages.Bench.of(folder, ready, tell_and_check, hands.run_blocks)
        if (kept := set_aside(folder, slide.sha256)) is not None:
            # Told, not written down, as with what is resumed: the result of this file does not depend on what was there.
            tell(
                f"{Code.SLIDE_CHANGED}: the result of the earlier file is kept in {kept.name}", 0, 0
            )
        _sweep(folder)
        try:
            return _analyse(slide, folder, ready, bench)
        except LeaseLost:
            raise  # what is there is another's by now
        except PathoflowError:
            # A new folder that holds no finished block is of no use to a later run.
            if new and not _has_blocks(folder):
                shutil.rmtree(folder.path, ignore_errors=True)
                with suppress(OSError):  # another slide of the batch lies there by now
                    for parent in new[1:]:
                        parent.rmdir()
            raise


def _sweep(folder: ResultFolder) -> None:
    """Take away what a killed run left half written, and the mark of a finished one.

    The report is written last and is that mark: from here on there is none until the end.
    """
    folder.report_html.unlink(missing_ok=True)
    for torn in (*folder.path.glob(".*.tmp"), *folder.analysis.rglob("*.partial")):
        torn.unlink(missing_ok=True)


def _missing(path: Path) -> list[Path]:
    """The folders that making ``path`` will add, innermost first."""
    return [step for step in (path, *path.parents) if not step.exists()]


def _has_blocks(folder: ResultFolder) -> bool:
    """Whether an interrupted run left anything that a later one can go on from."""
    return any(file.read_bytes().count(b"\n") > 1 for file in folder.ledger.glob("*"))


def finished_result(slide: Slide, folder: ResultFolder, ready: Ready) -> Result | None:
    """The stored result, if it is complete and comes from this slide, these networks and these settings."""
    result = stored_result(folder, ready)
    if result is None or result.data["slide"]["mpp"] != [slide.mpp.y, slide.mpp.x]:
        return None
    return result if result.data["slide"]["file_sha256"] == slide.sha256 else None


def stored_result(folder: ResultFolder, ready: Ready) -> Result | None:
    """The stored result, if it is complete and comes from these networks and these settings, of whatever slide."""
    outputs = (
        folder.vessels_parquet,
        folder.vessels_csv,
        folder.vessels_geojson,
        folder.report_html,
    )
    if not folder.result_json.exists() or not all(path.exists() for path in outputs):
        return None
    try:
        result = load_result(folder)
    except UsageError:
        # Damaged or foreign: it is written anew, which is also the remedy that the error names.
        return None
    if result.status != "failed" and not folder.analysis.is_dir():
        return None
    provenance = result.data["provenance"]
    same = provenance["networks"] == describe_networks(ready)
    same = same and provenance["settings"] == plain_settings(ready.settings)
    return result if same else None


def _analyse(slide: Slide, folder: ResultFolder, ready: Ready, bench: stages.Bench) -> Result:
    result = save_result(folder, _measured(slide, folder, ready, bench))
    write_derived(result, folder)
    return result


def _measured(
    slide: Slide, folder: ResultFolder, ready: Ready, bench: stages.Bench
) -> dict[str, Any]:
    """The content of `result.json`; maps, labels and pictures are stored, and what led to them is let go of."""
    started = utc_now()
    analysis = Analysis(folder.path.name, slide)
    maps: Maps | None = None
    try:
        stages.look_over(analysis, bench)
        if analysis.status != "failed":
            maps = stages.map_slide(analysis, bench)
        if maps is not None and analysis.status != "failed":
            vessels = stages.find_vessels(analysis, maps, bench)
            stages.find_tumours(analysis, maps, vessels, bench)
            check_rim(analysis, ready.settings.inference)
            stages.keep_tissue(analysis, bench)
            keep_quality(analysis, bench)
            if analysis.status != "failed":
                stages.look_inside(analysis, maps, vessels, bench)
                stages.name_labels(analysis, bench)
    except TileUnreadable as error:
        analysis.remarks.append(Remark(error.code or TileUnreadable.code, "error", str(error)))
    if maps is None:
        # Nothing of an earlier run under other settings may stand beside a result that knows no maps.
        for stale in (folder.analysis, folder.ledger):
            shutil.rmtree(stale, ignore_errors=True)
    synthetic = slide.info.is_synthetic or ready.is_synthetic
    tally = maps.tally if maps else TileTally()
    provenance = describe_run(ready, started, tally, synthetic)
    bench.tell("report", 0, 0)
    data = compose_result(analysis, provenance)
    if analysis.quality is not None:
        pictures = take_pictures(slide, data, ready.settings.pictures, outlines=_outlines(analysis))
        save_pictures(pictures, folder.analysis)
    return data


def write_derived(result: Result, folder: ResultFolder) -> None:
    """Write every file that follows from `result.json` and `analysis.zarr`."""
    rows = list(result.vessels)
    write_csv(rows, folder.vessels_csv)
    write_geoparquet(rows, folder.vessels_parquet, result.data["provenance"])
    write_geojson(result, folder.vessels_geojson, bounds=result.bounds)
    write_report(folder)


def _outlines(analysis: Analysis) -> dict[str, Sequence[Sequence[tuple[float, float]]]]:
    quality = analysis.quality
    if quality is None:
        return {}
    frame = quality.tissue.frame
    found: dict[str, Sequence[Sequence[tuple[float, float]]]] = {
        "tissue": trace_mask(quality.tissue.pixels, frame),
        "tumour": outer_rings([region.outline for region in analysis.tumours]),
    }
    for flag in quality.flags:
        if flag.mask is not None and flag.mask.any():
            found[str(flag.code).lower()] = trace_mask(flag.mask, frame)
    return found
