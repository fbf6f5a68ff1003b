from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from pathoflow.errors import UsageError
from pathoflow.networks.card import Normalisation
from pathoflow.training import methods
from pathoflow.training.methods import Setup, find_method, method_names
from pathoflow.training.schedule import Schedule
from pathoflow.training.supervised import make_supervised


def test_our_own_methods_are_found_by_name() -> None:
    assert {"supervised", "evsnet", "few-labels"} <= set(method_names())
    assert find_method("supervised") is make_supervised


def test_an_unknown_method_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"'magic' is not known.*supervised"):
        find_method("magic")


def test_a_broken_package_does_not_break_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("broken", "no_such_package:make", methods.DOOR)
    monkeypatch.setattr(methods, "entry_points", lambda group: [broken])
    with pytest.raises(UsageError, match="cannot be loaded"):
        find_method("broken")


def test_options_are_checked() -> None:
    @dataclass(frozen=True)
    class Options:
        weight: float = 1.0

    def given(**options: object) -> Setup:
        return Setup(Normalisation(), Schedule(), False, options)

    assert given(weight=2.0).settings(Options) == Options(2.0)
    with pytest.raises(UsageError, match=r"\[options\].*colour"):
        given(colour="red").settings(Options)
