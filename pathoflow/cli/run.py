"""``pathoflow run``: slides to results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def run(
    slides: Annotated[
        list[Path], typer.Argument(help="Slides, or folders of slides.", metavar="SLIDE|DIR...")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results; one folder per slide.")],
    mpp: Annotated[
        float | None, typer.Option(help="µm per pixel, for slides that do not say.")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="Network by name or folder; repeatable.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
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
    """
    from pathoflow.cli.show import shown_steps
    from pathoflow.pipeline import Outcome, RunSettings, find_slides, run_slides, worst_exit_code

    settings = RunSettings(
        networks=tuple(network or ()), device=device, mpp=mpp, overwrite=overwrite
    )
    outcomes: list[Outcome] = []
    with shown_steps() as on_step:
        for outcome in run_slides(find_slides(slides), out, settings, on_step, fail_fast):
            outcomes.append(outcome)
            if not as_json:
                _print_outcome(outcome, out)
    if as_json:
        print(
            json.dumps([_plain(outcome, out) for outcome in outcomes], indent=2, ensure_ascii=False)
        )
    raise typer.Exit(worst_exit_code(outcomes))


def _print_outcome(outcome: object, out: Path) -> None:
    from pathoflow.pipeline import Outcome

    assert isinstance(outcome, Outcome)
    remarks = f" ({', '.join(outcome.codes)})" if outcome.codes else ""
    if outcome.result is None:
        typer.echo(f"pathoflow: {outcome.path}: {outcome.message}", err=True)
        return
    result = outcome.result
    print(f"{outcome.slide_id}: {outcome.status}{remarks}")
    if result.status == "failed":
        typer.echo(f"pathoflow: {outcome.path}: {outcome.message}", err=True)
    else:
        proposal = result.propose("NHC")
        print(
            f"  {len(result.vessels)} vessels, {result.data['mvi']['n_candidates']} candidates; proposal (NHC, not "
            f"reviewed): {proposal.grade}"
            + (f", possible {', '.join(proposal.possible)}" if len(proposal.possible) > 1 else "")
        )
    print(f"  {out / outcome.slide_id / 'report.html'}")


def _plain(outcome: object, out: Path) -> dict[str, object]:
    from pathoflow.pipeline import Outcome

    assert isinstance(outcome, Outcome)
    return {
        "slide": outcome.slide_id,
        "file": str(outcome.path),
        "status": outcome.status,
        "codes": list(outcome.codes),
        "message": outcome.message,
        "folder": str(out / outcome.slide_id) if outcome.result else None,
    }
