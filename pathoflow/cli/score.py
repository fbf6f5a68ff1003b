"""``pathoflow score``: results against the truth, one slide or many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def score(
    results: Annotated[
        Path,
        typer.Argument(
            help="OUT/<slide-id>, the folder of one analysed slide, or OUT, the folder of many.",
            metavar="OUT/SLIDE-ID|OUT",
        ),
    ],
    truth: Annotated[
        Path,
        typer.Argument(
            help="A .truth folder or a GeoJSON of outlines; for many slides the folder that holds SLIDE-ID.truth.",
            metavar="TRUTH|TRUTH_DIR",
        ),
    ],
    cases: Annotated[
        Path | None,
        typer.Option(
            help="Table with the columns slide,case,block,site; without it every slide is a case."
        ),
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(help="Folder for the plots as PNG.", metavar="DIR")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare outlines, areas, invaded vessels, cell counts, scores and grades with the truth.

    Many slides give every figure a 95 % interval, by drawing whole cases. Figures of painted slides are synthetic:
    they prove plumbing and rank methods, and say nothing about diagnosis.
    """
    from pathoflow.cli.place import check_place
    from pathoflow.errors import UsageError

    if plots is not None:
        check_place(plots)
    # A path without any result is told as the one slide that it was meant to be.
    if (results / "result.json").exists() or not any(results.glob("*/result.json")):
        if cases is not None:
            raise UsageError(f"--cases needs the folder of many results, but {results} is one")
        lines = _score_one(results, truth, plots, as_json)
    else:
        lines = _score_many(results, truth, cases, plots, as_json)
    print("\n".join(lines))


def _score_one(folder: Path, truth: Path, plots: Path | None, as_json: bool) -> list[str]:
    from pathoflow.pipeline.scoring import draw_plots, score_alone, slide_lines

    found = score_alone(folder, truth)
    if plots is not None:
        draw_plots(found, plots)
    (slide,) = found.slides
    figures = slide.as_json()
    return [json.dumps(figures, indent=2)] if as_json else slide_lines(figures)


def _score_many(
    out: Path, truths: Path, cases: Path | None, plots: Path | None, as_json: bool
) -> list[str]:
    from pathoflow.cli.show import shown_steps
    from pathoflow.pipeline.scoring import cohort_lines, draw_plots, score_cohort

    with shown_steps() as on_step:
        found = score_cohort(out, truths, cases, on_step)
    if plots is not None:
        draw_plots(found, plots)
    figures = found.as_json()
    return [json.dumps(figures, indent=2)] if as_json else cohort_lines(figures)
