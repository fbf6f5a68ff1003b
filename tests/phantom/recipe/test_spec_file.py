from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.spec import Artefacts, ContentMix, FileLayout, PhantomSpec
from pathoflow.phantom.recipe.spec_file import load_spec, parse_spec, spec_as_table, spec_as_toml

GOOD = 'seed = 7\nsize_px = [2000, 3000]\nmpp = 0.5\nfamily = "train"\n'
FULL = PhantomSpec(
    seed=7,
    size_px=(2000, 3000),
    mpp=0.5,
    family="stress",
    vessels=12,
    mvi_vessels=3,
    mvi_distances_um=(0.0, 999.5),
    mvi_cells=(50, 51),
    equivocal=1,
    satellites=2,
    background="cirrhosis",
    site="interface",
    contents=ContentMix(empty=1.0, serum=0.0),
    artefacts=Artefacts(pen=("blue", "red"), folds=2, dust=0),
    stain_jitter=0.5,
    file=FileLayout("ome", None, True, False, (300, -20), True, 5),
    slide_name='Leber "7" ü',
)


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_four_keys_are_enough(tmp_path: Path) -> None:
    assert load_spec(write(tmp_path, GOOD)) == PhantomSpec(7, (2000, 3000), 0.5, "train")


def test_nested_tables_are_read_in_their_types(tmp_path: Path) -> None:
    more = (
        "mvi_vessels = 2\nmvi_distances_um = [900, 10010.5]\n"
        '[artefacts]\npen = ["green"]\ntears = 3\n'
        '[file]\nformat = "ome"\nbounds_offset_px = [10, 20]\nmpp_in_header = false\n'
        "[contents]\nserum = 1\n"
    )
    spec = load_spec(write(tmp_path, GOOD + more))
    assert spec.mvi_distances_um == (900.0, 10010.5)
    assert isinstance(spec.mvi_distances_um[0], float)
    assert spec.artefacts == Artefacts(pen=("green",), tears=3)
    assert spec.file == FileLayout(format="ome", bounds_offset_px=(10, 20), mpp_in_header=False)
    assert spec.contents == ContentMix(serum=1.0)


@pytest.mark.parametrize(
    "spec", [FULL, PhantomSpec(1, (300, 300), 0.25, "test", artefacts=Artefacts.none())]
)
def test_a_recipe_comes_back_from_its_table_and_from_its_text(
    tmp_path: Path, spec: PhantomSpec
) -> None:
    assert parse_spec(spec_as_table(spec), "again") == spec
    assert load_spec(write(tmp_path, spec_as_toml(spec))) == spec


def test_what_is_left_open_stays_open_in_the_table() -> None:
    table = spec_as_table(PhantomSpec(1, (300, 300), 0.5, "test"))
    assert table["size_px"] == [300, 300]
    assert "vessels" not in table
    assert table["artefacts"] == {}
    assert (
        spec_as_table(PhantomSpec(1, (300, 300), 0.5, "test", artefacts=Artefacts.none()))[
            "artefacts"
        ]["pen"]
        == []
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "colour = 3\n", ["colour", "unknown"]),
        (GOOD.replace("seed = 7\n", ""), ["seed", "missing"]),
        (GOOD.replace("7", '"7"'), ["seed", "'7'", "whole number"]),
        (GOOD.replace("7", "7.0"), ["seed", "7.0", "whole number"]),
        (GOOD.replace("0.5", "9.0"), ["mpp", "9", "0.2"]),
        (GOOD.replace('"train"', "3"), ["family", "3", "stress"]),
        (GOOD.replace("[2000, 3000]", "[2000]"), ["size_px", "[y, x]"]),
        (GOOD.replace("[2000, 3000]", "2000"), ["size_px", "[y, x]"]),
        (GOOD + "vessels = true\n", ["vessels", "True", "whole number"]),
        (GOOD + "tumour = 1\n", ["tumour", "1", "true or false"]),
        (GOOD + 'mvi_cells = ["many"]\n', ["mvi_cells", "many", "whole numbers"]),
        (GOOD + "artefacts = 3\n", ["artefacts", "3", "folds"]),
        (GOOD + "[artefacts]\nfold = 1\n", ["artefacts.fold", "unknown", "folds"]),
        (GOOD + '[artefacts]\nfolds = "two"\n', ["artefacts.folds", "two", "whole number"]),
        (GOOD + '[artefacts]\npen = "blue"\n', ["artefacts.pen", "blue", "list of texts"]),
        (GOOD + "[file]\nmpp = 0.5\n", ["file.mpp", "unknown", "mpp_in_header"]),
        (GOOD + "[file]\nlevels = 1.5\n", ["file.levels", "1.5", "whole number"]),
        (GOOD + "[file]\nbounds_offset_px = [1]\n", ["file.bounds_offset_px", "[y, x]"]),
        (GOOD + "[contents]\nbile = 1.0\n", ["contents.bile", "serum"]),
        (GOOD + "jpeg_quality = 70\n", ["jpeg_quality", "unknown"]),
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


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"picture\.toml is not a text"):
        load_spec(path)
