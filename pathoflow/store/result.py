"""Reading and writing `result.json`, the canonical answer for one slide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pathoflow.errors import MppUnknown, UsageError
from pathoflow.space import Box, Mpp, Size
from pathoflow.store.atomic import write_json
from pathoflow.store.folder import ResultFolder
from pathoflow.store.validation import SCHEMA, result_problems
from pathoflow.store.vessel_table import VesselTable


@dataclass(frozen=True, slots=True)
class Proposal:
    """The machine's grade in one system; final only after review, and None where it cannot be settled."""

    grade: str | None
    possible: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one slide, valid by construction when it comes from `load_result` or `save_result`."""

    #: The content of `result.json`; to be read, not changed.
    data: Mapping[str, Any]

    @property
    def slide_id(self) -> str:
        """Name of the slide, which is also that of its folder."""
        return str(self.data["slide"]["id"])

    @property
    def status(self) -> str:
        """One of ok, ok_with_warnings, failed, excluded."""
        return str(self.data["status"])

    @property
    def codes(self) -> tuple[Mapping[str, Any], ...]:
        """Remarks: stable code, severity, message, and an area in µm² where one is meant."""
        return tuple(self.data["codes"])

    @property
    def vessels(self) -> VesselTable:
        """All vessels, in stored order."""
        return VesselTable(tuple(self.data["vessels"]))

    @property
    def candidates(self) -> VesselTable:
        """The vessels called as possibly invaded, most suspicious first.

        They are the first ``mvi.n_candidates`` in the order of falling ``p_mvi``, equal scores by id.
        """
        ranked = sorted(self.data["vessels"], key=_suspicion)
        return VesselTable(tuple(ranked[: self.data["mvi"]["n_candidates"] or 0]))

    @property
    def slide_mpp(self) -> Mpp:
        """Micrometres per level-0 pixel.

        Raises
        ------
        MppUnknown
            The slide has none; such a slide has failed.
        """
        mpp = self.data["slide"]["mpp"]
        if mpp is None:
            raise MppUnknown(
                f"the result of {self.slide_id} holds no micrometres per pixel; "
                "run the slide again and state them"
            )
        return Mpp(*mpp)

    @property
    def slide_size(self) -> Size | None:
        """Level-0 pixels; None where the slide could not be opened."""
        size = self.data["slide"]["size_px"]
        return None if size is None else Size(*size)

    @property
    def bounds(self) -> Box | None:
        """The scanned part of level 0, where the slide's file names one and the pipeline noted it."""
        bounds = self.data["provenance"].get("bounds_px")
        return None if bounds is None else Box(**bounds)

    @property
    def systems(self) -> tuple[str, ...]:
        """Grading systems that have a proposal."""
        return tuple(self.data["mvi"]["systems"])

    def propose(self, system: str) -> Proposal:
        """The machine's proposal in one grading system, with its reasons in words.

        Raises
        ------
        UsageError
            The result holds no proposal in ``system``.
        """
        try:
            found = self.data["mvi"]["systems"][system]
        except KeyError:
            known = ", ".join(self.systems) or "none"
            raise UsageError(
                f"the result of {self.slide_id} has no grade in {system!r}; it has: {known}"
            ) from None
        return Proposal(found["grade"], tuple(found["possible"]), tuple(found["reasons"]))


def load_result(folder: ResultFolder | Path | str) -> Result:
    """Read and check the ``result.json`` of a result folder.

    Raises
    ------
    UsageError
        The file is missing, newer than this version reads, or not a valid result.
    """
    path = _folder(folder).result_json
    try:
        data = json.loads(path.read_text("utf-8"), parse_constant=_refuse_constant)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"there is no result.json in {path.parent}; give the folder of one analysed slide"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} could not be read ({error.strerror})") from error
    except ValueError as error:
        raise UsageError(f"{path} is not valid JSON ({error}); run the slide again") from error
    if not isinstance(data, dict):
        raise UsageError(
            f"{path} holds no result, but a {type(data).__name__}; run the slide again"
        )
    schema = data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise UsageError(
            f"{path} has result schema {schema}, this version reads up to {SCHEMA}; update pathoflow"
        )
    _require_valid(data, str(path), "run the slide again")
    return Result(data)


def save_result(folder: ResultFolder | Path | str, data: Mapping[str, Any]) -> Result:
    """Check ``data``, then write it as the ``result.json`` of a result folder, atomically.

    Raises
    ------
    UsageError
        ``data`` breaks the schema; nothing is written.
    NoSpace, EnvironmentFault
        The folder cannot be written; an older result stays.
    """
    path = _folder(folder).result_json
    _require_valid(data, f"the result for {path}", "nothing was written")
    try:
        write_json(path, data)
    except ValueError as error:
        raise UsageError(
            f"the result for {path} holds a number that JSON cannot ({error}); nothing was written"
        ) from error
    return Result(data)


def _folder(folder: ResultFolder | Path | str) -> ResultFolder:
    return folder if isinstance(folder, ResultFolder) else ResultFolder(Path(folder))


def _require_valid(data: Mapping[str, Any], what: str, remedy: str) -> None:
    if problems := result_problems(data):
        raise UsageError(f"{what} is not valid: {'; '.join(problems)}; {remedy}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"it contains {name}")


def _suspicion(vessel: Mapping[str, Any]) -> tuple[bool, float, str]:
    p_mvi = vessel["p_mvi"]
    return p_mvi is None, -(p_mvi or 0.0), vessel["id"]
