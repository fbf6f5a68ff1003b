"""What this machine can do with networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def test_backends_are_measured_as_a_table_for_scripts(pathoflow: Callable[..., Any]) -> None:
    said = pathoflow(
        "bench",
        "engine",
        "--network",
        "Unet/mobilenet_v2",
        "--rounds",
        1,
        "--tile-px",
        64,
        "--json",
    )
    assert said.code == 0
    table = json.loads(said.out)
    assert [row["ratio"] for row in table["rows"] if row["backend"] == "torch"] == [1]
    assert table["notes"]["rounds"] == 1


def test_an_unknown_network_is_one_sentence(refused: Callable[..., str]) -> None:
    assert "nobody" in refused("bench", "engine", "--network", "nobody")


def test_the_doctor_says_which_backend_a_run_takes_and_why(pathoflow: Callable[..., Any]) -> None:
    lines = pathoflow("doctor").out.splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith("backends on cpu: torch")]
    chosen = [line for line in lines[at + 1 :] if line.startswith("  vessel-starter: ")]
    assert len(chosen) == 1
    assert "(" in chosen[0]
