import pytest

from pathoflow.mvi.criteria import MviCriteria


def test_near_is_one_centimetre_as_published() -> None:
    criteria = MviCriteria()
    assert criteria.near_um == 10_000.0
    assert criteria.at_threshold == 0.05
    assert not criteria.include_intratumoral
    assert (criteria.p_called, criteria.p_listed) == (0.5, 0.1)
    assert criteria.is_published
    assert not MviCriteria(near_um=5_000.0).is_published


@pytest.mark.parametrize(
    "wrong",
    [
        {"near_um": 0.0},
        {"near_um": float("nan")},
        {"at_threshold": 1.0},
        {"p_called": 0.1, "p_listed": 0.2},
        {"p_called": 1.1},
        {"inside_fraction": 0.0},
        {"capsule_um": -1.0},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|cannot"):
        MviCriteria(**wrong)  # type: ignore[arg-type]
