from __future__ import annotations

import tomllib
from typing import Any

import pytest

from pathoflow.errors import UsageError
from pathoflow.phantom.recipe.cohort import Cohort, is_cohort, parse_cohort

BASE = 'seed = 100\nsize_px = [2000, 3000]\nmpp = 0.5\nfamily = "test"\n'
ONE = """
[file]
format = "ome"
levels = 3
[cohort]
virtual = true
[[case]]
id = "C-01"
background = "cirrhosis"
[[case.block]]
name = "A1"
site = "interface"
mvi_vessels = 2
mvi_distances_um = [300, 900]
file.levels = 4
[[case.block]]
name = "A5"
site = "far"
tumour = false
mvi_vessels = 1
[[case]]
id = "C-02"
[[case.block]]
name = "A1"
family = "stress"
seed = 7
"""


def read(text: str) -> Cohort:
    return parse_cohort(tomllib.loads(text), "cohort.toml")


def test_a_recipe_is_no_cohort_and_cases_are_one() -> None:
    assert not is_cohort(tomllib.loads(BASE))
    assert is_cohort({"cohort": {}})
    assert is_cohort({"case": []})


def test_blocks_take_the_keys_of_their_case_and_of_the_cohort() -> None:
    cohort = read(BASE + ONE)
    assert cohort.is_virtual
    assert cohort.cases == ("C-01", "C-02")
    assert [block.slide_id for block in cohort.blocks] == ["C-01-A1", "C-01-A5", "C-02-A1"]
    near, far, other = (block.spec for block in cohort.blocks)
    assert (near.size_px, near.family, near.background) == ((2000, 3000), "test", "cirrhosis")
    assert near.mvi_distances_um == (300.0, 900.0)
    # Tables are merged key by key.
    assert (near.file.format, near.file.levels) == ("ome", 4)
    assert (far.file.format, far.file.levels) == ("ome", 3)
    assert (far.site, far.tumour, far.mvi_vessels) == ("far", False, 1)
    assert (other.family, other.seed, other.background) == ("stress", 7, None)
    assert [spec.slide_name for spec in (near, far, other)] == ["C-01-A1", "C-01-A5", "C-02-A1"]


def test_another_case_before_it_does_not_change_a_slide() -> None:
    more = ONE.replace("[[case]]", '[[case]]\nid = "C-00"\n[[case.block]]\nname = "Z"\n[[case]]', 1)
    before, after = read(BASE + ONE), read(BASE + more)
    assert after.blocks[1:] == before.blocks
    assert len({block.spec.seed for block in after.blocks}) == 4


def test_drawn_up_cases_pair_every_count_with_every_distance() -> None:
    text = (
        "[cohort]\ncases = 16\ncounts = [0, 1, 5, 6]\ncells = [50, 51]\n"
        "distances_um = [9000, 9990, 10010, 15000]\n"
    )
    cohort = read(BASE + text)
    assert len(cohort.blocks) == 48
    assert cohort.cases[0] == "P01"
    assert [block.spec.site for block in cohort.blocks[:3]] == ["interface", "near", "far"]
    interface = [block.spec for block in cohort.blocks if block.name == "interface"]
    pairs = {(s.mvi_vessels, max(s.mvi_distances_um, default=None)) for s in interface}
    assert pairs == {(0, None)} | {
        (count, distance) for count in (1, 5, 6) for distance in (9000, 9990, 10010, 15000)
    }
    five = next(s for s in interface if s.mvi_vessels == 5)
    assert five.mvi_distances_um == (9000.0, 7200.0, 5400.0, 3600.0, 1800.0)
    assert {(s.mvi_vessels, s.mvi_cells) for s in interface if s.mvi_vessels == 5} == {
        (5, (50,)),
        (5, (51,)),
    }
    assert not any(block.spec.tumour for block in cohort.blocks if block.name != "interface")


def test_far_and_near_blocks_take_their_veins_from_the_count_of_the_case() -> None:
    text = "[cohort]\ncases = 4\ncounts = [6, 1]\nnear_counts = [2]\nfar_counts = [0, 1, 1, 1]\n"
    cohort = read(BASE + text)
    numbers = [[b.spec.mvi_vessels for b in cohort.blocks[k : k + 3]] for k in range(0, 12, 3)]
    # Interface, near, far; a single vein goes to the near block, which is asked first.
    assert numbers == [[4, 2, 0], [0, 1, 0], [3, 2, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BASE + "[cohort]\n", ["names no case"]),
        (BASE + "[cohort]\nsize = 3\n", ["cohort.size", "unknown", "counts"]),
        (BASE + "[cohort]\ncases = -1\n", ["cohort.cases", "-1"]),
        (BASE + "[cohort]\ncases = 1\ncounts = []\n", ["cohort.counts", "[]"]),
        (BASE + '[cohort]\ncases = 1\nprefix = "a/b"\n', ["cohort.prefix", "a/b"]),
        (BASE + "cohort = 3\n", ["cohort", "table"]),
        (BASE + "case = 3\n", ["case", "tables"]),
        (BASE + "[[case]]\n", ["id", "missing"]),
        (BASE + '[[case]]\nid = "x"\n', ["x", "no block"]),
        (BASE + ONE.replace('name = "A5"', 'name = "../A5"'), ["name", "../A5"]),
        (BASE + ONE.replace('name = "A5"', 'name = "a1"'), ["C-01-A1", "C-01-a1", "same name"]),
        (
            BASE + ONE.replace('family = "stress"\n', "") + '[[case]]\nid = "d"\n'
            '[[case.block]]\nname = "e"\nseed = 7\n',
            ["C-02-A1", "d-e", "same seed"],
        ),
        (BASE + ONE.replace('site = "far"', 'site = "wide"'), ["C-01, block A5", "site", "wide"]),
        (BASE + ONE.replace("tumour = false", "tumor = false"), ["block A5", "tumor", "unknown"]),
        (BASE.replace("mpp = 0.5\n", "") + ONE, ["C-01, block A1", "mpp", "missing"]),
    ],
)
def test_a_wrong_cohort_is_refused_with_case_block_and_key(text: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    message = str(caught.value)
    assert all(word in message for word in [*words, "cohort.toml"]), message
    assert "\n" not in message


def test_every_block_is_a_recipe_of_its_own(tmp_path: Any) -> None:
    from pathoflow.phantom.recipe.spec_file import load_spec, spec_as_toml

    for block in read(BASE + ONE).blocks:
        path = tmp_path / f"{block.slide_id}.toml"
        path.write_text(spec_as_toml(block.spec), encoding="utf-8")
        assert load_spec(path) == block.spec
