"""Every key has its words."""

from __future__ import annotations

from napari_pathoflow.keys import KEYS
from napari_pathoflow.texts_keys import KEY_TEXTS


def test_every_action_and_every_group_of_keys_has_its_words_and_no_other_does() -> None:
    actions = {f"key.{key.action}" for key in KEYS}
    groups = {f"help.{key.group}" for key in KEYS}
    assert {key for key in KEY_TEXTS if key.startswith("key.")} == actions
    assert groups <= set(KEY_TEXTS)
