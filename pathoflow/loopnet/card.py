"""A trained LoopNet as a folder: ``card.json`` and ``weights.safetensors``, a checksum between them, no pickles."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cattrs

from pathoflow.errors import NetworkError
from pathoflow.loopnet.calibrate import TemperatureCard
from pathoflow.loopnet.combine import (
    CONTENT_FEATURES,
    VESSEL_FEATURES,
    Combination,
    Factor,
)
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.made_of import ModelSettings
from pathoflow.networks.card import CARD_NAME, kind_of
from pathoflow.networks.plain import from_plain
from pathoflow.networks.registry import network_folders
from pathoflow.networks.weights import load_weights
from pathoflow.store import write_json

if TYPE_CHECKING:
    from pathoflow.loopnet.model import LoopNet

#: What tells this card from those of segmenting networks.
KIND = "vessel-classifier"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class VesselCard:
    """What the classifier is for, how to run it, what it learned from, and its limits (schema 1)."""

    name: str
    version: str
    title: str
    model: ModelSettings
    #: Places, and the µm per pixel that it works at.
    grid: GridSettings
    licence: str
    #: What it learned from, in words, with seeds and the generator's version.
    training: dict[str, Any]
    #: Accuracy, recall and precision of MVI and of its cells, on vessels that it never saw.
    metrics: dict[str, Any]
    #: Sentences on what it must not be used for and what it has never seen.
    limits: tuple[str, ...]
    weights_sha256: str
    #: True when it learned from painted slides only; every report then says so.
    synthetic: bool
    #: None means that what it says are scores, not probabilities.
    calibration: TemperatureCard | None = None
    #: How its word is weighed with the other evidence; None where nobody has fitted that.
    combination: Combination | None = None
    kind: str = KIND
    schema: int = 1


def load_vessel_card(folder: Path) -> VesselCard:
    """Read and check the card in ``folder``.

    Raises
    ------
    NetworkError
        No card there, another kind of card, or one that does not follow the schema.
    """
    path = folder / CARD_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NetworkError(
            f"{folder} holds no vessel classifier: {CARD_NAME} is missing. Give the folder that holds it."
        ) from None
    except (OSError, ValueError) as error:
        raise NetworkError(f"{path} cannot be read: {error}. Restore the folder.") from error
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if kind != KIND:
        raise NetworkError(
            f"{path} is the card of another kind of network; give the folder of a {KIND}."
        )
    if raw.get("schema", 1) != 1:
        raise NetworkError(
            f"{path} follows card schema {raw['schema']}, this version reads 1; update pathoflow."
        )
    try:
        card = from_plain(raw, VesselCard)
    except ValueError as error:
        raise NetworkError(
            f"{path} is not the card of a vessel classifier: {error}. Restore the folder."
        ) from error
    problems = _problems(card)
    if problems:
        raise NetworkError(f"{path} is not usable: {'; '.join(problems)}. Correct the card.")
    return card


def list_classifiers() -> list[VesselCard]:
    """Cards of every classifier that can be called by name, in order of name."""
    folders = [folder for _, folder in sorted(network_folders().items())]
    return [load_vessel_card(folder) for folder in folders if kind_of(folder) == KIND]


def save_vessel_card(card: VesselCard, folder: Path) -> None:
    """Write ``card`` into ``folder``, whole or not at all."""
    write_json(folder / CARD_NAME, cattrs.unstructure(card))


def load_loopnet(folder: Path) -> tuple[VesselCard, LoopNet]:
    """The card and the network in ``folder``, ready to be asked.

    Raises
    ------
    NetworkError
        The card is no good, or the weights are not those that it names (``MODEL_HASH``).
    """
    from pathoflow.loopnet.model import build_loopnet

    card = load_vessel_card(folder)
    model = build_loopnet(card.model, card.grid)
    load_weights(model, folder, card)
    return card, model.eval()


def _problems(card: VesselCard) -> list[str]:
    problems = []
    if not _NAME.fullmatch(card.name):
        problems.append(f"name {card.name!r} must be small letters, digits, '.', '_' and '-'")
    hot = card.calibration
    if hot is not None and not (0 < hot.temperature < math.inf):
        problems.append(f"temperature {hot.temperature} must be positive")
    mix = card.combination
    if mix is not None:
        problems += _factor_problems("vessel", mix.vessel, VESSEL_FEATURES)
        problems += _factor_problems("content", mix.content, CONTENT_FEATURES)
    return problems


def _factor_problems(name: str, factor: Factor, features: tuple[str, ...]) -> list[str]:
    problems = []
    if {*factor.weights} != {*features} or {*factor.usual} != {*features}:
        problems.append(f"combination.{name} must name {', '.join(features)}")
    if min(factor.weights.values(), default=0) < 0:
        problems.append(f"combination.{name} holds a negative weight")
    return problems
