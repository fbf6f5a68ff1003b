"""``pathoflow score``: a result against the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def score(
    folder: Annotated[
        Path, typer.Argument(help="OUT/<slide-id>, the folder of one analysed slide.")
    ],
    truth: Annotated[Path, typer.Argument(help="A .truth folder, or a GeoJSON of outlines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare outlines, areas, invaded vessels and cell counts with the truth."""
    from pathoflow.pipeline import score_slide

    figures = score_slide(folder, truth).as_json()
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):36} {'nothing to measure' if value is None else value}")
