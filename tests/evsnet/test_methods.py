from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from torch import nn

from pathoflow.errors import UsageError
from pathoflow.evsnet.methods import make_evsnet, make_few_labels, with_options
from pathoflow.evsnet.settings import EVSNET, FEW_LABELS, RELEASED
from pathoflow.evsnet.step import EvsNet
from pathoflow.training.methods import Setup


def test_options_change_single_entries_and_leave_the_rest(setup: Setup) -> None:
    given = replace(setup, options={"teacher": {"band": 1.0}, "ramp_share": 0.3})
    found = with_options(FEW_LABELS, given)
    assert found.teacher == replace(FEW_LABELS.teacher, band=1.0)
    assert found == replace(FEW_LABELS, teacher=found.teacher, ramp_share=0.3)


def test_unknown_options_are_refused_by_name(setup: Setup) -> None:
    with pytest.raises(UsageError, match="colour"):
        with_options(EVSNET, replace(setup, options={"critics": {"colour": 1}}))


def test_one_word_gives_the_papers_own_readings(
    setup: Setup, tiny: Callable[[], nn.Module]
) -> None:
    def settings(**options: object) -> object:
        method = make_evsnet(tiny(), replace(setup, options=options))
        assert isinstance(method, EvsNet)
        return method.settings

    assert settings() == EVSNET
    assert settings(variant="released") == RELEASED


def test_evsnet_wants_unlabelled_patches_and_few_labels_does_without(
    setup: Setup, tiny: Callable[[], nn.Module]
) -> None:
    alone = replace(setup, has_unlabelled=False)
    with pytest.raises(UsageError, match=r"data\.unlabelled"):
        make_evsnet(tiny(), alone)
    method = make_few_labels(tiny(), alone)
    assert isinstance(method, EvsNet)
    assert method.settings == FEW_LABELS
