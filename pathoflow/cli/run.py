"""``pathoflow run``: slides to results."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pathoflow.cli.sentence import say, say_where

if TYPE_CHECKING:
    from pathoflow.cli.place import Places
    from pathoflow.mvi import CaseRow
    from pathoflow.pipeline import CaseOutcome, Crew, Outcome, RunSettings

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
CasesOption = Annotated[
    Path | None,
    typer.Option(
        help="Table with the columns slide,case,block,site[,tumour]: writes OUT/cases/<case>.",
        metavar="CASES.csv",
    ),
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
    cases: CasesOption = None,
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

    With --cases every case of these slides gets case.json and report.html, from all slides the table gives it.

    --workers and --scheduler need the extra "cluster" of the package; results are the same bytes.

    Slides and OUT may be URLs, such as s3://bucket/slides; this needs the extra "cloud".
    """
    from pathoflow.cli.place import places_of
    from pathoflow.cli.show import shown_steps
    from pathoflow.pipeline import RunSettings, require_rows, run_slides, worst_exit_code

    table = _table(cases, slides, out)
    names = tuple(network or ())
    settings = RunSettings(names, device, backend, mpp, max_ram, overwrite)
    crew = _crew(workers, scheduler)
    outcomes: list[Outcome] = []
    with places_of(slides, out, crew) as places, shown_steps() as on_step:
        if table is not None:
            require_rows(places.slides, table)
        told = run_slides(places.slides, places.out, settings, on_step, fail_fast, places.crew)
        with closing(told):
            for outcome in told:
                outcomes.append(outcome)
                if not as_json:
                    _print_outcome(outcome, places)
        joined = _join(places.out, table, outcomes, settings)
    if as_json:
        plain: object = [_plain(outcome, places) for outcome in outcomes]
        if table is not None:
            plain = {"slides": plain, "cases": [_plain_case(one) for one in joined]}
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        _print_cases(joined)
    raise typer.Exit(worst_exit_code(outcomes) or int(any(one.error for one in joined)))


def _table(cases: Path | None, slides: list[str], out: str) -> dict[str, CaseRow] | None:
    """The table of cases, read before anything runs."""
    from pathoflow.errors import UsageError
    from pathoflow.mvi import read_cases
    from pathoflow.pipeline import is_url

    if cases is None:
        return None
    if any(is_url(place) for place in (*slides, out)):
        raise UsageError("--cases takes no URLs yet; give slides and OUT as paths of this machine.")
    return read_cases(cases)


def _join(
    out: Path, table: dict[str, CaseRow] | None, outcomes: list[Outcome], settings: RunSettings
) -> list[CaseOutcome]:
    from pathoflow.pipeline import write_cases

    return [] if table is None else write_cases(out, table, outcomes, settings.criteria)


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


def _print_cases(joined: list[CaseOutcome]) -> None:
    for one in joined:
        _print_case(one)


def _print_case(one: CaseOutcome) -> None:
    if one.case is None:
        say(f"case {one.case_id}: {one.error}")
        return
    grade = one.case.grade()
    possible = f", possible {', '.join(grade.possible)}" if len(grade.possible) > 1 else ""
    n_done = sum(slide.is_analysed for slide in one.case.slides)
    print(
        f"case {one.case_id}: {n_done} of {len(one.case.slides)} slides analysed; {grade.system}, "
        f"{one.case.stage.value.replace('_', ' ')}: {grade.grade}{possible}"
    )
    print(f"  {one.folder.report_html}")


def _plain_case(one: CaseOutcome) -> dict[str, object]:
    grades = {} if one.case is None else one.case.grades
    return {
        "case": one.case_id,
        "folder": str(one.folder.path),
        "message": str(one.error or ""),
        "systems": {name: grade.as_json() for name, grade in grades.items()},
    }


def _plain(outcome: Outcome, places: Places) -> dict[str, object]:
    return {
        "slide": outcome.slide_id,
        "file": places.name_of(outcome.path),
        "status": outcome.status,
        "codes": list(outcome.codes),
        "message": outcome.message,
        "folder": places.name_of(places.out / outcome.slide_id) if outcome.result else None,
    }
