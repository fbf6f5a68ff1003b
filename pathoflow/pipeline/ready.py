"""What is decided once and serves all slides of a run: settings and networks, which are loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from pathoflow.errors import NetworkError
from pathoflow.inference import within_memory_of
from pathoflow.loopnet import VesselCard, VesselClassifier, load_vessel_card
from pathoflow.loopnet.card import KIND as CLASSIFIER
from pathoflow.networks import Network, NetworkCard, find_network, load_card, load_network
from pathoflow.networks.card import kind_of
from pathoflow.networks.weights import verify_weights
from pathoflow.pipeline.settings import DEFAULT_CLASSIFIER, DEFAULT_NETWORKS, RunSettings

#: Classes without which there is nothing to say about a slide.
NEEDED = ("vessel", "tumour")


@dataclass(frozen=True)
class Ready:
    """Settings and networks of a run; a run whose slides are all done never loads a network."""

    settings: RunSettings
    cards: Sequence[NetworkCard]
    #: Loads the networks of ``cards``, in their order.
    load: Callable[[], Sequence[Network]]
    #: Folder and card of the classifier of whole vessels; None for none.
    judge: tuple[Path, VesselCard] | None = None

    @classmethod
    def of(cls, settings: RunSettings) -> Ready:
        """Choose the networks: the user's, and the default ones for classes that none of them answers for.

        Tiles and blocks are made to fit into the memory that the settings allow.

        Raises
        ------
        NetworkError
            A network is unknown or damaged, its weights are not those of its card (``MODEL_HASH``), or two of the
            user's answer for the same class.
        UsageError
            The memory allowed is too little for the networks.
        """
        folders = [find_network(name) for name in settings.networks]
        chosen = _choose([folder for folder in folders if kind_of(folder) != CLASSIFIER])
        for folder, card in chosen:
            verify_weights(folder, card)
        cards = [card for _, card in chosen]
        settings = _within_memory(settings, [card for card in cards if not _counts_cells(card)])
        judge = _choose_judge([folder for folder in folders if kind_of(folder) == CLASSIFIER])
        return cls(settings, cards, partial(_load, chosen, settings), judge)

    @cached_property
    def loaded(self) -> Sequence[Network]:
        """All networks, loaded.

        Raises
        ------
        NetworkError, EnvironmentFault
            A network cannot be built, or the device is not there.
        """
        return self.load()

    @property
    def networks(self) -> list[Network]:
        """Those that map the whole slide."""
        return [network for network in self.loaded if not _counts_cells(network.card)]

    @property
    def cell_network(self) -> Network | None:
        """The one that is asked about nuclei, inside vessels alone."""
        return next((n for n in self.loaded if _counts_cells(n.card)), None)

    @cached_property
    def classifier(self) -> VesselClassifier | None:
        """Who judges whole vessels; always in full precision on the CPU, so that every machine says the same."""
        return VesselClassifier.load(self.judge[0]) if self.judge else None

    @property
    def all_cards(self) -> list[NetworkCard | VesselCard]:
        """Of everything learned that a result depends on."""
        return [*self.cards, *([self.judge[1]] if self.judge else [])]

    @property
    def is_synthetic(self) -> bool:
        """Whether anything learned from painted slides only."""
        return any(card.synthetic for card in self.all_cards)

    @property
    def is_loaded(self) -> bool:
        """Whether the networks have been loaded without an error."""
        return "loaded" in self.__dict__


def _counts_cells(card: NetworkCard) -> bool:
    return "tumour_cell" in card.classes


def _within_memory(settings: RunSettings, cards: Sequence[NetworkCard]) -> RunSettings:
    """``settings`` with tiles and blocks that fit into ``max_ram_gb``, if that is given."""
    if settings.max_ram_gb is None:
        return settings
    from pathoflow.networks.footprint import bytes_per_pixel

    inference = within_memory_of(
        settings.max_ram_gb,
        settings.inference,
        max(card.halo_px for card in cards),
        max(bytes_per_pixel(card) for card in cards),
    )
    return replace(settings, inference=inference)


def _load(chosen: Sequence[tuple[Path, NetworkCard]], settings: RunSettings) -> list[Network]:
    return [
        load_network(folder, settings.device, settings.backend).only(card.classes)
        for folder, card in chosen
    ]


def _choose(wanted: Sequence[Path]) -> list[tuple[Path, NetworkCard]]:
    """The networks of ``wanted``, then the default ones, cut down to the classes that are still open."""
    chosen = [(folder, load_card(folder)) for folder in wanted]
    answered = [name for _, card in chosen for name in card.classes]
    twice = sorted({name for name in answered if answered.count(name) > 1})
    if twice:
        raise NetworkError(
            f"more than one network answers for {', '.join(twice)}; give one network per class."
        )
    for name in DEFAULT_NETWORKS:
        folder = find_network(name)
        card = load_card(folder)
        left = tuple(one for one in card.classes if one not in answered)
        # Of nuclei one network tells all classes or none: its shares add up to one.
        if left and not (_counts_cells(card) and left != card.classes):
            chosen.append((folder, replace(card, classes=left)))
    answers = {name for _, card in chosen for name in card.classes}
    if missing := [name for name in NEEDED if name not in answers]:
        raise NetworkError(f"no network answers for {', '.join(missing)}; add one with --network.")
    return chosen


def _choose_judge(wanted: Sequence[Path]) -> tuple[Path, VesselCard]:
    """The user's classifier of whole vessels, or the default one."""
    if len(wanted) > 1:
        names = " and ".join(folder.name for folder in wanted)
        raise NetworkError(f"{names} both judge whole vessels; give one of them.")
    folder = wanted[0] if wanted else find_network(DEFAULT_CLASSIFIER)
    card = load_vessel_card(folder)
    verify_weights(folder, card)
    return folder, card
