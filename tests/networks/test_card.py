from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pathoflow.errors import NetworkError
from pathoflow.networks import NetworkCard, load_card, save_card


def stored(card: NetworkCard, folder: Path, **changes: Any) -> Path:
    """A folder with ``card`` in which entries were changed by hand; None takes one away."""
    path = save_card(card, folder)
    raw = {**json.loads(path.read_text("utf-8")), **changes}
    path.write_text(json.dumps({k: v for k, v in raw.items() if v is not None}), "utf-8")
    return folder


def refusal(folder: Path) -> str:
    """The one sentence that says why a card is refused; it always names the file or the folder."""
    with pytest.raises(NetworkError) as caught:
        load_card(folder)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    assert "Error(" not in message
    return message


def test_a_card_comes_back_as_it_was_written(card: NetworkCard, tmp_path: Path) -> None:
    save_card(card, tmp_path)
    assert load_card(tmp_path) == card


def test_the_card_is_plain_json_that_others_can_read(card: NetworkCard, tmp_path: Path) -> None:
    raw = json.loads(save_card(card, tmp_path).read_text("utf-8"))
    assert raw["classes"] == ["vessel", "duct"]
    assert raw["normalisation"] == {"mean": [0.5, 0.4, 0.3], "std": [0.1, 0.2, 0.3]}
    assert raw["schema"] == 1


def test_a_whole_number_is_a_number_too(card: NetworkCard, tmp_path: Path) -> None:
    loaded = load_card(stored(card, tmp_path, mpp=2))
    assert loaded.mpp == 2.0
    assert isinstance(loaded.mpp, float)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    assert "card.json is missing" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["{", "", "\xff"])
def test_a_card_that_is_not_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_bytes(text.encode("latin-1"))
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"card"'])
def test_json_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text, "utf-8")
    assert "is not a network card" in refusal(tmp_path)


def test_an_unknown_key_is_named(card: NetworkCard, tmp_path: Path) -> None:
    assert "unknown key colour" in refusal(stored(card, tmp_path, colour="red"))


def test_every_missing_field_is_named_at_once(card: NetworkCard, tmp_path: Path) -> None:
    message = refusal(stored(card, tmp_path, halo_px=None, licence=None))
    assert "halo_px is missing" in message
    assert "licence is missing" in message


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        # A text is no list of letters, and "false" is not true.
        ("classes", "vessel", "'vessel' is not a list"),
        ("synthetic", "false", "'false' is not of type bool"),
        ("synthetic", 0, "0 is not of type bool"),
        ("mpp", "2.0", "'2.0' is not of type float"),
        ("mpp", True, "True is not of type float"),
        ("threshold", float("nan"), "nan is not of type float"),
        ("halo_px", 96.5, "96.5 is not of type int"),
        ("name", 7, "7 is not of type str"),
        ("architecture", "Unet", "architecture"),
        ("architecture", {"builder": "Unet"}, "encoder is missing"),
        ("normalisation", {"mean": [0.5, 0.5], "std": [1, 1, 1]}, "2 entries instead of 3"),
        ("domain", {"limit": 1.0, "sha256": "00"}, "patch_px is missing"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    card: NetworkCard, tmp_path: Path, key: str, value: object, said: str
) -> None:
    assert said in refusal(stored(card, tmp_path, **{key: value}))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("name", "Über Network", "small letters"),
        ("classes", [], "classes is empty"),
        ("classes", ["vessel", "../labels"], "'../labels' is not a plain word"),
        ("classes", ["vessel", "vessel"], "twice"),
        ("mpp", 0.0, "mpp"),
        ("mpp", 100.0, "mpp"),
        ("halo_px", -1, "halo_px"),
        ("threshold", 0.0, "threshold"),
        ("threshold", 1.0, "threshold"),
        ("normalisation", {"mean": [0, 0, 0], "std": [1, 0, 1]}, "std"),
        ("domain", {"limit": 0, "patch_px": 64, "sha256": "00"}, "domain"),
        ("domain", {"limit": 1, "patch_px": 0, "sha256": "00"}, "domain"),
    ],
)
def test_a_value_out_of_range_is_refused(
    card: NetworkCard, tmp_path: Path, key: str, value: object, said: str
) -> None:
    assert said in refusal(stored(card, tmp_path, **{key: value}))


def test_a_card_of_a_later_schema_is_recognised_before_its_keys_are_judged(
    card: NetworkCard, tmp_path: Path
) -> None:
    message = refusal(stored(card, tmp_path, schema=2, novelty=1))
    assert "schema 2" in message
    assert "novelty" not in message
