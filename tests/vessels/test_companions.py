from __future__ import annotations

import math

import pytest
from scipy import stats

from pathoflow.vessels.companions import SORTS, LogNormal
from pathoflow.vessels.kind import Kind

BY_NAME = {sort.name: sort for sort in SORTS}


def test_priors_and_shares_of_stroma_are_probabilities() -> None:
    assert sum(sort.prior for sort in SORTS) == pytest.approx(1)
    for sort in SORTS:
        assert sum(sort.stroma) == pytest.approx(1)
        assert 0 < sort.capsule < 1


def test_companions_are_as_frequent_as_published() -> None:
    assert BY_NAME["portal vein"].duct == 1.0
    assert BY_NAME["portal vein"].artery == 0.96
    assert BY_NAME["central vein"].duct == 0.12
    assert BY_NAME["sublobular vein"].duct == 0.33
    assert BY_NAME["vein of the capsule"].duct == pytest.approx(21 / 29)
    assert BY_NAME["vein of the capsule"].artery == pytest.approx(10 / 29)


def test_portal_and_hepatic_veins_are_equally_common_and_every_kind_has_its_sort() -> None:
    hepatic = sum(sort.prior for sort in SORTS if sort.kind is Kind.HEPATIC)
    assert hepatic == pytest.approx(BY_NAME["portal vein"].prior)
    assert {sort.kind for sort in SORTS} == set(Kind) - {Kind.UNKNOWN}
    ratio = BY_NAME["central vein"].prior / BY_NAME["sublobular vein"].prior
    assert ratio == pytest.approx(3932 / 662, rel=0.15)


def test_a_log_normal_differs_from_that_of_scipy_by_one_constant() -> None:
    one, other = LogNormal(60, 0.8), LogNormal(38, 0.5)
    for value in (15.0, 60.0, 400.0):
        found = one.log_density(value) - other.log_density(value)
        # The density of the logarithm; the factor 1 / value is the same for both.
        expected = stats.norm.logpdf(math.log(value), math.log(60), 0.8) - stats.norm.logpdf(
            math.log(value), math.log(38), 0.5
        )
        assert found == pytest.approx(expected)
