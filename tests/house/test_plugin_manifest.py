"""napari accepts the plugin's manifest."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_napari_accepts_the_manifest(root: Path) -> None:
    manifests = list((root / "plugins").glob("napari_pathoflow/napari.y*ml"))
    npe2 = pytest.importorskip("npe2", reason="needs the gui extra")
    manifest = npe2.PluginManifest.from_file(manifests[0])
    manifest.validate_imports()
    assert manifest.name == "pathoflow"
    assert manifest.contributions.widgets
    assert manifest.contributions.readers
    assert manifest.contributions.writers
    assert manifest.contributions.sample_data


def test_opening_any_file_of_another_kind_is_not_our_affair(root: Path) -> None:
    """A pattern for everything would put us into every dialogue that asks which plugin shall open a file."""
    npe2 = pytest.importorskip("npe2", reason="needs the gui extra")
    manifest = npe2.PluginManifest.from_file(root / "plugins" / "napari_pathoflow" / "napari.yaml")
    for reader in manifest.contributions.readers:
        assert "*" not in reader.filename_patterns
