"""The card of a network: everything a run, a reader and a report must know about it, without loading it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cattrs

from pathoflow.errors import NetworkError
from pathoflow.networks.plain import from_plain

CARD_NAME = "card.json"
WEIGHTS_NAME = "weights.safetensors"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Architecture:
    """A builder of segmentation-models-pytorch and its arguments."""

    #: Class name in segmentation_models_pytorch, such as "Unet".
    builder: str
    encoder: str
    #: Further keyword arguments of the builder; numbers, strings and lists only.
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Normalisation:
    """``(pixel / 255 - mean) / std`` per RGB channel."""

    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class DomainCard:
    """Which tissue the network knows; the statistics lie beside the card (`pathoflow.networks.domain`)."""

    #: Tissue further away than this is foreign.
    limit: float
    #: Side of the pieces that are compared, in pixels of the card's mpp.
    patch_px: int
    #: SHA-256 of the file of statistics.
    sha256: str


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """What a network is for, how to run it, what it learned from, and its limits (schema 1)."""

    name: str
    version: str
    title: str
    architecture: Architecture
    #: One probability map per class, sigmoid each.
    classes: tuple[str, ...]
    #: µm per pixel that the network works at.
    mpp: float
    #: Pixels around a piece that must be seen for its inside to be right.
    halo_px: int
    normalisation: Normalisation
    #: Probability from which a pixel belongs to the class.
    threshold: float
    licence: str
    #: What it learned from, in words, with seeds and the origin of pretrained parts.
    training: dict[str, Any]
    metrics: dict[str, Any]
    #: Sentences on what it must not be used for and what it has never seen.
    limits: tuple[str, ...]
    weights_sha256: str
    #: True when it learned from painted slides only; every report then says so.
    synthetic: bool
    #: How raw outputs were calibrated; None means that outputs are scores, not probabilities.
    calibration: dict[str, Any] | None = None
    domain: DomainCard | None = None
    schema: int = 1


def kind_of(folder: Path) -> str | None:
    """What the card in ``folder`` says it is a card of; None of a network that maps pixels, which says nothing.

    A card that cannot be read is None too: who loads it hears why.
    """
    try:
        raw = json.loads((folder / CARD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return raw.get("kind") if isinstance(raw, dict) else None


def load_card(folder: Path) -> NetworkCard:
    """Read and check the card in ``folder``.

    Raises
    ------
    NetworkError
        No card there, or one that does not follow the schema.
    """
    path = folder / CARD_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NetworkError(
            f"{folder} holds no network: {CARD_NAME} is missing. Give the folder that holds it."
        ) from None
    except (OSError, ValueError) as error:
        raise NetworkError(
            f"{path} cannot be read: {error}. Restore the network folder."
        ) from error
    if isinstance(raw, dict) and raw.get("schema", 1) != 1:
        raise NetworkError(
            f"{path} follows card schema {raw['schema']}, this version reads 1; update pathoflow, or restore the folder."
        )
    try:
        card = from_plain(raw, NetworkCard)
    except ValueError as error:
        raise NetworkError(
            f"{path} is not a network card: {error}. Restore the network folder."
        ) from error
    problems = _problems(card)
    if problems:
        raise NetworkError(f"{path} is not usable: {'; '.join(problems)}. Correct the card.")
    return card


def save_card(card: NetworkCard, folder: Path) -> Path:
    """Write ``card`` into ``folder`` and return the file's path."""
    path = folder / CARD_NAME
    text = json.dumps(cattrs.unstructure(card), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _problems(card: NetworkCard) -> list[str]:
    problems = []
    if not _NAME.fullmatch(card.name):
        problems.append(f"name {card.name!r} must be small letters, digits, '.', '_' and '-'")
    if not card.classes:
        problems.append("classes is empty")
    problems += [f"class {c!r} is not a plain word" for c in card.classes if not _NAME.fullmatch(c)]
    if len(set(card.classes)) < len(card.classes):
        problems.append("classes names one twice")
    if not 0.05 <= card.mpp <= 64:
        problems.append(f"mpp {card.mpp} lies outside 0.05 to 64")
    if not 0 <= card.halo_px <= 1024:
        problems.append(f"halo_px {card.halo_px} lies outside 0 to 1024")
    if not 0 < card.threshold < 1:
        problems.append(f"threshold {card.threshold} lies outside 0 to 1")
    if min(card.normalisation.std) <= 0:
        problems.append("normalisation std must be positive")
    if card.domain is not None and not (card.domain.limit > 0 and card.domain.patch_px > 0):
        problems.append("domain needs a positive limit and patch_px")
    return problems
