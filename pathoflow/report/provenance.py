"""Where a result comes from: slide, software, networks, settings, device, times, tiles; nothing left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pathoflow.report.wording import UNKNOWN, say_duration, say_word

_YES_NO = {"True": "yes", "False": "no"}
_NOT_STORED = "not recorded"
#: Shown in their own place; every other entry is listed as it is stored.
_PLACED = frozenset(
    "pathoflow commit networks settings device dtype torch started_utc finished_utc tiles synthetic".split()
)


@dataclass(frozen=True, slots=True)
class Network:
    """A network, with its version where it is recorded, and the sha256 of its weights."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Terms and their values in reading order, networks, and the settings as JSON."""

    facts: tuple[tuple[str, str], ...]
    networks: tuple[Network, ...]
    settings: str


def trace_origin(result: Mapping[str, Any]) -> Origin:
    """Lay out ``slide`` and ``provenance`` of ``result.json``."""
    provenance = result.get("provenance") or {}
    networks = tuple(
        Network(
            " ".join(str(network[part]) for part in ("name", "version") if network.get(part)),
            _text(network.get("sha256")),
        )
        for network in provenance.get("networks") or ()
    )
    settings = json.dumps(
        provenance.get("settings") or {}, indent=2, sort_keys=True, ensure_ascii=False
    )
    facts = (
        *_slide_facts(result.get("slide") or {}),
        *_run_facts(provenance, result.get("schema")),
    )
    return Origin(facts, networks, settings)


def _slide_facts(slide: Mapping[str, Any]) -> list[tuple[str, str]]:
    size, mpp = slide.get("size_px"), slide.get("mpp")
    source = slide.get("mpp_source")
    pixel = (
        f"{mpp[0]:.6g} × {mpp[1]:.6g} µm (y × x), from {_mpp_source(source)}" if mpp else UNKNOWN
    )
    return [
        ("Slide", _text(slide.get("id"))),
        ("Slide file, sha256", _text(slide.get("file_sha256"))),
        ("Slide size", f"{size[0]:,} × {size[1]:,} px (height × width)" if size else UNKNOWN),
        ("Pixel size", pixel),
        ("Scanner vendor", _text(slide.get("vendor"))),
    ]


def _mpp_source(source: object) -> str:
    return {"header": "the file's header", "user": "the user"}.get(str(source), say_word(source))


def _run_facts(provenance: Mapping[str, Any], schema: object) -> list[tuple[str, str]]:
    started, finished = provenance.get("started_utc"), provenance.get("finished_utc")
    tiles = provenance.get("tiles") or {}
    counts = ", ".join(
        f"{tiles[name]:,} {name}" for name in ("done", "skipped", "failed") if name in tiles
    )
    facts = [
        ("pathoflow", _text(provenance.get("pathoflow"))),
        ("Commit", _text(provenance.get("commit"))),
        ("Result schema", _text(schema)),
        ("PyTorch", _text(provenance.get("torch"))),
        ("Device", _text(provenance.get("device"))),
        ("Number format", _text(provenance.get("dtype"))),
        ("Started (UTC)", _text(started)),
        ("Finished (UTC)", _text(finished)),
        ("Duration", say_duration(started, finished)),
        ("Tiles", counts or _NOT_STORED),
        ("Synthetic", _YES_NO.get(str(provenance.get("synthetic")), UNKNOWN)),
    ]
    rest = sorted(name for name in provenance if name not in _PLACED)
    return facts + [(say_word(name).capitalize(), _plain(provenance[name])) for name in rest]


def _text(value: object) -> str:
    return _NOT_STORED if value in (None, "") else str(value)


def _plain(value: object) -> str:
    if value is None:
        return "none"
    return (
        value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    )
