"""What stands beside the pixels of a label image: which value is which vessel, and a note of what was painted."""

from __future__ import annotations

from typing import Any

import zarr

from pathoflow.store.atomic import explained_os_errors
from pathoflow.store.pyramid import Pyramid

_NOTE = "pathoflow"


def label_ids(labels: Pyramid) -> dict[str, int]:
    """Value by UUID, as the properties of a label image say; empty where they do not."""
    about: Any = _group(labels, "r").attrs["ome"]
    properties = about["image-label"].get("properties", [])
    return {one["uuid"]: one["label-value"] for one in properties if "uuid" in one}


def read_note(labels: Pyramid) -> str | None:
    """The note that was written last; None where there is none."""
    note: Any = _group(labels, "r").attrs.get(_NOTE)
    return note if isinstance(note, str) else None


def write_note(labels: Pyramid, note: str) -> None:
    """Keep a note with the image; `Pyramid.describe_labels` takes it away.

    Raises
    ------
    NoSpace, EnvironmentFault
        The disk is full or not writable.
    """
    with explained_os_errors(labels.root):
        _group(labels, "r+").attrs[_NOTE] = note


def _group(labels: Pyramid, mode: Any) -> zarr.Group:
    return zarr.open_group(labels.root, path=labels.name, mode=mode, zarr_format=3)
