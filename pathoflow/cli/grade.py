"""``pathoflow grade``: grades per case and system from a table of vessels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def grade(
    table: Annotated[
        Path, typer.Argument(help="CSV with one row per vessel.", metavar="VESSELS.csv")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Grade every case of a table in all systems, with reasons.

    Columns: case, vessel, dist_edge_um, n_tumour_cells, location, status (accepted, rejected or uncertain). An empty
    distance or count is unknown. A row without a vessel states a case without invaded vessels.
    """
    from pathoflow.mvi import grade_case, read_grade_table

    cases = {case: grade_case(vessels) for case, vessels in read_grade_table(table).items()}
    if as_json:
        plain = {
            case: {"systems": {name: one.as_json() for name, one in systems.items()}}
            for case, systems in cases.items()
        }
        print(json.dumps({"cases": plain}, indent=2, ensure_ascii=False))
        return
    for case, systems in cases.items():
        print(case)
        for name, one in systems.items():
            open_range = f" (possible: {', '.join(one.possible)})" if len(one.possible) > 1 else ""
            print(f"  {name}: {one.grade}{open_range}")
            for reason in one.reasons:
                print(f"    {reason}")
