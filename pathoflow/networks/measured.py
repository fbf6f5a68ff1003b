"""Which backend was quickest on this machine: a small file that `pathoflow bench engine` writes and runs read."""

from __future__ import annotations

import json
import logging
import platform
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pathoflow.networks.backends.precision import bfloat16_instructions
from pathoflow.networks.cache import cache_folder
from pathoflow.networks.plain import from_plain

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found for one network on a CPU."""

    network: str
    weights_sha256: str
    #: The quickest whose answers agree with full precision.
    backend: str
    #: How many times quicker than torch in full precision.
    ratio: float


@dataclass(frozen=True, slots=True)
class _File:
    machine: dict[str, str]
    #: Newest first.
    measured: tuple[Measured, ...]


def machine() -> dict[str, str]:
    """What the figures hold for; when any of it changes they are void."""
    return {
        "cpu": _cpu_model(),
        "bfloat16": " ".join(bfloat16_instructions()),
        "torch": _version("torch"),
        "openvino": _version("openvino"),
    }


def load_measured() -> tuple[Measured, ...]:
    """What was measured on this machine as it is now, newest first; empty where nothing was."""
    try:
        raw = json.loads(_path().read_text("utf-8"))
        file = from_plain(raw, _File)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        _log.warning("%s is left aside (%s); pathoflow bench engine writes it anew", _path(), error)
        return ()
    return file.measured if file.machine == machine() else ()


def save_measured(new: Sequence[Measured]) -> Path:
    """Add ``new`` to what is known of this machine and return the file's path; older figures of the same networks go.

    Raises
    ------
    OSError
        The cache folder cannot be written.
    """
    fresh = {m.weights_sha256 for m in new}
    kept = [m for m in load_measured() if m.weights_sha256 not in fresh]
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(_File(machine(), (*new, *kept))), indent=2) + "\n"
    # Another process may be reading: it sees the old file or the new one.
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
    return path


def _path() -> Path:
    return cache_folder() / "engine.json"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _cpu_model() -> str:
    """The processor's name as Linux shows it, elsewhere as Python knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
