"""``pathoflow run``: slides to results."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from pathoflow.cli.sentence import say, say_where

if TYPE_CHECKING:
    from pathoflow.cli.place import Places
    from pathoflow.pipeline import Outcome


def run(
    slides: Annotated[
        list[str],
        typer.Argument(help="Slides, or folders of slides; also URLs.", metavar="SLIDE|DIR|URL..."),
    ],
    out: Annotated[
        str,
        typer.Option(help="Folder for the results; one folder per slide.", metavar="DIR|URL"),
    ],
    mpp: Annotated[
        float | None, typer.Option(help="µm per pixel, for slides that do not say.")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="Network by name or folder; repeatable.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[
        str, typer.Option(help="How networks are run; auto takes what `bench engine` found best.")
    ] = "auto",
    max_ram: Annotated[
        float | None,
        typer.Option(help="Peak memory of each process, GB; tiles are made to fit.", min=0),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Analyse several slides at once, in so many processes.", metavar="N"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Analyse slides on the workers of this dask scheduler.", metavar="tcp://HOST:PORT"
        ),
    ] = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first slide that fails.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin anew instead of resuming.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print outcomes as JSON.")] = False,
) -> None:
    """Analyse slides; running the same command again resumes what was interrupted and skips what is done.

    Every slide gets a folder in OUT with result.json, analysis.zarr, vessels.csv, .parquet and .geojson, and
    report.html. One bad slide does not stop the others; the exit code is 1 if any failed.

    With --workers or --scheduler several processes share the slides, and the pieces of large slides; results are the
    same bytes. This needs the extra: pip install "pathoflow[cluster]".

    Slides and OUT may be URLs, such as s3://bucket/slides. This needs the extra: pip install "pathoflow[cloud]".
    """
    from pathoflow.cli.place import places_of
    from pathoflow.cli.show import shown_steps
    from pathoflow.pipeline import (
        Cluster,
        Crew,
        RunSettings,
        one_after_the_other,
        run_slides,
        worst_exit_code,
    )

    is_shared = workers is not None or scheduler is not None
    crew: Crew = Cluster(workers, scheduler) if is_shared else one_after_the_other
    settings = RunSettings(
        networks=tuple(network or ()),
        device=device,
        backend=backend,
        mpp=mpp,
        max_ram_gb=max_ram,
        overwrite=overwrite,
    )
    outcomes: list[Outcome] = []
    with (
        places_of(slides, out, crew) as places,
        shown_steps() as on_step,
        closing(
            run_slides(places.slides, places.out, settings, on_step, fail_fast, places.crew)
        ) as told,
    ):
        for outcome in told:
            outcomes.append(outcome)
            if not as_json:
                _print_outcome(outcome, places)
    if as_json:
        plain = [_plain(outcome, places) for outcome in outcomes]
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    raise typer.Exit(worst_exit_code(outcomes))


def _print_outcome(outcome: Outcome, places: Places) -> None:
    result = outcome.result
    remarks = f" ({', '.join(outcome.codes)})" if outcome.codes else ""
    if result is not None:
        print(f"{outcome.slide_id}: {outcome.status}{remarks}")
    if outcome.status == "failed":
        if outcome.error is not None:
            say_where(outcome.error)
        # Many messages begin with the file's name; here stands its whole path.
        reason = outcome.message.removeprefix(f"{outcome.path.name}: ")
        say(f"{places.name_of(outcome.path)}: {reason}{remarks}")
    elif result is not None:
        proposal = result.propose("NHC")
        possible = ", ".join(proposal.possible)
        print(
            f"  {len(result.vessels)} vessels, {result.data['mvi']['n_candidates']} candidates; proposal (NHC, not "
            f"reviewed): {proposal.grade}"
            + (f", possible {possible}" if len(proposal.possible) > 1 else "")
        )
    if result is not None:
        print(f"  {places.name_of(places.out / outcome.slide_id / 'report.html')}")


def _plain(outcome: Outcome, places: Places) -> dict[str, object]:
    return {
        "slide": outcome.slide_id,
        "file": places.name_of(outcome.path),
        "status": outcome.status,
        "codes": list(outcome.codes),
        "message": outcome.message,
        "folder": places.name_of(places.out / outcome.slide_id) if outcome.result else None,
    }
