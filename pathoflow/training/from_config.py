"""From a config to a network folder, as one reads it: data, network, method, loop, card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from pathoflow.data import DataSettings, Loaded, load_data
from pathoflow.errors import UsageError
from pathoflow.networks import NetworkCard, build_module, find_network, load_card, load_network
from pathoflow.networks.card import Architecture, Normalisation
from pathoflow.phantom import GENERATOR_VERSION
from pathoflow.training.draws import drawn_by_layers
from pathoflow.training.encoder import load_encoder, load_start
from pathoflow.training.feed import Feed
from pathoflow.training.loop import Fitted, Judge, OnStep, Run, fit
from pathoflow.training.methods import Setup, find_method
from pathoflow.training.product import save_network
from pathoflow.training.settings import TrainSettings, load_settings


@dataclass(frozen=True, slots=True)
class Places:
    """Where a training reads and writes."""

    #: Folder of the finished network; its journal, pictures and checkpoint lie in ``training/`` below.
    to: Path
    #: What relative paths of the config start from.
    root: Path = Path()
    #: Folder for patches that took long to make, shared by trainings on the same data.
    cache: Path = Path("bank")
    #: ``.npz`` of the encoder's first weights, where the config asks for some.
    encoder_weights: Path | None = None

    @property
    def work(self) -> Path:
        """Journal, pictures, checkpoint."""
        return self.to / "training"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a training reads beside its config."""

    #: Folder from which relative paths of slides and pictures count; None: the config's own.
    data: str | Path | None = None
    #: ``.npz`` of the encoder's first weights, where the config names some.
    encoder_weights: str | Path | None = None
    #: Folder for painted patches, used again by later trainings.
    cache: str | Path = "bank"


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished network."""

    folder: Path
    card: NetworkCard


@dataclass(frozen=True, slots=True)
class Plan:
    """What the new network is, before it has learned anything."""

    architecture: Architecture
    normalisation: Normalisation
    mpp: float
    halo_px: int


def train(
    config: str | Path,
    to: str | Path | None = None,
    inputs: Inputs | None = None,
    *,
    say: Callable[[str], None] = lambda line: None,
    on_step: OnStep = lambda progress: None,
) -> Trained:
    """Train the network that the TOML file ``config`` describes; what the command does, from Python.

    Parameters
    ----------
    to
        Folder of the network; its name beside the config if left out. A training that was stopped there goes on.
    inputs
        Where slides, first weights and painted patches lie, if not beside the config.

    Raises
    ------
    UsageError
        Config, data, the start's weights or an earlier checkpoint cannot be used, or do not go together.
    """
    path = Path(config)
    settings = load_settings(path)
    folder = path.parent / settings.name if to is None else Path(to)
    given = inputs or Inputs()
    encoder = None if given.encoder_weights is None else Path(given.encoder_weights)
    root = path.parent if given.data is None else Path(given.data)
    places = Places(folder, root, Path(given.cache), encoder)
    return Trained(folder, train_network(settings, places, say=say, on_step=on_step))


def train_network(
    settings: TrainSettings,
    places: Places,
    *,
    say: Callable[[str], None] = lambda line: None,
    on_step: OnStep = lambda progress: None,
) -> NetworkCard:
    """Train the network of ``settings`` into ``places.to``; a training that was stopped there goes on.

    The same settings and data give the same weights on a given machine and number of threads, stopped or not.

    Raises
    ------
    UsageError
        Settings, data, the start's weights or an earlier checkpoint do not go together.
    """
    plan = plan_network(settings)
    make = find_method(settings.method)
    data = load_data(data_settings(settings, plan.mpp), places.root, places.cache, say)
    say(
        f"{len(data.train)} labelled patches of {len(set(data.train.groups))} slides, "
        f"{len(data.unlabelled or ())} unlabelled ones, {len(data.validation)} to judge by"
    )
    module = first_module(settings, plan, len(data.train.classes), places)
    schedule = settings.schedule
    method = make(
        module, Setup(plan.normalisation, schedule, data.unlabelled is not None, settings.options)
    )
    feed = Feed(
        data.train,
        data.unlabelled,
        schedule.augmentation,
        batch=schedule.batch,
        seed=schedule.seed,
    )
    judge = Judge(data.validation, plan.normalisation, settings.threshold)
    places.work.mkdir(parents=True, exist_ok=True)
    fitted = fit(method, feed, judge, schedule, Run(places.work, settings.stamp(), on_step))
    draft = draft_card(settings, plan, data, fitted)
    shown = [data.train.pixels, *([data.unlabelled.pixels] if data.unlabelled else [])]
    return save_network(
        fitted.module, draft, np.concatenate(shown), data.validation.pixels, places.to
    )


def evaluate_network(
    settings: TrainSettings,
    network: Path,
    root: Path,
    cache: Path,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, float]:
    """Scores of a stored network on the held-out patches of ``settings``, at its card's threshold.

    Raises
    ------
    UsageError
        The network works at another scale or on other classes than the patches.
    """
    loaded = load_network(network, "cpu", "torch")
    card = loaded.card
    data = load_data(data_settings(settings, card.mpp), root, cache, say)
    if card.classes != data.validation.classes:
        raise UsageError(
            f"{network} knows {', '.join(card.classes)}, the patches {', '.join(data.validation.classes)}: "
            "give the network of this config."
        )
    judge = Judge(data.validation, card.normalisation, card.threshold)
    return judge.score(loaded.module).plain()


def data_settings(settings: TrainSettings, mpp: float) -> DataSettings:
    """The config's data at the network's scale; where nothing unlabelled is named, the labelled slides' other tissue."""
    data = settings.data if settings.data.mpp else replace(settings.data, mpp=mpp)
    if not data.unlabelled_sources:
        data = replace(data, unlabelled=data.labelled)
    return data


