"""Where networks are found: bundled ones, those of entry points, and any folder."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from pathoflow.errors import NetworkError
from pathoflow.networks.card import CARD_NAME, NetworkCard, kind_of, load_card

BUNDLED = Path(__file__).parent / "bundled"
GROUP = "pathoflow.networks"

_log = logging.getLogger(__name__)


def network_folders() -> dict[str, Path]:
    """Name -> folder of every network that can be called by name.

    An entry point of group ``pathoflow.networks`` names a folder, or a callable that returns one. Bundled names cannot
    be taken over, and an entry point that fails is left out with a warning.
    """
    found = {p.parent.name: p.parent for p in sorted(BUNDLED.glob(f"*/{CARD_NAME}"))}
    for point in entry_points(group=GROUP):
        try:
            found.setdefault(point.name, _folder_of(point))
        except NetworkError as error:
            _log.warning("%s", error)
    return found


def _folder_of(point: EntryPoint) -> Path:
    try:
        target = point.load()
        return Path(target() if callable(target) else target)
    except Exception as error:  # third parties' code: nothing is known about what it may raise
        raise NetworkError(
            f"network {point.name!r} of {point.value} failed with {type(error).__name__}: {error}."
        ) from error


def list_networks() -> list[NetworkCard]:
    """Cards of every network that maps pixels and can be called by name, in order of name."""
    folders = [folder for _, folder in sorted(network_folders().items())]
    return [load_card(folder) for folder in folders if kind_of(folder) is None]


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
        raise NetworkError(
            f"{folder} holds no network: {CARD_NAME} is missing. Give the folder that holds it."
        )
    raise NetworkError(
        f"network {str(name_or_folder)!r} is not known; use one of {', '.join(sorted(known)) or 'none installed'}, "
        f"or the folder of a network."
    )
