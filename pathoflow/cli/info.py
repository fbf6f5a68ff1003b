"""``pathoflow info``: what a slide file says about itself, and which readers refused it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer


def info(
    slide: Annotated[Path, typer.Argument(help="A slide file.")],
    mpp: Annotated[
        float | None, typer.Option(help="µm per pixel, where the file does not say.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show size, levels, µm per pixel and its source, vendor, and why other readers refused the file."""
    from pathoflow.slide import open_slide

    with open_slide(slide, mpp=mpp) as opened:
        facts = opened.info
        doubt = facts.mpp.doubt if facts.mpp else "the header does not say; give it with --mpp"
        plain = {
            "slide": opened.id,
            "reader": facts.reader,
            "vendor": facts.vendor,
            "size_px": [facts.size.height, facts.size.width],
            "mpp": [facts.mpp.y, facts.mpp.x] if facts.mpp else None,
            "mpp_source": facts.mpp_source if facts.mpp else None,
            "mpp_doubt": doubt,
            "objective_power": facts.objective_power,
            "levels": [
                {
                    "size_px": [level.size.height, level.size.width],
                    "downsample": [level.scale_y, level.scale_x],
                }
                for level in facts.levels
            ],
            "is_synthetic": facts.is_synthetic,
            "refusals": dict(opened.refusals),
        }
    if as_json:
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        _print_plain(plain)


def _print_plain(plain: Mapping[str, object]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None)
    for name, value in plain.items():
        if name == "levels" and isinstance(value, list):
            for number, level in enumerate(value):
                height, width = level["size_px"]
                table.add_row(
                    f"level {number}",
                    f"{height} x {width} px, downsample {level['downsample'][0]:g}",
                )
        elif name == "refusals" and isinstance(value, dict):
            for reader, reason in value.items():
                table.add_row(f"{reader} refused", reason)
        elif name == "size_px" and isinstance(value, list):
            table.add_row("size", f"{value[0]} x {value[1]} px (height x width)")
        elif name == "mpp" and isinstance(value, list):
            table.add_row("µm per pixel", f"{value[0]:g} x {value[1]:g}")
        elif value is not None:
            table.add_row(name.replace("_", " "), str(value))
    Console(soft_wrap=True).print(table)
