"""What is true of a slide: outlines of vessels and tumours, what lies in the vessels.

The truth is a GeoJSON of outlines (classes Vessel, Vessel: MVI, Vessel: Equivocal, Tumour), alone or in
the ``.truth`` folder of a painted slide, whose table adds what outlines cannot say. A key that an older
table lacks is unknown, never assumed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.interchange import Outline, read_geojson
from pathoflow.mvi import InvadedVessel, Kind, Location, MuscularWall, Status
from pathoflow.pipeline.scoring.origin import Origin

_Word = TypeVar("_Word", Location, Kind)


@dataclass(frozen=True, slots=True)
class ReferenceVessel:
    """One true vessel; None where the truth does not say."""

    #: Level-0 (x, y).
    outline: BaseGeometry
    id: str = ""
    is_invaded: bool = False
    #: Nobody can tell from H&E: counts neither as invaded nor as clean.
    is_equivocal: bool = False
    n_cells: int | None = None
    dist_edge_um: float | None = None
    location: Location = Location.UNKNOWN
    kind: Kind = Kind.UNKNOWN
    muscular_wall: MuscularWall = MuscularWall.UNKNOWN
    #: Id of the other profile of the same vein.
    twin_of: str | None = None

    @property
    def is_positive(self) -> bool:
        """Whether it should be found: invaded, and not inside the tumour, where vessels do not count."""
        return self.is_invaded and self.location is not Location.INTRATUMORAL

    @property
    def is_ignored(self) -> bool:
        """Whether finding it is neither right nor wrong."""
        return self.is_equivocal or (self.is_invaded and not self.is_positive)

    def as_graded(self) -> InvadedVessel | None:
        """As grading sees it; equivocal ones are uncertain, clean ones do not appear."""
        if not (self.is_invaded or self.is_equivocal):
            return None
        return InvadedVessel(
            self.id,
            self.dist_edge_um,
            # Nobody counts what nobody is sure of.
            None if self.is_equivocal else self.n_cells,
            self.location,
            Status.UNCERTAIN if self.is_equivocal else Status.ACCEPTED,
            self.muscular_wall,
            self.kind,
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """What is true of a slide."""

    vessels: tuple[ReferenceVessel, ...]
    #: Level-0 (x, y).
    tumours: tuple[BaseGeometry, ...]
    origin: Origin
    #: None where the truth does not say.
    tissue_um2: float | None = None

    @property
    def positive(self) -> list[BaseGeometry]:
        """Outlines that a search for invasion should find."""
        return [vessel.outline for vessel in self.vessels if vessel.is_positive]

    @property
    def ignored(self) -> list[BaseGeometry]:
        """Outlines whose finding is neither right nor wrong."""
        return [vessel.outline for vessel in self.vessels if vessel.is_ignored]


def load_reference(path: Path) -> Reference:
    """Read a ``.truth`` folder or a GeoJSON of outlines.

    Raises
    ------
    UsageError
        Nothing there, or nothing that can be read as truth.
    """
    outlines_path = path / "truth.geojson" if path.is_dir() else path
    facts: dict[str, dict[str, Any]] = {}
    origin, tissue_um2 = Origin(), None
    if path.is_dir():
        table = path / "truth.json"
        try:
            known = json.loads(table.read_text(encoding="utf-8"))
            facts = {str(row["id"]): _facts(row) for row in known["vessels"]}
            origin = _origin(known)
            tissue_um2 = known.get("tissue_area_um2")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{table} cannot be read as truth ({error}); make the painted slide again."
            ) from error
    outlines = read_geojson(outlines_path)
    vessels = [o for o in outlines if (o.class_name or "").startswith("Vessel")]
    tumours = [o.polygon for o in outlines if (o.class_name or "").startswith("Tumour")]
    if not vessels and not tumours:
        raise UsageError(
            f"{outlines_path} holds no outline of class Vessel or Tumour; name the classes so."
        )
    return Reference(
        tuple(_vessel(o, facts.get(o.id or "", {})) for o in vessels),
        tuple(tumours),
        origin,
        tissue_um2,
    )


def _origin(known: Mapping[str, Any]) -> Origin:
    family = (known.get("spec") or {}).get("family")
    version = known.get("generator_version")
    return Origin(
        bool(known["synthetic"]),
        None if version is None else str(version),
        known.get("seed"),
        family,
    )


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table as far as it is there, in the words of `ReferenceVessel`."""
    muscle = row.get("has_muscle")
    distance = row.get("dist_edge_um")
    return {
        "n_cells": int(row["n_tumour_cells"]),
        "is_equivocal": bool(row.get("is_equivocal")),
        "dist_edge_um": None if distance is None else float(distance),
        "location": _word(Location, row.get("location"), Location.UNKNOWN),
        "kind": _word(Kind, row.get("kind"), Kind.UNKNOWN),
        "muscular_wall": MuscularWall.UNKNOWN
        if muscle is None
        else (MuscularWall.YES if muscle else MuscularWall.NO),
        "twin_of": row.get("twin_of"),
    }


def _word(words: type[_Word], said: Any, unknown: _Word) -> _Word:
    return words(said) if said in [str(word) for word in words] else unknown


def _vessel(outline: Outline, facts: Mapping[str, Any]) -> ReferenceVessel:
    classes = outline.class_name or ""
    is_equivocal = "Equivocal" in classes or bool(facts.get("is_equivocal"))
    return ReferenceVessel(
        outline.polygon,
        outline.id or "",
        is_invaded="MVI" in classes and not is_equivocal,
        **{**facts, "is_equivocal": is_equivocal},
    )
