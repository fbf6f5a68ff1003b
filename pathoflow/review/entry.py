"""One line of a journal: who did what when, and the hash that chains it to the line before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pathoflow.review.actions import Action
from pathoflow.review.plain import action_as_plain, action_from_plain, canonical

#: What the first line is chained to.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One action as it stands in the journal."""

    #: From 1, without gaps: the order of the journal, whatever the clock says.
    seq: int
    utc: str
    who: str
    action: Action
    #: What the action touched, before and after; long values as their hash.
    before: Any
    after: Any
    previous: str
    hash: str

    @property
    def time(self) -> datetime:
        """When the clock of the machine said it was."""
        return datetime.fromisoformat(self.utc)

    def line(self) -> bytes:
        """The line, with its end."""
        return (canonical({**_body(self), "hash": self.hash}) + "\n").encode()


def make_entry(head: Mapping[str, Any], action: Action, previous: Entry | None) -> Entry:
    """The entry that follows ``previous``; ``head`` holds utc, who, before and after."""
    seq, chain = (1, GENESIS) if previous is None else (previous.seq + 1, previous.hash)
    open_end = Entry(seq, action=action, previous=chain, hash="", **head)
    text = canonical(_body(open_end))
    return Entry(seq, action=action, previous=chain, hash=chained(chain, text), **head)


def chained(previous: str, body: str) -> str:
    """The hash of a line: of the hash before and the line's own canonical text."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def read_entry(line: bytes, previous: Entry | None) -> Entry:
    """The entry of one line.

    Raises
    ------
    ValueError
        It is no entry, or not the one that was written after ``previous``.
    """
    data = json.loads(line)
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    found = data.pop("hash", None)
    seq, chain = (1, GENESIS) if previous is None else (previous.seq + 1, previous.hash)
    if data.get("seq") != seq:
        raise ValueError(f"its number is {data.get('seq')}, not {seq}")
    if data.get("previous") != chain:
        raise ValueError("it does not follow the line before")
    if found != chained(chain, canonical(data)):
        raise ValueError("its content does not fit its hash")
    try:
        action = action_from_plain(data["what"], data["values"])
        return Entry(
            seq, data["utc"], data["who"], action, data["before"], data["after"], chain, found
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "utc": entry.utc,
        "who": entry.who,
        "what": entry.action.what,
        "values": action_as_plain(entry.action),
        "before": entry.before,
        "after": entry.after,
        "previous": entry.previous,
    }
