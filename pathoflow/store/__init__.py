"""Results on disk: of a slide one folder, its canonical `result.json` and its pixels as OME-Zarr; of a case `case.json`.

folder          which file lies where; case_folder the same for a case
atomic          old file or new file, never half of either
result          read and write result.json; validation holds it to the shipped JSON Schema
case_file       the same for case.json
vessel_table    its vessels as rows and as a table
ome_zarr        create and open pyramids; pyramid writes and reads them; ngff words their metadata
"""

from pathoflow.store.atomic import write_bytes, write_json, write_text
from pathoflow.store.case_file import case_problems, case_schema, read_case_file, write_case_file
from pathoflow.store.case_folder import CASES_NAME, CaseFolder, case_folders
from pathoflow.store.folder import ResultFolder, ensure_writable
from pathoflow.store.ngff import Label, PyramidLevel
from pathoflow.store.ome_zarr import (
    PyramidSpec,
    create_pyramid,
    list_pyramids,
    n_levels_for,
    open_pyramid,
)
from pathoflow.store.pyramid import Pyramid
from pathoflow.store.result import Proposal, Result, load_result, save_result
from pathoflow.store.validation import SCHEMA, result_problems, result_schema
from pathoflow.store.vessel_table import COLUMNS, Column, VesselTable

__all__ = [
    "CASES_NAME",
    "COLUMNS",
    "SCHEMA",
    "CaseFolder",
    "Column",
    "Label",
    "Proposal",
    "Pyramid",
    "PyramidLevel",
    "PyramidSpec",
    "Result",
    "ResultFolder",
    "VesselTable",
    "case_folders",
    "case_problems",
    "case_schema",
    "create_pyramid",
    "ensure_writable",
    "list_pyramids",
    "load_result",
    "n_levels_for",
    "open_pyramid",
    "read_case_file",
    "result_problems",
    "result_schema",
    "save_result",
    "write_bytes",
    "write_case_file",
    "write_json",
    "write_text",
]
