"""Actions as the plain values of a journal's lines, and back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import cattrs

from pathoflow.review import actions, material_actions, reading_actions
from pathoflow.review.actions import Action

#: By the name that stands in the journal.
KINDS: dict[str, type[Action]] = {
    kind.what: kind
    for module in (actions, reading_actions, material_actions)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Action) and kind.what
}

#: Longer values stand in the journal as their hash: an outline before and after an edit.
_LONGEST = 300

_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
# Outlines are GeoJSON: plain already.
_CONVERTER.register_structure_hook(Any, lambda value, _: value)


def action_as_plain(action: Action) -> dict[str, Any]:
    """The values of an action, without its name."""
    plain: dict[str, Any] = _CONVERTER.unstructure(action)
    return plain


def action_from_plain(what: str, plain: dict[str, Any]) -> Action:
    """The action of this name.

    Raises
    ------
    ValueError
        There is no such action, or its values do not fit.
    """
    if what not in KINDS:
        raise ValueError(f"there is no action {what!r}; a newer pathoflow may have written it")
    try:
        return _CONVERTER.structure(plain, KINDS[what])
    except cattrs.BaseValidationError as error:
        raise ValueError("; ".join(cattrs.transform_error(error))) from error


def canonical(value: Any) -> str:
    """One text per value: sorted keys, no spaces, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def shown(value: Any) -> Any:
    """A value as the journal shows it before and after: itself where it is short, else its hash."""
    plain = _CONVERTER.unstructure(value)
    text = canonical(plain)
    return plain if len(text) <= _LONGEST else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
