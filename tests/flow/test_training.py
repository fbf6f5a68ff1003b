"""A lab's path: outlines of two slides -> train -> evaluate -> run with the new network, with the commands of the README."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pathoflow.networks import load_card
from pathoflow.phantom import PhantomSpec, make_phantom

CONFIG = """
name = "our-vessels"

[data]
labelled = [
    {{ slide = "a.tiff", outlines = "a.geojson", patient = "P1" }},
    {{ slide = "b.tiff", outlines = "b.geojson", patient = "P2" }},
]
patch_px = 96
unlabelled_per_slide = 4

[schedule]
steps = {steps}
batch = 2
validate_every = 3
save_every = 2
device = "cpu"
augmentation = {{ crop_px = 64 }}
"""


def region(left: float, top: float, side: float) -> dict[str, Any]:
    """A rectangle as QuPath exports one of class Region*."""
    x, y = [left, left + side], [top, top + side]
    ring = [[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]], [x[0], y[0]]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"objectType": "annotation", "classification": {"name": "Region*"}},
    }


def outlined(slide: Path) -> Path:
    """What a person exports: every vessel, and two regions in which all of them are outlined."""
    truth = slide.with_suffix(".truth") / "truth.geojson"
    features = json.loads(truth.read_text("utf-8"))["features"]
    vessels = [f for f in features if f["properties"]["classification"]["names"][0] == "Vessel"]
    assert vessels
    path = slide.with_suffix(".geojson")
    regions = [region(600, 600, 1000), region(1500, 1400, 1000)]
    collection = {"type": "FeatureCollection", "features": vessels + regions}
    path.write_text(json.dumps(collection), "utf-8")
    return path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab's folder: two slides, their outlines, a config."""
    folder = tmp_path_factory.mktemp("lab")
    for name, seed in (("a", 21), ("b", 22)):
        spec = PhantomSpec(
            seed=seed, size_px=(3400, 3200), mpp=0.5, family="test", vessels=7, mvi_vessels=2
        )
        make_phantom(spec, folder / f"{name}.tiff")
        outlined(folder / f"{name}.tiff")
    (folder / "train.toml").write_text(CONFIG.format(steps=6), "utf-8")
    return folder


def test_ten_outlines_become_a_network_that_runs(
    pathoflow: Callable[..., Any], lab: Path, tmp_path: Path
) -> None:
    said = pathoflow("train", lab / "train.toml")
    assert said.code == 0, said.err
    network = lab / "our-vessels"
    card = load_card(network)
    assert card.classes == ("vessel",)
    assert card.mpp == 2.0
    assert not card.synthetic, (
        "outlines were given, so nothing says that only painted slides were seen"
    )
    assert card.training["method"] == "evsnet"
    assert card.training["data"]["unlabelled_patches"] > 0
    assert "held-out" in said.out
    assert (network / "training" / "pictures" / "step-000006.png").exists()

    judged = pathoflow("evaluate", lab / "train.toml", "--json")
    assert judged.code == 0, judged.err
    assert json.loads(judged.out)["iou"] == pytest.approx(card.metrics["iou"], abs=0.02)

    ran = pathoflow("run", lab / "a.tiff", "--out", tmp_path, "--network", network)
    assert ran.code == 0, ran.err
    result = json.loads((tmp_path / "a" / "result.json").read_text("utf-8"))
    assert "our-vessels" in json.dumps(result["provenance"])


def test_outlines_that_are_not_there_are_named(
    pathoflow: Callable[..., Any], lab: Path, tmp_path: Path
) -> None:
    config = lab / "wrong.toml"
    config.write_text(CONFIG.format(steps=6).replace("b.geojson", "c.geojson"), "utf-8")
    said = pathoflow("train", config, "--to", tmp_path / "net")
    assert said.code == 2
    assert "c.geojson" in said.err
    assert not (tmp_path / "net" / "card.json").exists()
