"""Networks as folders: a card in plain JSON, weights in safetensors, checksums between them.

A card says what a network is for, at which µm per pixel it works, what it learned from and what it has never seen.
Nothing here unpickles anything.
"""

from pathoflow.networks.backends import Backend
from pathoflow.networks.build import build_module
from pathoflow.networks.card import (
    Architecture,
    DomainCard,
    NetworkCard,
    Normalisation,
    load_card,
    save_card,
)
from pathoflow.networks.choice import BACKENDS, available_backends, choose_backend
from pathoflow.networks.domain import Domain, fit_domain, load_domain, save_domain
from pathoflow.networks.network import Network, load_network
from pathoflow.networks.registry import find_network, list_networks

__all__ = [
    "BACKENDS",
    "Architecture",
    "Backend",
    "Domain",
    "DomainCard",
    "Network",
    "NetworkCard",
    "Normalisation",
    "available_backends",
    "build_module",
    "choose_backend",
    "find_network",
    "fit_domain",
    "list_networks",
    "load_card",
    "load_domain",
    "load_network",
    "save_card",
    "save_domain",
]
