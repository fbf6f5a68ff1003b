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
    slide: Annotated[
        Path | None,
        typer.Option(help="The slide's file, to check that it is still the analysed one."),
    ] = None,
) -> None:
    """Write report.html, the tables and the GeoJSON again from result.json and analysis.zarr; of a case, its report.

    With --slide, a file that is not the analysed one is told (SLIDE_CHANGED) and the exit code is 1; nothing is written.
    """
    from pathoflow.errors import SlideError
    from pathoflow.store import CaseFolder, ResultFolder, load_result

    if CaseFolder(folder).case_json.exists():
        from pathoflow.report import write_case_report

        print(write_case_report(CaseFolder(folder)))
        return
    from pathoflow.pipeline import check_slide, write_derived

    result = load_result(folder)
    if slide is not None and (flag := check_slide(result, slide)) is not None:
        raise SlideError(flag.message, flag.code)
    write_derived(result, ResultFolder(folder))
    print(ResultFolder(folder).report_html)
