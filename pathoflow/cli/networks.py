"""``pathoflow networks``: cards and checksums of networks."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="Networks: cards, checksums.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the networks that can be called by name."""
    from pathoflow.networks import list_networks

    for card in list_networks():
        print(
            f"{card.name} {card.version}: {card.title} ({', '.join(card.classes)} at {card.mpp:g} µm/px)"
        )


@app.command()
def show(network: Annotated[str, typer.Argument(help="Name or folder.")]) -> None:
    """Print the card of a network as JSON."""
    import cattrs

    from pathoflow.networks import find_network, load_card

    card = load_card(find_network(network))
    print(json.dumps(cattrs.unstructure(card), indent=2, ensure_ascii=False))


@app.command()
def verify(network: Annotated[str, typer.Argument(help="Name or folder.")]) -> None:
    """Check that the weights are those of the card."""
    from pathoflow.networks import find_network, load_card
    from pathoflow.networks.weights import verify_weights

    folder = find_network(network)
    card = load_card(folder)
    verify_weights(folder, card)
    print(f"{card.name}: weights are those of the card (sha256 {card.weights_sha256})")
