"""Where networks are found: bundled ones, those of entry points, and any folder."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from pathoflow.errors import NetworkError
from pathoflow.networks.card import CARD_NAME, NetworkCard, load_card

BUNDLED = Path(__file__).parent / "bundled"
GROUP = "pathoflow.networks"


def network_folders() -> dict[str, Path]:
    """Name -> folder of every network that can be called by name.

    An entry point of group ``pathoflow.networks`` names a folder, or a callable that returns one.
    """
    found = {p.parent.name: p.parent for p in sorted(BUNDLED.glob(f"*/{CARD_NAME}"))}
    for point in entry_points(group=GROUP):
        target = point.load()
        found.setdefault(point.name, Path(target() if callable(target) else target))
    return found


def list_networks() -> list[NetworkCard]:
    """Cards of every network that can be called by name, in order of name."""
    return [load_card(folder) for _, folder in sorted(network_folders().items())]


def find_network(name_or_folder: str | Path) -> Path:
    """The folder of a network given by name or by path.

    Raises
    ------
    NetworkError
        No such network; the sentence lists those that exist.
    """
    known = network_folders()
    if str(name_or_folder) in known:
        return known[str(name_or_folder)]
    folder = Path(name_or_folder)
    if (folder / CARD_NAME).is_file():
        return folder
    if folder.is_dir():
        raise NetworkError(f"{folder} holds no network: {CARD_NAME} is missing. Give the folder that holds it.")
    raise NetworkError(
        f"network {str(name_or_folder)!r} is not known; use one of {', '.join(sorted(known)) or 'none installed'}, "
        f"or the folder of a network."
    )
