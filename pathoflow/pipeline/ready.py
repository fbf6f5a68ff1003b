"""What is decided once and serves all slides of a run: settings and networks, which are loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from pathoflow.errors import NetworkError
from pathoflow.inference import within_memory_of
from pathoflow.networks import Network, NetworkCard, find_network, load_card, load_network
from pathoflow.networks.weights import verify_weights
from pathoflow.pipeline.settings import DEFAULT_NETWORKS, RunSettings

#: Classes without which there is nothing to say about a slide.
NEEDED = ("vessel", "tumour")


@dataclass(frozen=True)
class Ready:
    """Settings and networks of a run; a run whose slides are all done never loads a network."""

    settings: RunSettings
    cards: Sequence[NetworkCard]
    #: Loads the networks of ``cards``, in their order.
    load: Callable[[], Sequence[Network]]

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
        folders = _choose(settings.networks)
        cards = [load_card(folder) for folder in folders]
        for folder, card in zip(folders, cards, strict=True):
            verify_weights(folder, card)
        mapping = [card for card in cards if not _counts_cells(card)]
        settings = _within_memory(settings, mapping)
        return cls(settings, cards, partial(_load, folders, settings))

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


def _load(folders: Sequence[Path], settings: RunSettings) -> list[Network]:
    return [load_network(folder, settings.device, settings.backend) for folder in folders]


def _choose(wanted: Sequence[str]) -> list[Path]:
    folders = [find_network(name) for name in wanted]
    answered = [name for folder in folders for name in load_card(folder).classes]
    twice = sorted({name for name in answered if answered.count(name) > 1})
    if twice:
        raise NetworkError(
            f"more than one network answers for {', '.join(twice)}; give one network per class."
        )
    folders += [
        find_network(name)
        for name in DEFAULT_NETWORKS
        if name.removesuffix("-starter") not in answered
    ]
    answers = {name for folder in folders for name in load_card(folder).classes}
    if missing := [name for name in NEEDED if name not in answers]:
        raise NetworkError(f"no network answers for {', '.join(missing)}; add one with --network.")
    return folders
