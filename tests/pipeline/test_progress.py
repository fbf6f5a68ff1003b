from __future__ import annotations

import dataclasses

import pytest

from pathoflow.pipeline import Step
from pathoflow.pipeline.progress import silent


def test_a_step_without_numbers_has_no_total() -> None:
    step = Step("case", "vessels")
    assert (step.done, step.total) == (0, 0)


def test_a_step_cannot_be_changed_by_whoever_is_told() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Step("case", "vessels").done = 3  # type: ignore[misc]


def test_silence_takes_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    silent(Step("case", "cells", 3, 7))
    said = capsys.readouterr()
    assert said.out + said.err == ""
