"""The vessels of a result as CSV and GeoParquet, one row per vessel, units in the column names.

Columns and their meaning are those of `pathoflow.store.COLUMNS`; GeoParquet adds ``geometry``, the outline in level-0
pixels (x, y). Unknown is an empty cell or null, never zero.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pathoflow.store import COLUMNS, Column, VesselTable, write_bytes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Key of the provenance in a GeoParquet file's own metadata.
PROVENANCE_KEY = b"pathoflow"

# A spreadsheet runs a cell that starts with one of these. Apostrophes in front are part of the pattern, so that
# taking one away again is always the exact inverse.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_csv(rows: Iterable[Mapping[str, Any]], path: Path, *, excel: bool = False) -> None:
    """Write the ``vessels`` of a result as CSV; zero rows give the header alone.

    Parameters
    ----------
    rows
        As `result.json` holds them.
    path
        Replaced atomically.
    excel
        Start with a byte order mark, without which Excel takes UTF-8 for something else.

    Raises
    ------
    NoSpace, EnvironmentFault
        The file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([_written(column, row) for column in COLUMNS] for row in rows)
    write_bytes(path, text.getvalue().encode("utf-8-sig" if excel else "utf-8"))


def read_csv(path: Path) -> pd.DataFrame:
    """Read what `write_csv` wrote, with the types of `VesselTable.to_pandas`."""
    import pandas as pd

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [_read(column, row[column.name]) for row in rows],
                dtype=pd.api.types.pandas_dtype(column.dtype),
            )
            for column in COLUMNS
        }
    )


def write_geoparquet(
    rows: Iterable[Mapping[str, Any]], path: Path, provenance: Mapping[str, Any] | None = None
) -> None:
    """Write the ``vessels`` of a result as GeoParquet: the columns of the CSV and the outlines as WKB.

    The coordinate system is written as null. A file that leaves it out claims longitude and latitude.

    Parameters
    ----------
    rows
        As `result.json` holds them; zero rows give a valid file with all columns.
    path
        Replaced atomically.
    provenance
        Kept as JSON in the file's metadata under `PROVENANCE_KEY`.

    Raises
    ------
    NoSpace, EnvironmentFault
        The file cannot be written.
    """
    import geopandas as gpd
    import pyarrow.parquet as pq
    from shapely.geometry import shape

    table = VesselTable(tuple(rows))
    geometry = gpd.GeoSeries([shape(row["outline"]) for row in table], crs=None)
    plain = io.BytesIO()
    gpd.GeoDataFrame(table.to_pandas(), geometry=geometry, crs=None).to_parquet(
        plain, index=False, geometry_encoding="WKB"
    )
    if provenance is None:
        write_bytes(path, plain.getvalue())
        return
    content = pq.read_table(plain)
    note = json.dumps(provenance, ensure_ascii=False).encode()
    labelled = io.BytesIO()
    pq.write_table(
        content.replace_schema_metadata({**content.schema.metadata, PROVENANCE_KEY: note}), labelled
    )
    write_bytes(path, labelled.getvalue())


def read_geoparquet(path: Path) -> gpd.GeoDataFrame:
    """Read what `write_geoparquet` wrote; unknown stays unknown."""
    import geopandas as gpd
    import pandas as pd

    frame = gpd.read_parquet(path)
    for column in COLUMNS:
        frame[column.name] = frame[column.name].astype(pd.api.types.pandas_dtype(column.dtype))
    return frame


def _written(column: Column, row: Mapping[str, Any]) -> str:
    cell = column.cell(row)
    if cell is None:
        return ""
    if column.dtype == "boolean":
        return "true" if cell else "false"
    if column.dtype == "Int64":
        return str(int(cell))
    if column.dtype == "Float64":
        return repr(float(cell))
    text = str(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def _read(column: Column, text: str) -> str | bool | float | None:
    if text == "":
        return None
    if column.dtype == "boolean":
        return text == "true"
    if column.dtype == "Int64":
        return int(text)
    if column.dtype == "Float64":
        return float(text)
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
