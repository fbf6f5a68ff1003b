"""Networks as folders: a card in plain JSON, weights in safetensors, checksums between them.

A card says what a network is for, at which µm per pixel it works, what it learned from and what it has never seen.
Nothing here unpickles anything.
"""

from pathoflow.networks.build import build_module
from pathoflow.networks.card import (
    Architecture,
    Domain,
    NetworkCard,
    Normalisation,
    load_card,
    save_card,
)
from pathoflow.networks.network import Network, load_network
from pathoflow.networks.registry import find_network, list_networks

__all__ = [
    "Architecture",
    "Domain",
    "Network",
    "NetworkCard",
    "Normalisation",
    "build_module",
    "find_network",
    "list_networks",
    "load_card",
    "load_network",
    "save_card",
]
