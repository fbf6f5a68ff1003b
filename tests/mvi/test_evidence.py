import pytest

from pathoflow.mvi.evidence import InvadedVessel, Location, Status, TumourBurden


def test_a_vessel_with_a_name_only_knows_nothing_else() -> None:
    vessel = InvadedVessel("v")
    assert vessel.dist_edge_um is None
    assert vessel.n_cells is None
    assert vessel.location is Location.UNKNOWN
    assert vessel.status is Status.ACCEPTED


@pytest.mark.parametrize("distance", [-0.1, float("nan"), float("inf")])
def test_a_distance_is_finite_and_not_negative(distance: float) -> None:
    with pytest.raises(ValueError, match="vessel v: a distance"):
        InvadedVessel("v", dist_edge_um=distance)


def test_counts_and_intervals_make_sense() -> None:
    with pytest.raises(ValueError, match="cell count"):
        InvadedVessel("v", n_cells=-1)
    with pytest.raises(ValueError, match="not an interval"):
        InvadedVessel("v", n_cells_interval=(5, 4))


def test_a_tumour_has_a_size_and_a_number_above_zero() -> None:
    with pytest.raises(ValueError, match="size"):
        TumourBurden(largest_um=0)
    with pytest.raises(ValueError, match="at least one"):
        TumourBurden(n_tumours=0)
