"""Outlines to learn from, as files that training reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_pathoflow.label_sets import keep_outlines, label_sets, write_config
from pathoflow.data.outlines import read_geojson
from pathoflow.errors import UsageError
from pathoflow.training.settings import load_settings

RING = np.array([[0, 0], [40, 0], [40, 20], [0, 20], [0, 0]], float)


def test_outlines_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    slide = tmp_path / "a.svs"
    keep_outlines(tmp_path / "labels", slide, [RING], "region")
    kept = keep_outlines(tmp_path / "labels", slide, [RING / 4, RING / 8], "vessel")
    assert kept.n_outlines == 3
    assert [one.class_name for one in read_geojson(kept.path)] == ["Region*", "Vessel", "Vessel"]
    (found,) = label_sets(tmp_path / "labels")
    assert found.slide == slide.resolve()


def test_files_of_others_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "qupath.geojson").write_text(
        '{"type": "FeatureCollection", "features": []}', "utf-8"
    )
    assert label_sets(tmp_path) == []
    assert label_sets(tmp_path / "nowhere") == []


def test_the_config_is_one_that_training_takes(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    for name in ("a", 'b "odd"'):
        keep_outlines(folder, tmp_path / f"{name}.svs", [RING], "vessel")
    settings = load_settings(write_config(folder, "our-vessels", 300))
    assert settings.name == "our-vessels"
    assert settings.schedule.steps == 300
    assert [Path(one.slide).name for one in settings.data.labelled] == ["a.svs", 'b "odd".svs']
    assert all((folder / one.outlines).exists() for one in settings.data.labelled)


def test_nothing_drawn_nothing_kept(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was drawn"):
        keep_outlines(tmp_path, tmp_path / "a.svs", [RING[:2]], "vessel")
    with pytest.raises(UsageError, match="no outlines to learn from"):
        write_config(tmp_path, "net", 10)
    keep_outlines(tmp_path, tmp_path / "a.svs", [RING], "vessel")
    with pytest.raises(UsageError, match="cannot be the name"):
        write_config(tmp_path, "../net", 10)


def test_a_damaged_label_set_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("[", "utf-8")
    with pytest.raises(UsageError, match="move it away"):
        keep_outlines(tmp_path, tmp_path / "a.svs", [RING], "vessel")
    assert path.read_text("utf-8") == "["