def plan_network(settings: TrainSettings) -> Plan:
    """Architecture and scale, from the config or from the network it starts with."""
    start = settings.start
    if start.architecture is not None:
        return Plan(start.architecture, start.normalisation, settings.mpp, settings.halo_px)
    card = load_card(find_network(start.network))
    return Plan(
        card.architecture,
        card.normalisation,
        settings.mpp or card.mpp,
        card.halo_px if settings.halo_px < 0 else settings.halo_px,
    )


def first_module(settings: TrainSettings, plan: Plan, n_classes: int, places: Places) -> nn.Module:
    """The network before its first step.

    Raises
    ------
    UsageError
        The config names encoder weights and none were given, or others.
    """
    start = settings.start
    with drawn_by_layers(settings.schedule.seed):
        module = build_module(plan.architecture, n_classes)
    if start.architecture is None:
        load_start(module, start.network)
    elif start.encoder_sha256:
        if places.encoder_weights is None:
            raise UsageError(
                f"{settings.name} begins with encoder weights of sha256 {start.encoder_sha256[:12]}...: "
                "give their file with --encoder-weights."
            )
        load_encoder(module, places.encoder_weights, start.encoder_sha256)
    return module


def draft_card(settings: TrainSettings, plan: Plan, data: Loaded, fitted: Fitted) -> NetworkCard:
    """The card, without what only the stored weights know."""
    start = asdict(settings.start)
    return NetworkCard(
        name=settings.name,
        version=settings.version,
        title=settings.title or f"{', '.join(data.train.classes)} segmentation",
        architecture=plan.architecture,
        classes=data.train.classes,
        mpp=plan.mpp,
        halo_px=plan.halo_px,
        normalisation=plan.normalisation,
        threshold=settings.threshold,
        licence=settings.licence,
        training={
            "method": settings.method,
            "options": settings.options,
            "start": start,
            "data": about(settings, data),
            "schedule": _plain(asdict(settings.schedule)),
        },
        metrics={"step": fitted.step, **fitted.scores.plain()},
        limits=settings.limits,
        weights_sha256="",
        synthetic=is_synthetic(settings),
    )


def is_synthetic(settings: TrainSettings) -> bool:
    """Whether nothing but painted slides is labelled."""
    return settings.data.any_painted is not None and not settings.data.labelled_sources


def about(settings: TrainSettings, data: Loaded) -> dict[str, Any]:
    """What was learned from, for the card: numbers and settings, no names of slides or patients."""
    painted = settings.data.any_painted
    found: dict[str, Any] = {
        "labelled_patches": len(data.train),
        "labelled_slides": len(set(data.train.groups)),
        "unlabelled_patches": 0 if data.unlabelled is None else len(data.unlabelled),
        "validation_patches": len(data.validation),
        "sha256": fingerprint(data),
    }
    if painted is not None:
        found["painted"] = {"generator": GENERATOR_VERSION, **_plain(asdict(painted))}
    return found


def fingerprint(data: Loaded) -> str:
    """SHA-256 of every pixel and mask that was learned from or judged by."""
    digest = hashlib.sha256()
    for part in (data.train, data.validation):
        for array in (part.pixels, part.masks, part.known):
            digest.update(array.tobytes())
    if data.unlabelled is not None:
        digest.update(data.unlabelled.pixels.tobytes())
    return digest.hexdigest()


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """Tuples as lists, as JSON gives them back."""
    return {
        key: list(value)
        if isinstance(value, tuple)
        else _plain(value)
        if isinstance(value, dict)
        else value
        for key, value in table.items()
    }
