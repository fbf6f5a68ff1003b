"""``pathoflow report``: write the derived files of a result anew, without the slide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[
        Path,
        typer.Argument(
            help="OUT/<slide-id>, the folder of one analysed slide, or OUT/cases/<case>.",
            metavar="OUT/SLIDE-ID|OUT/cases/CASE",
        ),
    ],
) -> None:
    """Write report.html, the tables and the GeoJSON again from result.json and analysis.zarr; of a case, its report."""
    from pathoflow.store import CaseFolder, ResultFolder, load_result

    if CaseFolder(folder).case_json.exists():
        from pathoflow.report import write_case_report

        print(write_case_report(CaseFolder(folder)))
        return
    from pathoflow.pipeline import write_derived

    write_derived(load_result(folder), ResultFolder(folder))
    print(ResultFolder(folder).report_html)
