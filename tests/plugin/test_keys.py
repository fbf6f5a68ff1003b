"""Keys that collide with nothing, and the file that moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from napari_pathoflow.keys import KEYS, REASON_KEYS, load_keys, remap, shown
from pathoflow.errors import UsageError


def plain(key: str) -> str:
    return key.upper().replace("CONTROL", "CTRL").replace("-", "+")


def test_no_key_of_ours_is_one_of_naparis() -> None:
    from napari.utils.shortcuts import default_shortcuts

    theirs = {plain(str(key)) for keys in default_shortcuts.values() for key in keys}
    assert "CTRL+R" in theirs
    assert not theirs & {plain(key.key) for key in KEYS}


def test_single_letters_are_those_that_layers_leave_free() -> None:
    letters = {key.key for key in KEYS if len(key.key) == 1 and key.key.isalnum()}
    assert letters <= set("GHJKNQUW089")


def test_no_two_actions_share_a_key_or_a_name() -> None:
    assert len({plain(key.key) for key in KEYS}) == len(KEYS)
    assert len({key.action for key in KEYS}) == len(KEYS)
    assert len(REASON_KEYS) == 7


def test_without_a_file_the_table_stands(tmp_path: Path) -> None:
    assert load_keys(tmp_path / "keys.toml") == KEYS


def test_a_file_moves_the_keys_it_names_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('accept = "Control-1"\n', "utf-8")
    moved = {key.action: key.key for key in load_keys(path)}
    assert moved["accept"] == "Control-1"
    assert moved["reject"] == "Q"


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"acept": "D"}, "names no action acept"),
        ({"accept": 3}, "gives accept no key"),
        ({"accept": "q"}, r"two actions: Q \(accept, reject\)"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(moved: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        remap(moved, "keys.toml")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("accept = ", "utf-8")
    with pytest.raises(UsageError, match="mend or delete it"):
        load_keys(path)


def test_keys_are_shown_as_they_stand_on_keyboards() -> None:
    assert shown("Control-Alt-Z") == "Ctrl+Alt+Z"
