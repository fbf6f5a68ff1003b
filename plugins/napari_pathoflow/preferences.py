"""What a reader's own machine remembers: language, toggles, sizes. Never a part of a case, and never a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from pathoflow.mvi import LANGUAGES, Language

_FILE = "viewer.json"
_KEYS = "keys.toml"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one reader wants it; everything that might sway a reader is off at first."""

    #: Where it is kept; None keeps nothing.
    folder: Path | None = None
    language: Language = "en"
    reader: str = ""
    show_heat: bool = False
    show_outlines: bool = False
    show_tumour: bool = False
    heat_opacity: float = 0.6
    #: Side of a gallery picture on the screen, logical pixels.
    thumbnail_px: int = 140
    #: Size of letters, as a share of the system's.
    font_scale: float = 1.0
    #: Power that a vessel is shown at.
    power: float = 10.0
    auto_advance: bool = True
    #: Folders in which slides were found before.
    slide_folders: tuple[str, ...] = ()

    @classmethod
    def of_user(cls) -> Self:
        """Those of the person at this machine, as they were left."""
        import platformdirs

        return cls.load(Path(platformdirs.user_config_dir("pathoflow")))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Those kept in ``folder``; what is damaged, missing or of another version counts as never set."""
        try:
            kept = json.loads((folder / _FILE).read_text("utf-8"))
        except (OSError, ValueError):
            kept = {}
        return cls(folder=folder, **_known(kept))

    @property
    def keys_file(self) -> Path:
        """Where a reader moves keys; it need not exist."""
        return (self.folder or Path("nowhere")) / _KEYS

    def but(self, **changes: Any) -> Self:
        """The same with some changes, and kept."""
        changed = replace(self, **changes)
        changed._keep()
        return changed

    def _keep(self) -> None:
        if self.folder is None:
            return
        values = asdict(self)
        del values["folder"]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / _FILE).write_text(json.dumps(values, indent=1), "utf-8")
        except OSError:
            # A read-only home costs the memory of a toggle, not the work on a case.
            return


def _known(kept: object) -> dict[str, Any]:
    """The fields of ``kept`` that are of the right kind."""
    if not isinstance(kept, Mapping):
        return {}
    found: dict[str, Any] = {}
    for field in fields(Preferences):
        value = kept.get(field.name)
        if field.name == "slide_folders" and isinstance(value, list):
            found[field.name] = tuple(str(one) for one in value)
        elif field.name == "language":
            found |= {field.name: value} if value in LANGUAGES else {}
        elif value is not None and type(value) is type(field.default):
            found[field.name] = value
    return found
