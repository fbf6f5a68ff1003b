"""Which blocks are done, with checksums: an append-only file that survives a kill at any moment."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.store.atomic import write_text

_NAME = "blocks.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One finished block: SHA-256 of each class's pixels, and what became of its tiles."""

    block: str
    sha256: dict[str, str]
    tiles_done: int
    tiles_failed: int
    unreadable_px: int


class Ledger:
    """The finished blocks of one slide under one fingerprint (slide, networks, settings).

    The first line of the file is the fingerprint, every further line one block, flushed to the disk after the block
    itself. A torn last line, as a kill leaves it, is dropped. A file with another fingerprint is stale. `start` comes
    before the first `record`.
    """

    def __init__(self, folder: Path, fingerprint: Mapping[str, object]) -> None:
        self._path = folder / _NAME
        self._fingerprint = json.dumps(fingerprint, sort_keys=True)
        self._entries: dict[str, Entry] = {}
        self.is_stale = False
        self._load()

    def _load(self) -> None:
        if not self._path.exists():
            return
        lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        if lines[0] != self._fingerprint:
            self.is_stale = True
            return
        for line in lines[1:-1]:
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                break
            self._entries[entry.block] = entry

    def start(self) -> None:
        """Write the file anew with what is known, so that a torn line of an earlier run is gone."""
        lines = [self._fingerprint, *(json.dumps(asdict(e)) for e in self._entries.values())]
        write_text(self._path, "\n".join(lines) + "\n")
        self.is_stale = False

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, block: str) -> Entry | None:
        """What is known of ``block``, or None."""
        return self._entries.get(block)

    def forget(self, block: str) -> None:
        """Drop a block whose pixels are no longer those recorded."""
        self._entries.pop(block, None)

    def record(self, entry: Entry) -> None:
        """Append a finished block; it is on the disk when this returns."""
        self._entries[entry.block] = entry
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(entry)) + "\n")
            stream.flush()
            os.fsync(stream.fileno())


def checksum(pixels: NDArray[np.uint8]) -> str:
    """SHA-256 of an array's shape and bytes, as hex."""
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
