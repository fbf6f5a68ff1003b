"""Where a result comes from: versions, networks, settings, device, times."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pathoflow.inference import TileTally
from pathoflow.loopnet import VesselCard
from pathoflow.networks import NetworkCard
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.settings import RunSettings


def utc_now() -> str:
    """The time as results write it: ISO 8601, UTC, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def source_commit() -> str | None:
    """The commit of the checkout this code runs from, or None for an installed package."""
    git = Path(__file__).parents[2] / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        reference = git / head.removeprefix("ref: ")
        if reference.exists():
            return reference.read_text(encoding="utf-8").strip()
        packed = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
        return next(
            (row.split()[0] for row in packed if row.endswith(head.removeprefix("ref: "))), None
        )
    except OSError:
        return None


def plain_settings(settings: RunSettings) -> dict[str, Any]:
    """Settings as JSON, without those that only say where and whether to run, and how the work is spread."""
    plain = asdict(settings)
    for name in ("overwrite", "device", "backend", "max_ram_gb"):
        del plain[name]
    for name in ("read_threads", "read_ahead"):
        del plain["inference"][name]
    return _sorted_sets(plain)  # type: ignore[no-any-return]


def _sorted_sets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_sets(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(inner) for inner in value)
    if isinstance(value, tuple | list):
        return [_sorted_sets(inner) for inner in value]
    return value


def describe_run(
    ready: Ready, started_utc: str, tally: TileTally, synthetic: bool
) -> dict[str, Any]:
    """The ``provenance`` part of `result.json`."""
    import torch

    networks = ready.loaded
    device = networks[0].device if networks else None
    backends = {network.backend.name: network.backend.dtype for network in networks}
    return {
        "pathoflow": version("pathoflow"),
        "commit": source_commit(),
        "networks": describe_networks(ready),
        "settings": plain_settings(ready.settings),
        "device": str(device) if device else "none",
        "backend": ", ".join(backends) or "none",
        "dtype": ", ".join(dict.fromkeys(backends.values())) or "float32",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "openslide": _openslide_version(),
        "started_utc": started_utc,
        "finished_utc": utc_now(),
        "tiles": {"done": tally.done, "skipped": tally.skipped, "failed": tally.failed},
        "synthetic": synthetic,
        # No step of a run draws lots, so the same file gives the same result without one.
        "seed": None,
    }


def describe_networks(ready: Ready) -> list[dict[str, str]]:
    """Everything learned that a result depends on: weights, and what was measured about them afterwards."""
    return [
        {
            "name": card.name,
            "version": card.version,
            "sha256": card.weights_sha256,
            # Another text, other data.
            "training_sha256": _sha256(card.training),
            "calibration_sha256": _sha256(_measured_later(card)),
        }
        for card in ready.all_cards
    ]


def _measured_later(card: NetworkCard | VesselCard) -> dict[str, Any]:
    """What can change in a card while its weights stay, and changes results."""
    plain = asdict(card)
    names = ("calibration", "combination", "threshold", "domain")
    return {name: plain[name] for name in names if name in plain}


def _sha256(plain: Any) -> str:
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _openslide_version() -> str:
    import openslide

    return str(openslide.__library_version__)
