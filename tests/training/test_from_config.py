"""A whole training, with tiny patches in place of slides."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pathoflow.data import DataSettings, Loaded, PaintedData, PatchSet, SlideSource
from pathoflow.errors import UsageError
from pathoflow.networks import Architecture, find_network, load_card, load_network
from pathoflow.training import (
    Inputs,
    Places,
    Progress,
    Schedule,
    Start,
    TrainSettings,
    evaluate_network,
    train,
    train_network,
)
from pathoflow.training.augment import Augmentation
from pathoflow.training.from_config import data_settings, plan_network

Patches = Callable[..., PatchSet]
NOWHERE = SlideSource("nowhere.svs", "nowhere.geojson")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, patches: Patches) -> TrainSettings:
    loaded = Loaded(patches(6, 1), patches(5, 2).without_labels(), patches(4, 3))
    monkeypatch.setattr("pathoflow.training.from_config.load_data", lambda *_: loaded)
    return TrainSettings(
        "tiny",
        DataSettings(("vessel",), 64, 2.0, labelled=(NOWHERE,)),
        method="supervised",
        start=Start(
            architecture=Architecture("Unet", "mobilenet_v2", {"encoder_depth": 2, "decoder_channels": [8, 4]})
        ),
        mpp=2.0,
        halo_px=16,
        schedule=Schedule(
            steps=4, batch=2, validate_every=2, save_every=2, device="cpu", augmentation=Augmentation(crop_px=32)
        ),
        limits=("Tests only.",),
    )  # fmt: skip


def test_a_training_leaves_a_network_that_loads_and_answers(
    settings: TrainSettings, patches: Patches, tmp_path: Path
) -> None:
    told: list[Progress] = []
    said: list[str] = []
    before = torch.random.get_rng_state()
    card = train_network(settings, Places(tmp_path / "net"), say=said.append, on_step=told.append)
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's draws are touched"
    assert load_card(tmp_path / "net") == card
    assert card.classes == ("vessel",)
    assert not card.synthetic
    assert card.training["data"]["labelled_patches"] == 6
    assert card.training["data"]["labelled_slides"] == 3
    assert card.metrics["step"] in (2, 4)
    assert [p.step for p in told] == [1, 2, 3, 4]
    assert "6 labelled patches of 3 slides, 5 unlabelled ones, 4 to judge by" in said[-1]
    network = load_network(tmp_path / "net", "cpu")
    assert network.predict(patches(1, 9).pixels).shape == (1, 1, 64, 64)
    assert network.domain is not None
    assert network.domain.patch_px == 64
    names = {p.name for p in (tmp_path / "net" / "training").iterdir()}
    assert {"metrics.jsonl", "checkpoint.safetensors", "pictures", "tensorboard"} <= names
    assert "nowhere" not in json.dumps(card.training), "slides are not named on a card"


def test_the_same_settings_give_the_same_bytes_stopped_or_not(
    settings: TrainSettings, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 3:
            raise KeyboardInterrupt

    train_network(settings, Places(tmp_path / "one"))
    with pytest.raises(KeyboardInterrupt):
        train_network(settings, Places(tmp_path / "two"), on_step=stop)
    assert not (tmp_path / "two" / "card.json").exists()
    train_network(settings, Places(tmp_path / "two"))
    for name in ("weights.safetensors", "card.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_stored_network_is_judged_on_the_held_out_patches(
    settings: TrainSettings, tmp_path: Path
) -> None:
    card = train_network(settings, Places(tmp_path / "net"))
    scores = evaluate_network(settings, tmp_path / "net", tmp_path, tmp_path)
    # Stored in half precision, so not to the last digit.
    assert scores["iou"] == pytest.approx(card.metrics["iou"], abs=0.02)
    other = replace(card, classes=("gland",))
    (tmp_path / "net" / "card.json").write_text(
        (tmp_path / "net" / "card.json").read_text().replace('"vessel"', '"gland"')
    )
    assert load_card(tmp_path / "net").classes == other.classes
    with pytest.raises(UsageError, match="knows gland, the patches vessel"):
        evaluate_network(settings, tmp_path / "net", tmp_path, tmp_path)


def test_a_network_to_start_with_says_at_what_scale(settings: TrainSettings) -> None:
    card = load_card(find_network("vessel-starter"))
    plan = plan_network(replace(settings, start=Start(), mpp=0.0, halo_px=-1))
    assert plan.architecture == card.architecture
    assert (plan.mpp, plan.halo_px) == (card.mpp, card.halo_px)
    plan = plan_network(replace(settings, start=Start(), mpp=1.0, halo_px=8))
    assert (plan.mpp, plan.halo_px) == (1.0, 8)


def test_without_unlabelled_slides_the_labelled_ones_give_more_tissue(
    settings: TrainSettings,
) -> None:
    assert data_settings(settings, 2.0).unlabelled == (NOWHERE,)
    other = SlideSource("other.svs")
    named = replace(settings, data=replace(settings.data, unlabelled=(other,)))
    assert data_settings(named, 2.0).unlabelled == (other,)


def test_encoder_weights_that_a_config_names_must_be_given(
    settings: TrainSettings, tmp_path: Path
) -> None:
    start = replace(settings.start, encoder_sha256="00")
    with pytest.raises(UsageError, match="--encoder-weights"):
        train_network(replace(settings, start=start), Places(tmp_path / "net"))


def test_what_learned_from_painted_slides_alone_says_so(
    settings: TrainSettings, tmp_path: Path
) -> None:
    painted = DataSettings(("vessel",), 64, 2.0, painted=PaintedData((1,), (2,)))
    card = train_network(replace(settings, data=painted), Places(tmp_path / "net"))
    assert card.synthetic
    assert card.training["data"]["painted"]["train_seeds"] == [1]


def test_pictures_are_looked_for_in_the_folder_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    roots: list[Path] = []

    def looked(settings: object, places: Places, **_: object) -> None:
        roots.append(places.root)

    monkeypatch.setattr("pathoflow.training.from_config.train_network", looked)
    config = tmp_path / "tiny.toml"
    config.write_text(
        'name = "tiny"\n[data]\nlabelled = [{ slide = "a.svs", outlines = "a.geojson" }]'
    )
    train(config)
    train(config, inputs=Inputs(data=tmp_path / "pictures"))
    assert roots == [tmp_path, tmp_path / "pictures"]


def test_without_tissue_the_network_goes_without_statistics_of_it(
    settings: TrainSettings, patches: Patches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    white = replace(patches(3), pixels=np.full((3, 64, 64, 3), 240, np.uint8))
    monkeypatch.setattr(
        "pathoflow.training.from_config.load_data", lambda *_: Loaded(white, None, white)
    )
    assert train_network(settings, Places(tmp_path / "net")).domain is None
