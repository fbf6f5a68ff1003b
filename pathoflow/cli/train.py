"""``pathoflow train``: learn a network from a config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def train(
    config: Annotated[Path, typer.Argument(help="A training config.", metavar="CONFIG.toml")],
    to: Annotated[Path, typer.Option(help="Folder for card and weights.")],
    encoder_weights: Annotated[
        Path, typer.Option(help=".npz of the encoder's first weights, as the config names.")
    ],
    cache: Annotated[
        Path, typer.Option(help="Folder for painted patches, used again by later runs.")
    ] = Path("bank"),
) -> None:
    """Train a starter network on painted slides; the config, its seeds and the figures end up on the card."""
    from pathoflow.training import Places, load_settings, train_starter

    card = train_starter(
        load_settings(config),
        Places(encoder_weights, cache, to),
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(f"{to}: {card.name} {card.version}, held-out {card.metrics}")
