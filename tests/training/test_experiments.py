from __future__ import annotations

import pytest

from pathoflow.errors import UsageError
from pathoflow.training.experiments import experiment_names, find_experiment


def test_our_own_experiment_is_found() -> None:
    assert "evsnet-limited-labels" in experiment_names()
    assert callable(find_experiment("evsnet-limited-labels"))


def test_an_unknown_one_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="evsnet-limited-labels"):
        find_experiment("magic")
