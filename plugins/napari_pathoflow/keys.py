"""The keys: one table of actions, and a file with which a reader moves them.

napari gives its layers most letters, and a layer's keys win over the viewer's, so only free ones are taken.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pathoflow.errors import UsageError


@dataclass(frozen=True, slots=True)
class Key:
    """One action that a key does; the words for it stand in the table of texts under ``key.<action>``."""

    action: str
    key: str
    #: Part of the help overlay that it stands in.
    group: str


#: All actions in the order of the help overlay.
KEYS: tuple[Key, ...] = (
    Key("next", "J", "walk"),
    Key("previous", "K", "walk"),
    Key("next_unreviewed", "Shift-J", "walk"),
    Key("previous_unreviewed", "Shift-K", "walk"),
    Key("next_slide", ".", "walk"),
    Key("previous_slide", ",", "walk"),
    Key("gallery", "G", "walk"),
    Key("accept", "W", "verdict"),
    Key("reject", "Q", "verdict"),
    Key("uncertain", "U", "verdict"),
    Key("reason_1", "Alt-1", "verdict"),
    Key("reason_2", "Alt-2", "verdict"),
    Key("reason_3", "Alt-3", "verdict"),
    Key("reason_4", "Alt-4", "verdict"),
    Key("reason_5", "Alt-5", "verdict"),
    Key("reason_6", "Alt-6", "verdict"),
    Key("reason_7", "Alt-7", "verdict"),
    Key("undo", "Control-Alt-Z", "verdict"),
    Key("note", "N", "verdict"),
    Key("show", ";", "look"),
    Key("power_5", "Alt-8", "look"),
    Key("power_10", "8", "look"),
    Key("power_20", "9", "look"),
    Key("power_40", "0", "look"),
    Key("overview", "Alt-0", "look"),
    Key("heat", "H", "look"),
    Key("outlines", "Shift-H", "look"),
    Key("tumour", "Alt-Shift-H", "look"),
    Key("wide", "/", "look"),
    Key("edit", "Alt-J", "work"),
    Key("add", "Alt-G", "work"),
    Key("keep", "Alt-W", "work"),
    Key("drop", "Alt-Q", "work"),
    Key("measure", "Alt-K", "work"),
    Key("measure_tumour", "Alt-Shift-K", "work"),
    Key("confirm_tumour", "Alt-U", "work"),
    Key("complete", "Control-Alt-W", "work"),
    Key("sign", "Control-Alt-U", "work"),
    Key("help", "F1", "help"),
)

#: The order of the reject reasons' keys; the names are those that the journal keeps.
REASON_KEYS = tuple(key.action for key in KEYS if key.action.startswith("reason_"))


def load_keys(path: Path) -> tuple[Key, ...]:
    """The keys with a reader's own ones in their place; without such a file, the table as it is.

    The file holds one line per moved action, such as ``accept = "D"``.

    Raises
    ------
    UsageError
        The file is not TOML, names an unknown action, or gives one key two actions.
    """
    if not path.exists():
        return KEYS
    try:
        moved = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the keys in {path} could not be read ({error}); mend or delete it"
        ) from error
    return remap(moved, str(path))


def remap(moved: Mapping[str, object], source: str) -> tuple[Key, ...]:
    """The keys with those of ``moved`` (action -> key) in their place.

    Raises
    ------
    UsageError
        An action is unknown, a key is no text, or a key has two actions.
    """
    known = {key.action for key in KEYS}
    if strange := sorted(set(moved) - known):
        raise UsageError(
            f"{source} names no action {', '.join(strange)}; there are {', '.join(sorted(known))}"
        )
    if wrong := [action for action, key in moved.items() if not (isinstance(key, str) and key)]:
        raise UsageError(f'{source} gives {", ".join(wrong)} no key; write such as accept = "D"')
    keys = tuple(replace(key, key=str(moved.get(key.action, key.key))) for key in KEYS)
    by_key: dict[str, list[str]] = {}
    for key in keys:
        by_key.setdefault(key.key.upper(), []).append(key.action)
    twice = [f"{key} ({', '.join(names)})" for key, names in by_key.items() if len(names) > 1]
    if twice:
        raise UsageError(f"{source} gives one key two actions: {'; '.join(twice)}")
    return keys


def shown(key: str) -> str:
    """A key as it stands on a button: ``Ctrl+Alt+Z``."""
    return key.replace("Control", "Ctrl").replace("-", "+")
