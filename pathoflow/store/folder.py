"""Where each file of one slide's result lies."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import EnvironmentFault
from pathoflow.store.atomic import explained_os_errors


@dataclass(frozen=True, slots=True)
class ResultFolder:
    """The folder ``OUT/<slide-id>`` and the names in it; nothing is created before `prepare`."""

    path: Path

    @property
    def result_json(self) -> Path:
        """The canonical answer."""
        return self.path / "result.json"

    @property
    def analysis(self) -> Path:
        """Probabilities and labels, OME-Zarr."""
        return self.path / "analysis.zarr"

    @property
    def vessels_parquet(self) -> Path:
        """One row per vessel, with outlines."""
        return self.path / "vessels.parquet"

    @property
    def vessels_csv(self) -> Path:
        """One row per vessel, for spreadsheets."""
        return self.path / "vessels.csv"

    @property
    def vessels_geojson(self) -> Path:
        """Outlines for QuPath."""
        return self.path / "vessels.geojson"

    @property
    def report_html(self) -> Path:
        """The report for people."""
        return self.path / "report.html"

    @property
    def ledger(self) -> Path:
        """Folder that remembers which blocks are done."""
        return self.path / "ledger"

    def prepare(self) -> None:
        """Create the folder where it is missing.

        Raises
        ------
        EnvironmentFault
            It cannot be created or written.
        """
        with explained_os_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        ensure_writable(self.path)


def ensure_writable(out: Path) -> None:
    """Check that results can be written below ``out``, which need not exist; nothing is left behind.

    Permission bits lie on network shares and read-only mounts, so a file is really written, into the nearest
    folder that exists, and taken away again.

    Raises
    ------
    NoSpace
        The disk is full.
    EnvironmentFault
        The folder may not be written, or a file stands in its way.
    """
    existing = out.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise EnvironmentFault(
            f"results cannot be written to {out}, because {existing} is a file; choose another folder"
        )
    probe = existing / f".{secrets.token_hex(6)}.tmp"
    with explained_os_errors(out):
        try:
            probe.write_bytes(b"pathoflow")
        finally:
            probe.unlink(missing_ok=True)
