from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pathoflow.cells import CellCounter
from pathoflow.errors import Code
from pathoflow.inference import InferenceSettings
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline.compose import Analysis
from pathoflow.pipeline.quality_map import QUALITY_VALUES, keep_quality
from pathoflow.pipeline.stages import Bench, keep_tissue
from pathoflow.slide import Slide
from pathoflow.space import Box
from pathoflow.store import ResultFolder, open_pyramid
from pathoflow.tissue import Flag, QualityReport


@pytest.fixture
def bench(tmp_path: Path, make_network: Callable[..., Network]) -> Bench:
    settings = RunSettings(inference=InferenceSettings(tile_px=128, block_px=256))
    return Bench(
        ResultFolder(tmp_path / "out"),
        [make_network("vessel")],
        CellCounter(),
        None,
        settings,
        lambda *_: None,
    )


def about(folder: ResultFolder) -> dict[str, list[dict[str, object]]]:
    text = (folder.analysis / "labels" / "quality" / "zarr.json").read_text("utf-8")
    found: dict[str, list[dict[str, object]]] = json.loads(text)["attributes"]["ome"]["image-label"]
    return found


def test_every_place_has_the_value_of_its_code_and_the_graver_one_is_on_top(
    slide: Slide, bench: Bench, make_quality: Callable[..., QualityReport]
) -> None:
    blur, ink = np.zeros((2, 75, 100), bool)
    blur[10:30, 10:30] = True
    ink[20:40, 20:40] = True
    quality = make_quality(
        Flag(Code.PEN, "warning", "Ink.", 1.0, ink),
        Flag(Code.BLUR, "warning", "Blurred.", 1.0, blur),
        Flag(Code.BIOPSY, "warning", "A core: no place."),
    )
    keep_quality(Analysis("case", slide, quality), bench)
    found = open_pyramid(bench.folder.analysis, "labels/quality").read(Box(0, 0, 75, 100))
    expected = np.zeros((75, 100), np.uint32)
    expected[10:30, 10:30] = QUALITY_VALUES[Code.BLUR][0]
    expected[20:40, 20:40] = QUALITY_VALUES[Code.PEN][0]
    assert np.array_equal(found, expected)
    named = {entry["label-value"]: entry["class"] for entry in about(bench.folder)["properties"]}
    assert named == {QUALITY_VALUES[code][0]: str(code) for code in (Code.BLUR, Code.PEN)}
    assert {entry["label-value"] for entry in about(bench.folder)["colors"]} == set(named)


def test_a_good_slide_has_an_empty_map_of_as_many_levels_as_the_others(
    slide: Slide, bench: Bench, make_quality: Callable[..., QualityReport]
) -> None:
    analysis = Analysis("case", slide, make_quality())
    keep_quality(analysis, bench)
    keep_tissue(analysis, bench)
    quality, tissue = (
        open_pyramid(bench.folder.analysis, f"labels/{name}") for name in ("quality", "tissue")
    )
    assert quality.levels == tissue.levels
    assert not quality.read(Box(0, 0, 75, 100)).any()
    assert "colors" not in about(bench.folder)


def test_values_and_colours_are_told_apart() -> None:
    values, colours = zip(*QUALITY_VALUES.values(), strict=True)
    assert len(set(values)) == len(set(colours)) == len(QUALITY_VALUES)
    assert 0 not in values
