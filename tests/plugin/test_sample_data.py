"""What napari offers as sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from napari_pathoflow import sample_data


def test_samples_are_made_once_in_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, painted_out: Path
) -> None:
    import shutil

    import platformdirs

    made: list[Path] = []

    def paint(folder: Path, wanted: object) -> None:
        made.append(folder)
        for name in ("B1", "B4"):
            shutil.copytree(painted_out / "CASE-1_B1", folder / f"LIV-01_{name}")
        shutil.copy(painted_out / "CASE-1_B1.toml", folder / "LIV-01_B1.toml")

    monkeypatch.setattr(sample_data, "paint_case", paint)
    ((_, about, kind),) = sample_data.painted_slide()
    assert (about["name"], kind) == ("LIV-01_B1", "image")
    kinds = [kind for _, _, kind in sample_data.finished_case()]
    assert kinds[-1] == "vectors"
    assert made == [Path(platformdirs.user_cache_dir("pathoflow")) / "sample-case-1"]
