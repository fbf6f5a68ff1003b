from __future__ import annotations

import inspect
from typing import get_type_hints

import numpy as np
from numpy.typing import NDArray

from pathoflow.networks import Backend
from pathoflow.networks.backends import Answer


def test_an_answer_is_maps_and_whether_they_are_numbers() -> None:
    answer = Answer(np.zeros((1, 2, 3, 4), np.uint8), True)
    assert answer._fields == ("maps", "is_number")
    assert get_type_hints(Answer)["maps"] == NDArray[np.uint8]


def test_a_backend_is_known_by_four_words() -> None:
    promised = {name for name, _ in inspect.getmembers(Backend) if not name.startswith("_")}
    assert promised == {"name", "dtype", "start", "rest"}
