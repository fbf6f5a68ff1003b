"""Reading and writing `case.json`: checked both times, written atomically."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from pathoflow.errors import UsageError
from pathoflow.store.atomic import write_json
from pathoflow.store.case_folder import CaseFolder
from pathoflow.store.validation import in_words

_NEWEST = 1


@cache
def case_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `case.json`, as it ships with the package."""
    text = resources.files("pathoflow.store").joinpath("schema/case.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(case_schema())


def case_problems(data: Mapping[str, Any]) -> list[str]:
    """Every fault of ``data`` as "place: what is wrong", at most a handful; empty where it is valid."""
    return in_words(_validator().iter_errors(data))


def read_case_file(folder: CaseFolder) -> dict[str, Any]:
    """The content of a case's `case.json`.

    Raises
    ------
    UsageError
        The file is missing, newer than this version reads, or not a valid case.
    """
    path = folder.case_json
    try:
        data = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"there is no case.json in {path.parent}; give the folder of one case, OUT/cases/<case>"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} could not be read ({error.strerror})") from error
    except ValueError as error:
        raise UsageError(
            f"{path} is not valid JSON ({error}); run with --cases again to write it anew"
        ) from error
    schema = data.get("schema") if isinstance(data, dict) else None
    if isinstance(schema, int) and schema > _NEWEST:
        raise UsageError(
            f"{path} has case schema {schema}, this version reads up to {_NEWEST}; update pathoflow"
        )
    if problems := case_problems(data):
        raise UsageError(
            f"{path} is not valid: {'; '.join(problems)}; run with --cases again to write it anew"
        )
    return dict(data)


def write_case_file(folder: CaseFolder, data: Mapping[str, Any]) -> Path:
    """Check ``data``, then write it as the `case.json` of a case, atomically; the path is given back.

    Raises
    ------
    UsageError
        ``data`` breaks the schema, or the folder holds another case; nothing is written.
    NoSpace, EnvironmentFault
        The folder cannot be written; an older file stays.
    """
    path = folder.case_json
    if problems := case_problems(data):
        raise UsageError(
            f"the case for {path} is not valid: {'; '.join(problems)}; nothing was written"
        )
    other = _case_in(path)
    if other is not None and other != data["case"]:
        raise UsageError(
            f"{path.parent} already holds the case {other!r}, so the case {data['case']!r} cannot be written "
            "there; use another output folder or another id"
        )
    folder.prepare()
    write_json(path, data)
    return path


def _case_in(path: Path) -> str | None:
    """Id of the case that a folder holds already; None where there is none, or a damaged one."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return data.get("case") if isinstance(data, dict) else None
