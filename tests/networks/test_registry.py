from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from pathoflow.errors import NetworkError
from pathoflow.networks import NetworkCard, find_network, list_networks, registry, save_card


@dataclass
class Point:
    """An entry point, as far as the registry looks at it."""

    name: str
    target: object
    value: str = "somebody.networks"

    def load(self) -> object:
        if isinstance(self.target, Exception):
            raise self.target
        return self.target


@pytest.fixture
def bundled(tmp_path: Path, card: NetworkCard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One bundled network, and beside it a folder that is still to be trained."""
    root = tmp_path / "bundled"
    for name in ("vessel-starter", "untrained"):
        (root / name).mkdir(parents=True)
    save_card(card, root / "vessel-starter")
    monkeypatch.setattr(registry, "BUNDLED", root)
    return root


def install(monkeypatch: pytest.MonkeyPatch, *points: Point) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: list(points))


def test_a_bundled_network_is_found_by_name(bundled: Path) -> None:
    assert find_network("vessel-starter") == bundled / "vessel-starter"


def test_a_folder_without_a_card_has_no_name(bundled: Path) -> None:
    assert "untrained" not in registry.network_folders()


def test_an_unknown_name_lists_the_known_ones(
    bundled: Path, card: NetworkCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Point("own", tmp_path))
    with pytest.raises(
        NetworkError, match=r"'nobody' is not known; use one of own, vessel-starter"
    ):
        find_network("nobody")


def test_a_folder_with_a_card_is_a_network(card: NetworkCard, tmp_path: Path) -> None:
    save_card(card, tmp_path)
    assert find_network(tmp_path) == tmp_path
    assert find_network(str(tmp_path)) == tmp_path


def test_a_folder_without_a_card_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"holds no network: card\.json is missing") as caught:
        find_network(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("as_callable", [True, False])
def test_an_entry_point_names_a_folder_or_gives_one(
    bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_callable: bool
) -> None:
    target = (lambda: str(tmp_path)) if as_callable else tmp_path
    install(monkeypatch, Point("own", target))
    assert find_network("own") == tmp_path


def test_an_entry_point_cannot_take_over_a_bundled_name(
    bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Point("vessel-starter", tmp_path))
    assert find_network("vessel-starter") == bundled / "vessel-starter"


def test_a_broken_entry_point_is_told_and_breaks_nothing_else(
    bundled: Path,
    card: NetworkCard,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    install(monkeypatch, Point("broken", ImportError("no module named x")))
    with caplog.at_level(logging.WARNING):
        cards = list_networks()
    assert cards == [card]
    assert "'broken' of somebody.networks failed with ImportError: no module named x" in caplog.text


def test_cards_are_listed_by_name(
    bundled: Path, card: NetworkCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    other = tmp_path / "other"
    other.mkdir()
    save_card(replace(card, name="another"), other)
    install(monkeypatch, Point("another", other))
    assert [c.name for c in list_networks()] == ["another", "test-network"]


def test_a_card_of_another_kind_has_a_name_but_is_no_network_for_pixels(
    bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = tmp_path / "judge"
    judge.mkdir()
    (judge / "card.json").write_text('{"kind": "vessel-classifier"}')
    install(monkeypatch, Point("judge", judge))
    assert find_network("judge") == judge
    assert [card.name for card in list_networks()] == ["test-network"]
