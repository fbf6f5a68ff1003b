"""``pathoflow bench``: what this machine can do, as tables of ratios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pathoflow.cli.sentence import say

if TYPE_CHECKING:
    from pathoflow.bench import Table

app = typer.Typer(
    help="Tables of ratios on this machine: reading, networks, whole slides.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds of which the median is taken.")]


def show(table: Table, as_json: bool) -> None:
    """Print a table for people or for scripts."""
    print(json.dumps(table.plain(), indent=2) if as_json else table.markdown())


@app.command()
def read(
    slide: Annotated[
        Path | None, typer.Argument(help="A slide; a painted one is made without.", metavar="SLIDE")
    ] = None,
    rounds: Rounds = 3,
    as_json: AsJson = False,
) -> None:
    """Pixels per CPU-second of the readers on one slide, beside decoding its tiles alone."""
    from pathoflow.bench.read import bench_read

    show(bench_read(slide, rounds), as_json)


@app.command()
def scale(
    slide: Annotated[
        Path | None,
        typer.Argument(
            help="A slide to repeat; one of 10,240 px is painted without.", metavar="SLIDE"
        ),
    ] = None,
    times: Annotated[
        list[int] | None, typer.Option(min=1, help="Copies along each axis; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Time per tissue and peak memory of whole runs on slides of growing size."""
    from pathoflow.bench.painted import painted_slide
    from pathoflow.bench.scale import TIMES, bench_scale

    with painted_slide(slide, side_px=10_240) as path:
        table = bench_scale(path, times or TIMES, on_size=lambda side: say(f"{side:,} px ..."))
    show(table, as_json)


@app.command()
def engine(
    network: Annotated[
        list[str] | None,
        typer.Option(
            help="Network by name or folder, or an architecture such as Unet/resnet34 with random weights; repeatable. [default: vessel-starter]"
        ),
    ] = None,
    rounds: Rounds = 3,
    tile_px: Annotated[int, typer.Option(min=64, help="Side of the tiles.")] = 512,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    compiled: Annotated[
        bool, typer.Option("--compile", help="Try torch's compiler too, which takes minutes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Megapixels per CPU-second of every backend, as ratios to torch in full precision, and how well they agree.

    On a CPU the quickest backend whose answers agree is kept, and later runs take it.
    """
    from pathoflow.bench.engine import EngineBench, bench_engine

    names = tuple(network or ("vessel-starter",))
    show(bench_engine(EngineBench(names, rounds, tile_px, device, compiled)), as_json)
