"""``pathoflow networks``: cards and checksums of networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathoflow.loopnet import VesselCard
    from pathoflow.networks import NetworkCard

app = typer.Typer(help="Networks: cards, checksums.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the networks that can be called by name."""
    from pathoflow.loopnet.card import list_classifiers
    from pathoflow.networks import list_networks

    for card in list_networks():
        print(
            f"{card.name} {card.version}: {card.title} ({', '.join(card.classes)} at {card.mpp:g} µm/px)"
        )
    for judge in list_classifiers():
        print(
            f"{judge.name} {judge.version}: {judge.title} (whole vessels at {judge.grid.mpp:g} µm/px)"
        )


@app.command()
def show(network: Annotated[str, typer.Argument(help="Name or folder.")]) -> None:
    """Print the card of a network as JSON."""
    import cattrs

    from pathoflow.networks import find_network

    card = card_in(find_network(network))
    print(json.dumps(cattrs.unstructure(card), indent=2, ensure_ascii=False))


@app.command()
def verify(network: Annotated[str, typer.Argument(help="Name or folder.")]) -> None:
    """Check that the weights are those of the card."""
    from pathoflow.networks import find_network
    from pathoflow.networks.weights import verify_weights

    folder = find_network(network)
    card = card_in(folder)
    verify_weights(folder, card)
    print(f"{card.name}: weights are those of the card (sha256 {card.weights_sha256})")


def card_in(folder: Path) -> NetworkCard | VesselCard:
    """The card of a network that maps pixels, or of one that judges vessels."""
    from pathoflow.loopnet.card import KIND, load_vessel_card
    from pathoflow.networks.card import kind_of, load_card

    return load_vessel_card(folder) if kind_of(folder) == KIND else load_card(folder)
