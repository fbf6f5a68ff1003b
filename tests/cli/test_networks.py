"""The networks that come along, and what happens to an altered one."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pathoflow as package

BUNDLED = ("cells-starter", "classifier-starter", "tissue-starter", "vessel-starter")


def test_the_bundled_networks_are_listed(pathoflow: Callable[..., Any]) -> None:
    said = pathoflow("networks", "list")
    assert said.code == 0
    assert {line.split()[0] for line in said.out.splitlines()} >= set(BUNDLED)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_card_is_shown_as_json(pathoflow: Callable[..., Any], name: str) -> None:
    said = pathoflow("networks", "show", name)
    assert said.code == 0
    card = json.loads(said.out)
    assert card["name"] == name
    assert card.get("mpp", 0) > 0 or card["grid"]["mpp"] > 0


@pytest.mark.parametrize("name", BUNDLED)
def test_the_checksum_is_that_of_the_weights(pathoflow: Callable[..., Any], name: str) -> None:
    said = pathoflow("networks", "verify", name)
    assert said.code == 0
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in _folder(name).iterdir()}
    shown = said.out.rsplit("sha256 ", 1)[1].rstrip(")\n")
    assert shown in hashes


def test_altered_weights_are_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    copy = tmp_path / "altered"
    shutil.copytree(_folder("vessel-starter"), copy)
    weights = max(copy.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert "altered" in refused("networks", "verify", copy)


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_name_is_answered_with_the_known_ones(
    refused: Callable[..., str], command: str
) -> None:
    message = refused("networks", command, "nobody")
    assert "nobody" in message
    assert all(name in message for name in BUNDLED)


def _folder(name: str) -> Path:
    return Path(package.__file__).parent / "networks" / "bundled" / name
