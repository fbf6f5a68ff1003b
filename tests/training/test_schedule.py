from __future__ import annotations

from dataclasses import replace

import pytest

from pathoflow.training.augment import Augmentation
from pathoflow.training.schedule import Schedule


def test_the_defaults_have_no_problems() -> None:
    assert Schedule().problems() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 1), ("batch", 0), ("accumulate", 0), ("validate_every", 0), ("save_every", -1),
        ("ema", 1.0), ("picture_every", -1), ("augmentation", Augmentation(crop_px=100)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(name: str, value: object) -> None:
    [said] = replace(Schedule(), **{name: value}).problems()  # type: ignore[arg-type]
    assert f"schedule.{name}" in said
