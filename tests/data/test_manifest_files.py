"""Manifests of data that lie elsewhere say what they are, and the copies at hand are the ones described."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pathoflow.data import FolderSource

MANIFESTS = sorted((Path(__file__).parents[2] / "data_manifests").glob("*.toml"))
SAID = {"name", "title", "access", "licence", "allowed_uses", "is_synthetic", "patients", "note"}


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_says_what_the_data_are_and_what_they_may_be_used_for(path: Path) -> None:
    manifest = read(path)
    assert set(manifest) >= SAID
    assert manifest["name"] == path.stem
    assert manifest["is_synthetic"] or manifest["source"]["repository"]


@pytest.mark.parametrize(
    "path", [p for p in MANIFESTS if "files" in read(p)], ids=lambda path: path.stem
)
def test_the_copy_at_hand_is_the_one_described(path: Path) -> None:
    files = read(path)["files"]
    home = os.environ.get("PATHOFLOW_DATA")
    if home is None or not (Path(home) / files["folder"]).is_dir():
        pytest.skip(f"needs {files['folder']} in the folder that PATHOFLOW_DATA names")
    folder = Path(home) / files["folder"]
    source = FolderSource(files["folder"], image=files["images"], mask=files["masks"])
    names = [p.name for p in folder.iterdir() if p.suffix in (".jpg", ".png")]
    pictures = [name for name in names if name.endswith(source.image.removeprefix("{name}"))]
    assert len(pictures) == files["n_images"]
    listing = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(names)
    )
    assert hashlib.sha256(listing.encode()).hexdigest() == files["listing_sha256"]
