from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pathoflow.slide import SlideInfo, SlideReader
from pathoflow.testing import ArrayReader


def test_an_array_reader_is_a_reader_by_its_shape() -> None:
    assert isinstance(ArrayReader(np.zeros((4, 4, 3), np.uint8)), SlideReader)
    assert not isinstance(object(), SlideReader)


def test_what_a_header_says_cannot_be_changed_by_accident() -> None:
    info = ArrayReader(np.zeros((4, 4, 3), np.uint8)).info
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.vendor = "other"  # type: ignore[misc]


def test_a_slide_is_real_until_its_reader_says_otherwise() -> None:
    defaults = {f.name: f.default for f in dataclasses.fields(SlideInfo)}
    assert defaults["is_synthetic"] is False
    assert defaults["mpp_source"] == "header"
