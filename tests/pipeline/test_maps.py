from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pathoflow.inference import InferenceSettings, TileTally, Work
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings, maps
from pathoflow.pipeline.maps import fingerprint, level_count, predict_maps, shard
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.store import PyramidSpec, ResultFolder
from pathoflow.tissue import QualityReport, QualitySettings, TissueSettings

SETTINGS = RunSettings(inference=InferenceSettings(tile_px=128, block_px=256))


@pytest.fixture
def networks(make_network: Callable[..., Network]) -> list[Network]:
    return [make_network("vessel"), make_network("tumour")]


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, inference=InferenceSettings(tile_px=128, block_px=512)),
        replace(SETTINGS, quality=QualitySettings(tissue=TissueSettings(min_chroma=0.05))),
    ],
)
def test_settings_that_maps_depend_on_make_them_stale(
    slide: Slide, networks: list[Network], other: RunSettings
) -> None:
    assert fingerprint(slide, networks, other) != fingerprint(slide, networks, SETTINGS)


def test_settings_of_later_stages_leave_maps_as_good_as_they_were(
    slide: Slide, networks: list[Network]
) -> None:
    later = replace(SETTINGS, candidates=replace(SETTINGS.candidates, wall_um=9.0), overwrite=True)
    assert fingerprint(slide, networks, later) == fingerprint(slide, networks, SETTINGS)


def test_another_slide_scale_or_network_makes_maps_stale(
    slide: Slide,
    networks: list[Network],
    make_network: Callable[..., Network],
    tmp_path: Path,
) -> None:
    known = fingerprint(slide, networks, SETTINGS)
    rescaled = Slide(slide.reader, mpp=Mpp.square(0.25))
    trained = [make_network("vessel", sha256="c" * 64), networks[1]]
    assert fingerprint(rescaled, networks, SETTINGS) != known
    assert fingerprint(slide, trained, SETTINGS) != known
    (tmp_path / "case.tiff").write_bytes(b"other pixels")
    assert fingerprint(Slide(slide.reader), networks, SETTINGS) != known


def test_a_fingerprint_is_json(slide: Slide, networks: list[Network]) -> None:
    found = fingerprint(slide, networks, SETTINGS)
    assert json.loads(json.dumps(found, sort_keys=True))["networks"] == {
        "vessel-net": ["a" * 64, "vessel"],
        "tumour-net": ["a" * 64, "tumour"],
    }


def test_all_pyramids_of_a_slide_have_as_many_levels_as_the_finest_needs(
    slide: Slide, networks: list[Network]
) -> None:
    # 1600 pixels at 0.5 µm are 400 at 2 µm and 1600 at 0.5 µm: 1600, 800, 400.
    fine = replace(networks[0], card=replace(networks[0].card, mpp=0.5))
    assert level_count(slide, networks) == 1
    assert level_count(slide, [*networks, fine]) == 3


def test_one_block_is_one_shard() -> None:
    spec = shard(PyramidSpec("uint8", Mpp.square(2.0)), SETTINGS)
    assert (spec.shard_px, spec.chunk_px) == (256, 256)


def test_every_class_gets_a_map_on_its_own_grid(
    slide: Slide,
    networks: list[Network],
    make_quality: Callable[..., QualityReport],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The tallies of two targets add up; the share that could not be read is the worse one."""
    coarse = replace(networks[1], card=replace(networks[1].card, mpp=4.0))
    tallies = iter([TileTally(5, 1, 2, 10, 0.1), TileTally(2, 3, 0, 0, 0.0)])

    def predict(target: Any, outputs: Any, *_: object) -> TileTally:
        for pyramid in outputs.values():
            box = pyramid.size.box()
            pyramid.write(box, np.full(box.size.shape, 100, np.uint8))
        return next(tallies)

    monkeypatch.setattr(maps, "predict_slide", predict)
    found = predict_maps(
        slide,
        make_quality().tissue,
        [networks[0], coarse],
        ResultFolder(tmp_path / "out"),
        SETTINGS,
        Work(),
    )
    assert {name: one.pyramid.size.shape for name, one in found.by_class.items()} == {
        "vessel": (300, 400),
        "tumour": (150, 200),
    }
    assert found.by_class["tumour"].frame.scale_y == 8
    assert found.tally == TileTally(7, 4, 2, 10, 0.1)
    assert found.n_resumed == 0
