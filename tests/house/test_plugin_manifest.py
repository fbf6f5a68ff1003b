"""napari accepts the plugin's manifest."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_napari_accepts_the_manifest(root: Path) -> None:
    manifests = list((root / "plugins").glob("napari_pathoflow/napari.y*ml"))
    if not manifests:
        pytest.skip("plugins/napari_pathoflow is still to be built")
    npe2 = pytest.importorskip("npe2", reason="needs the gui extra")
    manifest = npe2.PluginManifest.from_file(manifests[0])
    manifest.validate_imports()
    assert manifest.name == "pathoflow"
    assert manifest.contributions.widgets
