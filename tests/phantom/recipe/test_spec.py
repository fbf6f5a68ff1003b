from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.spec import (
    ContentMix,
    PhantomSpec,
    load_spec,
    parse_spec,
    spec_as_table,
)

GOOD = 'seed = 7\nsize_px = [2000, 3000]\nmpp = 0.5\nfamily = "train"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_four_keys_are_enough(tmp_path: Path) -> None:
    spec = load_spec(write(tmp_path, GOOD))
    assert spec == PhantomSpec(seed=7, size_px=(2000, 3000), mpp=0.5, family="train")
    assert spec.size.shape == (2000, 3000)
    assert spec.tumour
    assert spec.mpp_in_header


def test_all_keys_are_read_and_written_back(tmp_path: Path) -> None:
    more = "vessels = 12\nmvi_vessels = 2\njpeg_quality = 70\n[contents]\nempty = 1.0\nserum = 0\n"
    spec = load_spec(write(tmp_path, GOOD + more))
    assert spec.contents == ContentMix(empty=1.0, serum=0.0)
    assert parse_spec(spec_as_table(spec), "again") == spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "colour = 3\n", ["colour", "unknown"]),
        (GOOD.replace("seed = 7\n", ""), ["seed", "missing"]),
        (GOOD.replace("7", '"7"'), ["seed", "'7'", "whole number"]),
        (GOOD.replace("0.5", "9.0"), ["mpp", "9", "0.2"]),
        (GOOD.replace("train", "exam"), ["family", "exam", "stress"]),
        (GOOD.replace("[2000, 3000]", "[2000]"), ["size_px", "[y, x]"]),
        (GOOD.replace("[2000, 3000]", "[20, 3000]"), ["size_px", "20", "128"]),
        (GOOD + "vessels = -1\n", ["vessels", "-1"]),
        (GOOD + "vessels = true\n", ["vessels", "True", "whole number"]),
        (GOOD + "tumour = false\nmvi_vessels = 2\n", ["mvi_vessels", "tumour"]),
        (GOOD + "jpeg_quality = 0\n", ["jpeg_quality", "0"]),
        (GOOD + "[contents]\nbile = 1.0\n", ["contents", "bile", "serum"]),
        (GOOD + "[contents]\nempty = -1.0\n", ["contents", "0 or more"]),
        ("seed = \n", ["TOML"]),
    ],
)
def test_a_wrong_recipe_is_refused_in_one_clear_sentence(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        load_spec(write(tmp_path, text))
    message = str(caught.value)
    assert all(word in message for word in [*words, "spec.toml"]), message
    assert "\n" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_spec(tmp_path / "nowhere.toml")
