from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from pathoflow.networks.plain import from_plain


@dataclass(frozen=True)
class Leaf:
    size: int
    share: float = 0.5


@dataclass(frozen=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...]
    pair: tuple[int, str] = (0, "")
    numbers: list[float] = field(default_factory=list)
    kind: Literal["oak", "ash"] = "oak"
    notes: dict[str, Any] = field(default_factory=dict)
    stem: Leaf | None = None


def test_nested_tables_and_lists_become_dataclasses() -> None:
    raw = {
        "name": "a",
        "leaves": [{"size": 1}, {"size": 2, "share": 1}],
        "pair": [3, "b"],
        "numbers": [1, 2.5],
        "kind": "ash",
        "notes": {"free": [1, {"deep": None}]},
        "stem": {"size": 9},
    }
    tree = from_plain(raw, Tree)
    assert tree == Tree(
        "a",
        (Leaf(1), Leaf(2, 1.0)),
        (3, "b"),
        [1.0, 2.5],
        "ash",
        {"free": [1, {"deep": None}]},
        Leaf(9),
    )


def test_defaults_fill_what_is_left_out() -> None:
    assert from_plain({"name": "a", "leaves": []}, Tree) == Tree("a", ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": 1}, "1 is not of type str @ $.name"),
        ({"leaves": "abc"}, "'abc' is not a list @ $.leaves"),
        ({"leaves": {"size": 1}}, "is not a list @ $.leaves"),
        ({"leaves": [{"size": "1"}]}, "'1' is not of type int"),
        ({"leaves": [{"size": 1.0}]}, "1.0 is not of type int"),
        ({"leaves": [{"size": True}]}, "True is not of type int"),
        ({"pair": [1]}, "[1] has 1 entries instead of 2"),
        ({"pair": [1, "a", "b"]}, "3 entries instead of 2"),
        ({"numbers": [float("inf")]}, "inf is not of type float"),
        ({"kind": "elm"}, "elm"),
        ({"colour": 1, "age": 2}, "unknown key age, colour"),
    ],
)
def test_what_does_not_fit_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="@") as caught:
        from_plain({"name": "a", "leaves": [], **changes}, Tree)
    assert said in str(caught.value)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="missing") as caught:
        from_plain({"numbers": 3, "else": 1}, Tree)
    for said in ("name is missing", "leaves is missing", "3 is not a list", "unknown key else"):
        assert said in str(caught.value)


@pytest.mark.parametrize("raw", [None, [], "text", 3])
def test_only_a_table_becomes_a_dataclass(raw: object) -> None:
    with pytest.raises(ValueError, match="table of keys and values"):
        from_plain(raw, Tree)
