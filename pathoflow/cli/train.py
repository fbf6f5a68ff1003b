"""``pathoflow train``: learn a network from a config."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pathoflow.cli.sentence import say
from pathoflow.cli.show import shown_training


def train(
    config: Annotated[Path, typer.Argument(help="A training config.", metavar="CONFIG.toml")],
    to: Annotated[
        Path | None,
        typer.Option(
            help="Folder for card, weights, journal and pictures; the network's name beside the config if left out."
        ),
    ] = None,
    encoder_weights: Annotated[
        Path | None,
        typer.Option(help=".npz of the encoder's first weights, where the config names some."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder that the config's slides and pictures lie in; the config's own if left out."
        ),
    ] = None,
    cache: Annotated[
        Path, typer.Option(help="Folder for painted patches, used again by later runs.")
    ] = Path("bank"),
) -> None:
    """Train a network on outlined patches, such as ten outlined in QuPath; run again, a stopped training goes on.

    The config names slides and their outlines; see docs/training.md. The finished folder is used by
    `pathoflow run SLIDE --network FOLDER`.
    """
    from pathoflow.training import Inputs
    from pathoflow.training import train as train_network

    with shown_training(config.stem) as on_step:
        inputs = Inputs(data, encoder_weights, cache)
        done = train_network(config, to, inputs, say=say, on_step=on_step)
    card = done.card
    print(f"{done.folder}: {card.name} {card.version}, held-out {card.metrics}")
    print(f"pictures of held-out patches: {done.folder / 'training' / 'pictures'}")
