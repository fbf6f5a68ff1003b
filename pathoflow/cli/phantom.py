"""``pathoflow phantom``: paint slides whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Paint slides whose truth is known exactly.", no_args_is_help=True)


@app.command()
def make(
    spec: Annotated[
        Path,
        typer.Argument(help="TOML with at least seed, size_px, mpp, family.", metavar="SPEC.toml"),
    ],
    to: Annotated[
        Path,
        typer.Option(help="The slide to write; its truth goes beside it.", metavar="SLIDE.tiff"),
    ],
) -> None:
    """Write SLIDE.tiff and SLIDE.truth/ (truth.json, truth.geojson, truth.zarr)."""
    from pathoflow.cli.place import check_place
    from pathoflow.cli.show import shown_share
    from pathoflow.phantom import load_spec, make_phantom

    recipe = load_spec(spec)
    check_place(to.parent)
    with shown_share(to.name) as on_share:
        make_phantom(recipe, to, on_share)
    print(to)


@app.callback()
def _group() -> None:
    """Keep ``make`` a word of its own although it is the only command so far."""
