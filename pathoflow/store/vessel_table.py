"""The vessels of one result as a sequence of rows, and as a table whose column names carry the units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import pandas as pd

#: One vessel as `result.json` holds it.
VesselRow = Mapping[str, Any]
Cell = str | bool | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of every vessel table, and where `result.json` keeps its value."""

    name: str
    #: Nullable pandas type, so that "unknown" is neither 0 nor NaN, and an empty table keeps its types.
    dtype: Literal["string", "boolean", "Int64", "Float64"]
    meaning: str
    #: Key of the vessel row; the column's own name where empty.
    key: str = ""
    #: Which of two numbers, where the row holds a pair.
    index: int | None = None

    def cell(self, row: VesselRow) -> Cell:
        """The value of this column in ``row``; None where it is unknown."""
        # Results of earlier versions lack what was not measured then.
        value = row.get(self.key or self.name)
        if value is None:
            return None
        if self.index is not None:
            value = value[self.index]
        if isinstance(value, list):
            return ";".join(value)
        return value  # type: ignore[no-any-return]  # JSON: the schema has already said which kind


#: Every column, in order: the one place where the names of CSV, GeoParquet and pandas tables are written down.
COLUMNS = (
    Column("id", "string", "UUID of the vessel, stable across re-runs and exports"),
    Column("kind", "string", "portal, hepatic, capsular, artery, lymphatic or unknown"),
    Column("location", "string", "where it lies with respect to the tumour"),
    Column("truncated", "boolean", "cut by the edge of the tissue or of the image"),
    Column("centroid_y_px", "Float64", "centroid, level-0 pixels down", "centroid_px", 0),
    Column("centroid_x_px", "Float64", "centroid, level-0 pixels right", "centroid_px", 1),
    Column("area_um2", "Float64", "area inside the outline, lumen included, µm²"),
    Column("equivalent_diameter_um", "Float64", "diameter of the circle of the same area, µm"),
    Column("p_vessel", "Float64", "score that it is a vessel, 0 to 1"),
    Column(
        "p_mvi",
        "Float64",
        "probability (or score, see p_mvi_calibrated) that it is invaded, 0 to 1",
    ),
    Column("n_tumour_cells", "Int64", "tumour cells counted inside"),
    Column(
        "n_tumour_cells_low",
        "Float64",
        "lower end of the 90 % interval",
        "n_tumour_cells_interval",
        0,
    ),
    Column(
        "n_tumour_cells_high",
        "Float64",
        "upper end of the 90 % interval",
        "n_tumour_cells_interval",
        1,
    ),
    Column("tumour_in_lumen_fraction", "Float64", "share of the lumen that tumour fills, 0 to 1"),
    Column("attachment", "string", "adherent, floating, filling or unknown"),
    Column("dist_edge_um", "Float64", "shortest distance to the tumour's border, µm"),
    Column("dist_method", "string", "auto, manual or block_site"),
    Column("flags", "string", "remarks, joined by semicolons"),
    # Added later: new columns stand behind those that scripts may count on by place.
    Column("kind_probability", "Float64", "of the most probable kind, not calibrated, 0 to 1"),
    Column("muscular_wall", "string", "yes, no or unknown"),
    Column("lumen_fraction", "Float64", "area of the lumen over that of the vessel, 0 to 1"),
    Column("wall_thickness_um", "Float64", "median thickness of the wall, µm"),
    Column("elongation", "Float64", "length over width, from 1"),
    Column("solidity", "Float64", "area over that of the convex hull, 0 to 1"),
    Column("perimeter_um", "Float64", "length of the outline, µm"),
    Column("cells_box", "string", "le50, gt50, or undetermined where the interval holds both"),
    Column("cells_method", "string", "who counted: network:<name> or classical"),
    Column("piece", "Int64", "number of the tissue piece it lies on"),
    Column("p_mvi_calibrated", "boolean", "whether p_mvi is a calibrated probability"),
)


@dataclass(frozen=True, slots=True)
class VesselTable(Sequence[VesselRow]):
    """The vessels of a result, in the result's order: index, iterate, or ask for a data frame."""

    rows: tuple[VesselRow, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> VesselRow: ...

    @overload
    def __getitem__(self, index: slice) -> VesselTable: ...

    def __getitem__(self, index: int | slice) -> VesselRow | VesselTable:
        if isinstance(index, slice):
            return VesselTable(self.rows[index])
        return self.rows[index]

    def find(self, vessel_id: str) -> VesselRow:
        """The vessel with this UUID.

        Raises
        ------
        KeyError
            No vessel has it.
        """
        for row in self.rows:
            if row["id"] == vessel_id:
                return row
        raise KeyError(f"none of the {len(self)} vessels has the id {vessel_id}")

    def to_pandas(self) -> pd.DataFrame:
        """One row per vessel with the columns of `COLUMNS`; outlines stay in the rows."""
        import pandas as pd  # half a second that reading a grade should not cost

        return pd.DataFrame(
            {
                column.name: pd.Series(
                    [column.cell(row) for row in self.rows],
                    dtype=pd.api.types.pandas_dtype(column.dtype),
                )
                for column in COLUMNS
            }
        )
