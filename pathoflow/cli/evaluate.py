"""``pathoflow evaluate``: how good a trained network is on its config's held-out patches, or a whole experiment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pathoflow.cli.sentence import say


def evaluate(
    what: Annotated[
        str,
        typer.Argument(
            help="A training config, or the name of an experiment.", metavar="CONFIG.toml|NAME"
        ),
    ],
    network: Annotated[
        Path | None,
        typer.Option(
            help="Network to judge; the one that `pathoflow train` made of the config if left out."
        ),
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
    preset: Annotated[
        str,
        typer.Option(
            help="Size of an experiment: smoke, cpu, paper, another of its presets, or a .toml file."
        ),
    ] = "smoke",
    work: Annotated[
        Path | None, typer.Option(help="Folder of an experiment; what is there is not run again.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Judge a network on held-out patches, or run an experiment and write its table and plot."""
    if not what.endswith(".toml"):
        from pathoflow.training.experiments import find_experiment

        found = find_experiment(what)(preset, work or Path(f"{what}-{preset}"), say)
        print(json.dumps(found.plain(), indent=2) if as_json else found.markdown())
        return
    from pathoflow.training import evaluate_network, load_settings

    config = Path(what)
    settings = load_settings(config)
    folder = network or config.parent / settings.name
    scores = evaluate_network(settings, folder, data or config.parent, cache, say)
    if as_json:
        print(json.dumps(scores))
    else:
        print(f"{folder}, on the held-out patches of {config}:")
        for name, value in scores.items():
            print(f"  {name.replace('_', ' ')}: {value:g}")
