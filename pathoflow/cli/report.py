"""``pathoflow report``: write the derived files of a result anew, without the slide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[
        Path, typer.Argument(help="OUT/<slide-id>, the folder of one analysed slide.")
    ],
) -> None:
    """Write report.html, the tables and the GeoJSON again from result.json and analysis.zarr."""
    from pathoflow.pipeline import write_derived
    from pathoflow.store import ResultFolder, load_result

    write_derived(load_result(folder), ResultFolder(folder))
    print(ResultFolder(folder).report_html)
