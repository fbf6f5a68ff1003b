"""``pathoflow run``: slides to results."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from pathoflow.cli.sentence import say, say_where

if TYPE_CHECKING:
    from pathoflow.cli.place import Places
    from pathoflow.pipeline import Crew, Outcome

MppOption = Annotated[float | None, typer.Option(help="µm per pixel, for slides that do not say.")]
NetworkOption = Annotated[
    list[str] | None, typer.Option(help="Network by name or folder; repeatable.")
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
BackendOption = Annotated[
    str, typer.Option(help="How networks are run; auto takes what `bench engine` found best.")
]
MaxRamOption = Annotated[
    float | None,
    typer.Option(help="Peak memory of each process, GB; tiles are made to fit.", min=0),
]
WorkersOption = Annotated[
    int | None, typer.Option(help="Processes of this machine to share the work.", metavar="N")
]
SchedulerOption = Annotated[
    str | None, typer.Option(help="Dask scheduler whose workers share it.", metavar="ADDRESS")
]
FailFastOption = Annotated[
    bool, typer.Option("--fail-fast", help="Stop at the first slide that fails.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Begin anew instead of resuming.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print outcomes as JSON.")]


def run(
    slides: Annotated[
        list[str],
        typer.Argument(help="Slides, or folders of slides; also URLs.", metavar="SLIDE|DIR|URL..."),
    ],
    out: Annotated[
        str,
        typer.Option(help="Folder for the results; one folder per slide.", metavar="DIR|URL"),
    ],
    mpp: MppOption = None,
    network: NetworkOption = None,
    device: DeviceOption = "auto",
    backend: BackendOption = "auto",
    max_ram: MaxRamOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    fail_fast: FailFastOption = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Analyse slides; running the same command again resumes what was interrupted and skips what is done.

    Every slide gets a folder in OUT with result.json, analysis.zarr, vessels.csv, .parquet and .geojson, and
    report.html. One bad slide does not stop the others; the exit code is 1 if any failed.

    --workers and --scheduler need the extra "cluster" of the package; results are the same bytes.

    Slides and OUT may be URLs, such as s3://bucket/slides; this needs the extra "cloud".
    """
    from pathoflow.cli.place import places_of
    from pathoflow.cli.show import shown_steps
    from pathoflow.pipeline import RunSettings, run_slides, worst_exit_code

    settings = RunSettings(
        networks=tuple(network or ()),
        device=device,
        backend=backend,
        mpp=mpp,
        max_ram_gb=max_ram,
        overwrite=overwrite,
    )
    crew = _crew(workers, scheduler)
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


def _crew(workers: int | None, scheduler: str | None) -> Crew:
    from pathoflow.pipeline import Cluster, one_after_the_other

    if workers is None and scheduler is None:
        return one_after_the_other
    return Cluster(workers, scheduler)


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
