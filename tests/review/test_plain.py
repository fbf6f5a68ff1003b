from __future__ import annotations

import hashlib
import json

import pytest

from pathoflow.mvi import Site, Status, TumourBurden
from pathoflow.review.actions import SeeSlides, Sign, SlidePrint
from pathoflow.review.material_actions import DrawTumour, StateBurden, StateSite
from pathoflow.review.plain import action_as_plain, action_from_plain, canonical, shown
from pathoflow.review.reading import Line
from pathoflow.review.reading_actions import Draw, Measure, Verdict
from pathoflow.review.words import Reason

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}


@pytest.mark.parametrize(
    "action",
    [
        Verdict(("a", "b"), Status.REJECTED, Reason.DUCT),
        Verdict(("a",), None),
        Measure("l", Line("A", (1.5, 2.0), (3.0, 4.0), 7.25)),
        Draw("A", {"a": None, "b": SQUARE}, {"b": ("a",)}),
        DrawTumour("A", (SQUARE,)),
        StateSite("A", Site.MARGIN),
        StateBurden(TumourBurden(None, 2)),
        SeeSlides("C", {"A": SlidePrint(None, "ab")}),
        Sign(1, {"NHC": "M1"}, {"case.json": "ab"}),
    ],
)
def test_an_action_comes_back_from_its_line_as_it_was(action: object) -> None:
    plain = json.loads(json.dumps(action_as_plain(action)))  # type: ignore[arg-type]
    assert action_from_plain(type(action).what, plain) == action  # type: ignore[attr-defined]


def test_unknown_names_and_values_are_refused() -> None:
    with pytest.raises(ValueError, match="a newer pathoflow may have written it"):
        action_from_plain("dance", {})
    with pytest.raises(ValueError, match="verdict"):
        action_from_plain("verdict", {"vessels": ["a"], "verdict": "perhaps"})


def test_the_same_value_has_one_text() -> None:
    assert canonical({"b": 1, "a": "µ"}) == '{"a":"µ","b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_long_values_are_shown_as_their_hash() -> None:
    assert shown("short") == "short"
    text = "x" * 400
    digest = hashlib.sha256(json.dumps(text).encode()).hexdigest()
    assert shown(text) == f"sha256:{digest}"
