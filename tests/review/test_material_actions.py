from __future__ import annotations

import pytest

from pathoflow.mvi import Site, TumourBurden
from pathoflow.review.actions import MaterialAction
from pathoflow.review.material_actions import (
    ConfirmTumour,
    DrawTumour,
    ExcludePiece,
    Excuse,
    Overrule,
    StateBurden,
    StateSite,
)
from pathoflow.review.reading import Material


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (StateSite("A", Site.FAR), None, Site.FAR),
        (DrawTumour("A", ()), "machine", ()),
        (ConfirmTumour("A"), False, True),
        (ExcludePiece("A", 2, "ribbon"), "", "ribbon"),
        (Excuse("A", "CD34"), "", "CD34"),
        (Overrule("A", "a wedge"), "", "a wedge"),
        (StateBurden(TumourBurden(30_000.0, 1)), None, TumourBurden(30_000.0, 1)),
    ],
)
def test_each_action_changes_what_it_shows(
    action: MaterialAction, before: object, after: object
) -> None:
    material = Material()
    assert action.look(material) == before
    action.change(material)
    assert action.look(material) == after


def test_an_empty_reason_takes_a_slide_or_piece_in_again() -> None:
    material = Material()
    for action in (ExcludePiece("A", 1, "x"), Excuse("B", "x"), Overrule("C", "x")):
        action.change(material)
    for back in (ExcludePiece("A", 1, ""), Excuse("B", ""), Overrule("C", "")):
        back.change(material)
    assert (material.excluded_pieces, material.excused, material.overruled) == ({"A": {}}, {}, {})


def test_a_drawn_tumour_is_confirmed_and_can_be_doubted_again() -> None:
    material = Material()
    DrawTumour("A", ()).change(material)
    assert material.confirmed == {"A"}
    ConfirmTumour("A", False).change(material)
    assert material.confirmed == frozenset()
