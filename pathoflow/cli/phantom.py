"""``pathoflow phantom``: paint slides whose truth is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pathoflow.phantom import Cohort, PhantomSpec

app = typer.Typer(help="Paint slides whose truth is known exactly.", no_args_is_help=True)


@app.command()
def make(
    spec: Annotated[
        Path,
        typer.Argument(
            help="TOML with at least seed, size_px, mpp, family; or the same with a [cohort] table.",
            metavar="SPEC.toml",
        ),
    ],
    to: Annotated[
        Path,
        typer.Option(
            help="The slide to write, its truth goes beside it; for a cohort the folder.",
            metavar="SLIDE.tiff|DIR",
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was written as JSON.")
    ] = False,
) -> None:
    """Write SLIDE.tiff and SLIDE.truth/ (truth.json, truth.geojson, truth.zarr).

    A TOML with a [cohort] table or [[case]] tables describes cases of several slides: DIR then holds slides/ with
    their truths, cases.csv, truth.csv (what is true of each case) and true_vessels.csv, which `pathoflow grade`
    reads. With virtual = true the slides are recipes of a kilobyte, which pathoflow opens as slides. Run again,
    the command goes on where it stopped.
    """
    from pathoflow.phantom import is_cohort, load_table, parse_cohort, parse_spec

    table = load_table(spec)
    if is_cohort(table):
        _make_cohort(parse_cohort(table, str(spec)), to, as_json)
    else:
        _make_slide(parse_spec(table, str(spec)), to, as_json)


def _make_slide(recipe: PhantomSpec, to: Path, as_json: bool) -> None:
    from pathoflow.cli.place import check_place
    from pathoflow.cli.show import shown_share
    from pathoflow.phantom import make_phantom

    check_place(to.parent)
    with shown_share(to.name) as on_share:
        make_phantom(recipe, to, on_share)
    if as_json:
        _print_json(
            slide=str(to),
            truth=str(to.with_suffix(".truth")),
            seed=recipe.seed,
            family=recipe.family,
        )
    else:
        print(to)


def _make_cohort(cohort: Cohort, to: Path, as_json: bool) -> None:
    from pathoflow.cli.place import check_place
    from pathoflow.cli.show import shown_steps
    from pathoflow.phantom import make_cohort
    from pathoflow.pipeline.progress import Step

    check_place(to)
    with shown_steps() as on_step:
        cases = make_cohort(
            cohort,
            to,
            lambda slide_id, share: on_step(Step(slide_id, "painting", round(100 * share), 100)),
        )
    if as_json:
        _print_json(folder=str(to), cases=[asdict(case) for case in cases])
        return
    for case in cases:
        farthest = (
            "" if case.farthest_um is None else f", farthest {case.farthest_um / 1000:.3f} mm"
        )
        print(
            f"{case.case}: {case.slides} slides, {case.n_invaded} invaded veins"
            f" ({case.n_far} far, {case.n_unknown} at unknown distance){farthest}"
        )
    print(to / "cases.csv")


@app.command()
def sheet(
    spec: Annotated[
        Path, typer.Argument(help="TOML of a slide, as for make.", metavar="SPEC.toml")
    ],
    to: Annotated[Path, typer.Option(help="The picture to write.", metavar="SHEET.png")],
    crops: Annotated[
        int, typer.Option(help="Crops of each kind of object.", min=1, max=10, metavar="N")
    ] = 1,
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave out what is shown; SHEET.json has the key.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the key as JSON.")] = False,
) -> None:
    """Paint crops of everything that a slide shows on one picture, at 5x, 10x, 20x and 40x.

    Rows are portal tracts, veins, arteries, ducts, borders of the tumour, invaded veins by the way their plug lies,
    look-alikes and artefacts, as far as the slide has them. With --blind the rows are shuffled and numbered, for an
    eye test.
    """
    from pathoflow.cli.place import check_place
    from pathoflow.cli.show import shown_share
    from pathoflow.phantom import load_spec, make_sheet

    recipe = load_spec(spec)
    check_place(to.parent)
    with shown_share(to.name) as on_share:
        rows = make_sheet(recipe, to, crops, blind, on_share)
    if as_json:
        _print_json(sheet=str(to), rows=[asdict(row) for row in rows])
    else:
        print(to)


def _print_json(**values: Any) -> None:
    from pathoflow.phantom import GENERATOR_VERSION

    mark = {"data": "synthetic", "generator_version": GENERATOR_VERSION}
    print(json.dumps(values | mark, indent=2, ensure_ascii=False))
