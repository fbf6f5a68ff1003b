from __future__ import annotations

import pytest

from pathoflow.mvi import Kind
from pathoflow.review.words import Named, Reason


def test_a_duct_is_no_kind_of_vessel_and_all_other_names_are() -> None:
    assert Named.DUCT.kind is None
    assert [named.kind for named in Named if named is not Named.DUCT] == list(Kind)


@pytest.mark.parametrize(
    ("reason", "is_no_vessel"),
    [("rbc", False), ("inflammation", False), ("retraction", True), ("artefact", True), ("duct", True), ("sinusoid", True), ("other", False)],
)  # fmt: skip
def test_reasons_say_whether_there_is_a_vessel(reason: str, is_no_vessel: bool) -> None:
    assert Reason(reason).is_no_vessel is is_no_vessel
