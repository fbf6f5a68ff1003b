from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import box

from pathoflow.cells import CellCounter
from pathoflow.errors import Code
from pathoflow.inference import InferenceSettings, TileTally
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings, stages
from pathoflow.pipeline.compose import Analysis, VesselFinding
from pathoflow.pipeline.maps import Maps
from pathoflow.pipeline.stages import (
    Bench,
    keep_tissue,
    map_slide,
    name_labels,
    piece_under,
    touched_flags,
)
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame
from pathoflow.store import ResultFolder, open_pyramid
from pathoflow.tissue import Flag, QualityReport
from pathoflow.vessels import Vessel


@pytest.fixture
def bench(tmp_path: Path, make_network: Callable[..., Network]) -> Bench:
    settings = RunSettings(inference=InferenceSettings(tile_px=128, block_px=256))
    networks = [make_network("vessel"), make_network("tumour")]
    return Bench(
        ResultFolder(tmp_path / "out"), networks, CellCounter(), None, settings, lambda *_: None
    )


@pytest.fixture
def inked(make_quality: Callable[..., QualityReport]) -> QualityReport:
    """Ink on level-0 rows 320 to 480 and columns 480 to 640; the slide is pale, which has no place."""
    mask = np.zeros((75, 100), bool)
    mask[20:30, 30:40] = True
    return make_quality(
        Flag(Code.PEN, "warning", "Ink.", 6400.0, mask), Flag(Code.OOD_STAIN, "warning", "Pale.")
    )


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        # Left, top, right, bottom; the mask's pixels are 16 px wide.
        ((500, 350, 600, 450), ("PEN",)),
        ((300, 200, 900, 900), ("PEN",)),
        ((640, 350, 750, 450), ("PEN",)),
        ((700, 350, 800, 450), ()),
        ((500, 100, 600, 280), ()),
        ((-300, -300, -100, -100), ()),
    ],
    ids=["under", "around", "beside", "right of it", "above", "off the slide"],
)
def test_a_vessel_carries_the_flags_whose_place_it_touches(
    inked: QualityReport, corners: tuple[int, int, int, int], expected: tuple[str, ...]
) -> None:
    assert touched_flags(box(*corners), inked) == expected


def test_the_tissue_is_kept_as_label_map(
    slide: Slide, bench: Bench, make_quality: Callable[..., QualityReport]
) -> None:
    """At its own 8 µm/px, inside the rows and columns where it was drawn."""
    quality = make_quality()
    keep_tissue(Analysis("case", slide, quality), bench)
    labels = open_pyramid(bench.folder.analysis, "labels/tissue")
    found = labels.read(Box(0, 0, 75, 100))
    assert labels.mpp.y == pytest.approx(8.0)
    expected = np.zeros((75, 100), np.uint32)
    expected[10:60, 10:90] = 1
    expected[20:22, 30:35] = 0
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("tally", "severities"),
    [
        (TileTally(done=100), []),
        (TileTally(100, 0, 1, 10, 0.00001), ["warning"]),
        (TileTally(100, 0, 60, 9000, 0.5), ["error"]),
    ],
)
def test_too_many_unreadable_pixels_fail_the_slide(
    slide: Slide,
    bench: Bench,
    make_quality: Callable[..., QualityReport],
    monkeypatch: pytest.MonkeyPatch,
    tally: TileTally,
    severities: list[str],
) -> None:
    monkeypatch.setattr(stages, "predict_maps", lambda *_: Maps({}, tally, 0))
    analysis = Analysis("case", slide, make_quality())
    map_slide(analysis, bench)
    assert [remark.severity for remark in analysis.remarks] == severities
    assert all(remark.code is Code.TILE_UNREADABLE for remark in analysis.remarks)


def test_a_rejected_slide_asks_no_network(
    slide: Slide,
    bench: Bench,
    make_quality: Callable[..., QualityReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> Any:
        raise AssertionError

    glass = make_quality(Flag(Code.NO_TISSUE, "error", "Glass only."))
    monkeypatch.setattr(stages, "assess_slide", lambda *_: glass)
    monkeypatch.setattr(stages, "measure_domain", never)
    analysis = Analysis("case", slide)
    stages.look_over(analysis, bench)
    assert analysis.status == "failed"
    assert analysis.quality is glass


@pytest.mark.parametrize(("is_foreign", "status"), [(False, "ok"), (True, "ok_with_warnings")])
def test_foreign_tissue_is_remarked_once_however_many_networks_find_it_foreign(
    slide: Slide,
    bench: Bench,
    make_quality: Callable[..., QualityReport],
    monkeypatch: pytest.MonkeyPatch,
    is_foreign: bool,
    status: str,
) -> None:
    class Measured:
        network, distance, limit = "vessel-net", 9.0, 3.5

    Measured.is_foreign = is_foreign  # type: ignore[attr-defined]
    monkeypatch.setattr(stages, "assess_slide", lambda *_: make_quality())
    monkeypatch.setattr(stages, "measure_domain", lambda *_: Measured)
    analysis = Analysis("case", slide)
    stages.look_over(analysis, bench)
    assert analysis.status == status
    assert [remark.code for remark in analysis.remarks] == [Code.OOD_ORGAN] * is_foreign


def test_vessel_labels_carry_their_id_and_colours_that_differ_for_candidates(
    slide: Slide,
    bench: Bench,
    make_vessel: Callable[..., Vessel],
    make_finding: Callable[..., VesselFinding],
) -> None:
    one, two = make_vessel(300, 300), replace(make_vessel(700, 700), label=2)
    findings = [make_finding(one), make_finding(two, p_mvi=0.1)]
    analysis = Analysis("case", slide, findings=findings)
    stages.create_labels("vessels", Frame.at(2.0, slide.mpp), slide, bench)
    name_labels(analysis, bench)
    text = (bench.folder.analysis / "labels" / "vessels" / "zarr.json").read_text("utf-8")
    label = json.loads(text)["attributes"]["ome"]["image-label"]
    named = {entry["label-value"]: entry for entry in label["properties"]}
    assert {value: entry["uuid"] for value, entry in named.items()} == {1: one.id, 2: two.id}
    assert {value: entry["p_mvi"] for value, entry in named.items()} == {1: 0.7, 2: 0.1}
    colours = {entry["label-value"]: entry["rgba"] for entry in label["colors"]}
    assert colours[1] != colours[2]


def test_a_vessel_lies_on_the_piece_under_most_of_it(
    make_quality: Callable[..., QualityReport],
) -> None:
    tissue = make_quality().tissue
    two = tissue.pixels.copy()
    two[:, 50:52] = False
    # Pixels of 16 level-0 pixels: columns 10 to 50 are piece 1, 52 to 90 piece 2.
    parted = replace(tissue, pixels=two)
    assert piece_under(box(200, 400, 300, 500), parted) == 1
    assert piece_under(box(1000, 400, 1100, 500), parted) == 2
    # 40 px on the first piece, 100 on the second.
    assert piece_under(box(760, 400, 932, 500), parted) == 2
    assert piece_under(box(0, 0, 20, 20), parted) is None
    assert piece_under(box(-500, -500, -400, -400), parted) is None
